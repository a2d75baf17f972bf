import type { InputProblems } from "../input-problem.ts";
import { faultOfPoints } from "../point-check.ts";
import { hundredthsOf } from "../scoring/points.ts";
import type { CriterionInput } from "./rubric.input.ts";

const MAX_STEPS = 50;
const MAX_VALUE = 1_000_000_000;

/** Steps of INDICATOR and SURVEY ascend by their values; points lie between 0 and the maximum of the criterion. */
export const checkSteps = ({ steps, scoring, maxScore }: CriterionInput, at: string, problems: InputProblems): void => {
  if (scoring === "MANUAL") {
    if (steps.length > 0) problems.add(at, "STEPS_NOT_USED", "MANUAL has no steps");
    return;
  }
  if (steps.length < 1 || steps.length > MAX_STEPS)
    problems.add(at, "STEPS_COUNT", `there are ${steps.length}; ${scoring} must have 1 to ${MAX_STEPS}`);
  const most = hundredthsOf(maxScore);
  for (const [n, { from, points }] of steps.entries()) {
    if (!Number.isFinite(from) || from < 0 || from > MAX_VALUE)
      problems.add(`${at}[${n}].from`, "STEP_VALUE_INVALID", `${from} must be from 0 to ${MAX_VALUE}`);
    const before = steps[n - 1]?.from;
    if (before !== undefined && from <= before)
      problems.add(`${at}[${n}].from`, "STEPS_NOT_ASCENDING", `${from} must be above ${before}, the value of the step before it`);
    const fault = most === null ? null : faultOfPoints(points, most);
    if (fault !== null) problems.add(`${at}[${n}].points`, "POINTS_INVALID", fault);
  }
};
