import type { Hundredths } from "./points.ts";

/** 1 + the number of those with more, so 1, 2, 2, 4; null for who has no score. */
export const ranksOf = (scores: readonly (Hundredths | null)[]): (number | null)[] => {
  const ascending = ascendingOf(scores.filter((score) => score !== null));
  return scores.map((score) => (score === null ? null : 1 + above(ascending, score)));
};

export interface ScoreRange {
  readonly low: Hundredths;
  readonly high: Hundredths;
}
export interface Places {
  readonly bestRank: number;
  readonly worstRank: number;
}

/** The places that each may still take: best has above it those whose low is above its high, worst all others whose high is above its low. */
export const placesOf = (ranges: readonly ScoreRange[]): Places[] => {
  const lows = ascendingOf(ranges.map(({ low }) => low));
  const highs = ascendingOf(ranges.map(({ high }) => high));
  return ranges.map(({ low, high }) => ({ bestRank: 1 + above(lows, high), worstRank: 1 + above(highs, low) - (high > low ? 1 : 0) }));
};

const ascendingOf = (scores: readonly Hundredths[]): Float64Array => Float64Array.from(scores).toSorted();

/** The number of scores above the given one. */
const above = (ascending: Float64Array, score: Hundredths): number => {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! > score) to = middle;
    else from = middle + 1;
  }
  return ascending.length - from;
};
