import { classAt, type ScoreBand } from "./bands.ts";
import type { Hundredths } from "./points.ts";
import { ranksOf } from "./rank.ts";

/** A member of the block when its results are published. */
export interface MemberResult {
  /** Null while a criterion is undecided, or where none applies. */
  readonly scaled: Hundredths | null;
  readonly isRanked: boolean;
  /** A class that was set with a reason; it beats the band. */
  readonly override: string | null;
}

export interface Placing {
  readonly rank: number | null;
  readonly classification: string | null;
}

export interface ClassCount {
  readonly classification: string;
  readonly count: number;
}

/** Places of ranked members among themselves; classes of all that have a score. */
export const placeMembers = (bands: readonly ScoreBand[], members: readonly MemberResult[]): Placing[] => {
  const ranks = ranksOf(members.map(({ scaled, isRanked }) => (isRanked ? scaled : null)));
  return members.map(({ scaled, override }, index) => ({
    rank: ranks[index]!,
    classification: override ?? (scaled === null ? null : classAt(bands, scaled)),
  }));
};

/** Numbers of the ranked members by class, the top band first, then classes that only overrides gave. */
export const distributionOf = (bands: readonly ScoreBand[], placings: readonly Placing[]): ClassCount[] => {
  const ranked = placings.filter(({ rank }) => rank !== null);
  const inBands = bands.toSorted((a, b) => (b.from ?? -Infinity) - (a.from ?? -Infinity)).map(({ classification }) => classification);
  const classes = new Set([...inBands, ...ranked.flatMap(({ classification }) => classification ?? [])]);
  return [...classes].map((classification) => ({
    classification,
    count: ranked.filter((placing) => placing.classification === classification).length,
  }));
};
