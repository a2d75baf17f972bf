/** Pseudo-random numbers in [0, 1), deterministic by seed (mulberry32). */
export const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

/** A number in [0, 1) that depends on the text alone. */
export const drawnFor = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return randomOf(hash)();
};

/** Draws an item with a probability proportional to its weight. */
export const weighted = <T>(items: readonly T[], weightOf: (item: T) => number): ((random: () => number) => T) => {
  let sum = 0;
  const ends = items.map((item) => (sum += weightOf(item)));
  return (random) => {
    const at = random() * sum;
    return items[ends.findIndex((end) => at < end)]!;
  };
};
