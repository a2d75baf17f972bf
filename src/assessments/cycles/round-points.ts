import { finalPoints, type LeafPoints, type LeafScoring } from "../scoring/final.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { ScoreRound } from "./cycle-vocabulary.ts";

export interface RoundLeaf extends LeafPoints {
  readonly isApplicable: boolean;
}

/** Points of a leaf after a round: null while undecided, undefined for one that does not apply or is scored after the round. */
export const pointsAfter = (
  round: ScoreRound,
  scored: LeafScoring,
  leaf: RoundLeaf,
  surveyed: () => number | null,
): Hundredths | null | undefined => {
  if (!leaf.isApplicable) return undefined;
  if (round === "FINAL") return finalPoints(scored, leaf, surveyed);
  if (scored.scoring === "SURVEY") return undefined;
  // The computed points of INDICATOR are its self-score.
  const computed = scored.scoring === "INDICATOR" ? leaf.self : null;
  if (round === "SELF") return leaf.self;
  return (round === "FIRST" ? null : leaf.second) ?? leaf.first ?? computed;
};
