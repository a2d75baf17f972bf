import type { Hundredths } from "./points.ts";
import { type Adjustments, adjusted, type Scale, scaledScore } from "./scaled.ts";

/** A leaf of a sheet; its points are null while it is undecided. */
export interface ResultLeaf {
  readonly isApplicable: boolean;
  readonly maxPoints: Hundredths;
  readonly points: Hundredths | null;
}

export interface SheetResult {
  /** With bonus and penalty; null while a leaf that applies is undecided. */
  readonly total: Hundredths | null;
  readonly maxApplicable: Hundredths;
  /** What ranks and classes go by; null as the total, and where no leaf with points applies. */
  readonly scaled: Hundredths | null;
}

/** The result of a sheet of a rubric with this maximum. */
export const resultOf = (leaves: readonly ResultLeaf[], maxScore: Hundredths, adjustments: Adjustments): SheetResult => {
  let points: Hundredths | null = 0;
  let maxApplicable = 0;
  for (const leaf of leaves) {
    if (!leaf.isApplicable) continue;
    maxApplicable += leaf.maxPoints;
    points = points === null || leaf.points === null ? null : points + leaf.points;
  }
  return resultOfSum(points, { maxApplicable, maxScore }, adjustments);
};

/** The result of the points of all leaves; of null while one is undecided. */
export const resultOfSum = (points: Hundredths | null, scale: Scale, adjustments: Adjustments): SheetResult => {
  const { maxApplicable } = scale;
  if (points === null) return { total: null, maxApplicable, scaled: null };
  return { total: adjusted(points, adjustments), maxApplicable, scaled: scaledScore(points, scale, adjustments) };
};
