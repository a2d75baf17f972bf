import fc from "fast-check";

const ranges = new Map<string, () => fc.Arbitrary<number>>();

/**
 * For draws of whole numbers: `draw(whole(0, 9))`. Of a builder with arguments fast-check looks through all that it was ever given, draw by draw,
 * which takes longer than what is tested.
 */
export const whole = (min: number, max: number): (() => fc.Arbitrary<number>) => {
  const name = `${min} ${max}`;
  const found = ranges.get(name) ?? (() => fc.integer({ min, max }));
  ranges.set(name, found);
  return found;
};
