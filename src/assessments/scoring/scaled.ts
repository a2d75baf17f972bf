import { type Hundredths, roundHalfUp } from "./points.ts";

/** Bonus and penalty of a sheet, each at most its maximum in the rubric. */
export interface Adjustments {
  readonly bonus: Hundredths;
  readonly penalty: Hundredths;
}

export interface Scale {
  /** Points of the criteria that apply to the unit. */
  readonly maxApplicable: Hundredths;
  readonly maxScore: Hundredths;
}

export const adjusted = (points: Hundredths, { bonus, penalty }: Adjustments): Hundredths => points + bonus - penalty;

/** round(points / maxApplicable × maxScore) + bonus − penalty; null where no criterion with points applies. */
export const scaledScore = (points: Hundredths, { maxApplicable, maxScore }: Scale, adjustments: Adjustments): Hundredths | null =>
  maxApplicable === 0 ? null : adjusted(roundHalfUp(BigInt(points) * BigInt(maxScore), BigInt(maxApplicable)), adjustments);
