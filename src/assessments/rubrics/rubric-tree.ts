import { INDICATORS } from "../../indicators/indicator.ts";
import { faultOfCode } from "../../lib/code.ts";
import { textOf } from "../../lib/argument-text.ts";
import type { InputProblems } from "../input-problem.ts";
import { faultOfMaximum } from "../point-check.ts";
import { hundredthsOf, pointsOf } from "../scoring/points.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import type { CriterionScoring } from "./rubric.entity.ts";
import type { CriterionInput } from "./rubric.input.ts";
import { checkSteps } from "./rubric-steps.ts";

const LONGEST = { code: 50, name: 1000, scale: 4000 } as const;

/** A criterion in hundredths of points; positions count from 1. */
export interface CheckedCriterion {
  readonly code: string;
  readonly name: string;
  readonly parentPosition: number | null;
  readonly maxPoints: number;
  readonly scale: string | null;
  readonly scoring: CriterionScoring | null;
  readonly indicator: string | null;
  readonly steps: readonly ScoreStep[];
  readonly appraiser: string | null;
  readonly evidenceRequired: boolean;
}

/** 3.2 of 3.2.1; null for a root. */
const parentCode = (code: string): string | null => (code.includes(".") ? code.slice(0, code.lastIndexOf(".")) : null);

export const checkTree = (inputs: readonly CriterionInput[], maxScore: number, problems: InputProblems): CheckedCriterion[] => {
  const positions = new Map<string, number>();
  for (const [n, { code }] of inputs.entries()) if (!positions.has(code)) positions.set(code, n + 1);
  const parents = new Set(inputs.map(({ code }) => parentCode(code)));
  const checked = inputs.map((input, n) => {
    checkPlace(input, n, positions, problems);
    const above = parentCode(input.code);
    const parentPosition = above === null ? null : (positions.get(above) ?? null);
    return checkNode({ input, n, isInner: parents.has(input.code), parentPosition }, problems);
  });
  checkMaxima(inputs, maxScore, problems);
  return checked;
};

/** The code is unique, and its parent stands before it. */
const checkPlace = ({ code }: CriterionInput, n: number, positions: ReadonlyMap<string, number>, problems: InputProblems): void => {
  const place = `criteria[${n}].code`;
  const shown = JSON.stringify(code.slice(0, LONGEST.code));
  const fault = faultOfCode(code, LONGEST.code) ?? (code.split(".").includes("") ? "has an empty part between its dots" : null);
  if (fault !== null) return problems.add(place, "CODE_INVALID", `the code ${shown} ${fault}`);
  const first = positions.get(code)!;
  if (first !== n + 1) return problems.add(place, "CODE_TWICE", `${shown} is also the code of criteria[${first - 1}]`);
  const above = parentCode(code);
  if (above === null) return;
  const parent = positions.get(above);
  if (parent === undefined)
    problems.add(place, "PARENT_MISSING", `the parent of ${shown} must be ${above}, which the rubric does not have`);
  else if (parent > n + 1) problems.add(place, "PARENT_AFTER", `its parent ${above} must stand before it, and is criteria[${parent - 1}]`);
};

interface Node {
  readonly input: CriterionInput;
  readonly n: number;
  readonly isInner: boolean;
  readonly parentPosition: number | null;
}

const checkNode = ({ input, n, isInner, parentPosition }: Node, problems: InputProblems): CheckedCriterion => {
  const at = `criteria[${n}]`;
  const { code, scale, evidenceRequired } = input;
  const name = problems.attempt(`${at}.name`, "TEXT_INVALID", () => textOf("name", input.name, LONGEST.name));
  const words = scale == null ? null : problems.attempt(`${at}.scale`, "TEXT_INVALID", () => textOf("scale", scale, LONGEST.scale));
  const fault = faultOfMaximum(input.maxScore);
  if (fault !== null) problems.add(`${at}.maxScore`, "POINTS_INVALID", fault);
  if (isInner) checkInner(input, at, problems);
  else checkLeaf(input, at, problems);
  const steps = input.steps.map(({ from, points, shape }) => ({ from, points: hundredthsOf(points) ?? 0, shape }));
  return {
    ...{ code, name: name ?? "", parentPosition, maxPoints: hundredthsOf(input.maxScore) ?? 0, scale: words, steps, evidenceRequired },
    ...{ scoring: input.scoring ?? null, indicator: input.indicator ?? null, appraiser: input.appraiser ?? null },
  };
};

const checkInner = (input: CriterionInput, at: string, problems: InputProblems): void => {
  const refuse = (field: string) =>
    problems.add(`${at}.${field}`, "INNER_NODE", `must be omitted: ${input.code} has criteria below it, which alone are scored`);
  for (const field of ["scoring", "indicator", "appraiser"] as const) if (input[field] != null) refuse(field);
  if (input.steps.length > 0) refuse("steps");
  if (input.evidenceRequired) refuse("evidenceRequired");
};

const checkLeaf = (input: CriterionInput, at: string, problems: InputProblems): void => {
  const { scoring, indicator } = input;
  if (scoring == null) return problems.add(`${at}.scoring`, "SCORING_MISSING", `must be given: ${input.code} has no criteria below it`);
  if (scoring === "INDICATOR" && indicator == null)
    problems.add(`${at}.indicator`, "INDICATOR_MISSING", "INDICATOR must have an indicator");
  if (scoring === "SURVEY" && input.appraiser != null)
    problems.add(`${at}.appraiser`, "APPRAISER_NOT_USED", "SURVEY has no appraiser: its points are those of the answers");
  if (scoring !== "INDICATOR" && indicator != null) problems.add(`${at}.indicator`, "INDICATOR_NOT_USED", `${scoring} has no indicator`);
  if (indicator != null && !INDICATORS.some(({ code }) => code === indicator))
    problems.add(
      `${at}.indicator`,
      "INDICATOR_UNKNOWN",
      `there is no indicator ${JSON.stringify(indicator.slice(0, 50))}; must be one of ${INDICATORS.map(({ code }) => code).join(", ")}`,
    );
  checkSteps(input, `${at}.steps`, problems);
};

const sum = (inputs: readonly CriterionInput[]): number => inputs.reduce((total, { maxScore }) => total + (hundredthsOf(maxScore) ?? 0), 0);

/** Maxima add up exactly, in hundredths: those of children to their parent's, those of roots to the rubric's. */
const checkMaxima = (inputs: readonly CriterionInput[], maxScore: number, problems: InputProblems): void => {
  const children = Map.groupBy(inputs, ({ code }) => parentCode(code));
  for (const [n, { code, maxScore: own }] of inputs.entries()) {
    const below = children.get(code);
    if (!below || hundredthsOf(own) === null || sum(below) === hundredthsOf(own)) continue;
    const parts = below.map((child) => `${child.code} ${child.maxScore}`).join(", ");
    problems.add(`criteria[${n}].maxScore`, "MAXIMA_DIFFER", `${code} has ${own}, and its children ${pointsOf(sum(below))}: ${parts}`);
  }
  const roots = children.get(null) ?? [];
  if (hundredthsOf(maxScore) === null || sum(roots) === hundredthsOf(maxScore)) return;
  const parts = roots.map((root) => `${root.code} ${root.maxScore}`).join(", ");
  problems.add("maxScore", "MAXIMA_DIFFER", `the rubric has ${maxScore}, and its roots ${pointsOf(sum(roots))}: ${parts}`);
};
