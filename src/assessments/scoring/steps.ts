import { alignDecimals, decimalFrom, type Hundredths, roundHalfUp } from "./points.ts";

export type ScoreStepShape = "STEP" | "LINEAR";

/** From this value on, so many points. */
export interface ScoreStep {
  readonly from: number;
  readonly points: Hundredths;
  readonly shape: ScoreStepShape;
}

/** Below the first step: 0. STEP keeps its points up to the next step, LINEAR runs straight to the points of the next one, and the last keeps its own. */
export const pointsAt = (steps: readonly ScoreStep[], value: number): Hundredths => {
  const index = steps.findLastIndex(({ from }) => from <= value);
  if (index === -1) return 0;
  const [step, next] = [steps[index]!, steps[index + 1]];
  if (step.shape === "STEP" || next === undefined || next.points === step.points) return step.points;
  const [at, from, to] = alignDecimals([decimalFrom(value), decimalFrom(step.from), decimalFrom(next.from)]);
  const run = to! - from!;
  return roundHalfUp(BigInt(step.points) * run + BigInt(next.points - step.points) * (at! - from!), run);
};

/** The least and the most points anywhere from `low` to `high`: steps are monotonic between their edges, so ends and edges have them. */
export const pointsBetween = (steps: readonly ScoreStep[], low: number, high: number): { least: Hundredths; most: Hundredths } => {
  const edges = steps.map(({ from }) => from).filter((from) => low < from && from < high);
  const points = [low, high, ...edges].map((value) => pointsAt(steps, value));
  return { least: Math.min(...points), most: Math.max(...points) };
};
