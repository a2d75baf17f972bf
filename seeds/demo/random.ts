/** Numbers from 0 up to but without 1 that are the same for the same seed (mulberry32). */
export const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

/** The number from 0 up to but without 1 that belongs to a text. */
export const drawnFor = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return randomOf(hash)();
};

/** Draws one of the items, each as often as its weight says. */
export const weighted = <T>(items: readonly T[], weightOf: (item: T) => number): ((random: () => number) => T) => {
  let sum = 0;
  const ends = items.map((item) => (sum += weightOf(item)));
  return (random) => {
    const at = random() * sum;
    return items[ends.findIndex((end) => at < end)]!;
  };
};
