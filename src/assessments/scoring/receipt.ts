import type { Hundredths } from "./points.ts";
import { type LeafScore, undecidedLeaf } from "./projection.ts";
import { pointsAt, pointsBetween, type ScoreStep } from "./steps.ts";

/** A value with its bounds; the value is null where it is unknown. */
export interface BoundedValue {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What the value earns, and the least and the most between its bounds. A value that is null leaves the leaf undecided, from 0 to its maximum. */
export const scoreOfValue = (steps: readonly ScoreStep[], max: Hundredths, { value, low, high }: BoundedValue): LeafScore => {
  if (value === null) return undecidedLeaf(max);
  return { points: pointsAt(steps, value), ...pointsBetween(steps, Math.min(low ?? value, value), Math.max(high ?? value, value)) };
};
