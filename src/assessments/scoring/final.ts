import type { Hundredths } from "./points.ts";
import { pointsAt, type ScoreStep } from "./steps.ts";

/** How a leaf is scored. */
export interface LeafScoring {
  readonly scoring: string | null;
  readonly steps: readonly ScoreStep[];
}

/** What was scored of a leaf. */
export interface LeafPoints {
  readonly self: Hundredths | null;
  readonly first: Hundredths | null;
  readonly second: Hundredths | null;
  /** By a correction of what was published. */
  readonly corrected: Hundredths | null;
}

/**
 * The final points of a leaf: by a correction, the second or the first appraisal, of INDICATOR the frozen computed points, which are its self-score, of SURVEY those of its value;
 * null while undecided.
 */
export const finalPoints = (
  { scoring, steps }: LeafScoring,
  { self, first, second, corrected }: LeafPoints,
  surveyed: () => number | null,
): Hundredths | null => {
  const given = corrected ?? second ?? first;
  if (given !== null) return given;
  if (scoring === "INDICATOR") return self;
  const value = scoring === "SURVEY" ? surveyed() : null;
  return value === null ? null : pointsAt(steps, value);
};
