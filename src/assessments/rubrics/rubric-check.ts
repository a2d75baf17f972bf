import { faultOfCode } from "../../lib/code.ts";
import { textOf } from "../../lib/argument-text.ts";
import type { InputProblems } from "../input-problem.ts";
import { faultOfMaximum, faultOfPoints } from "../point-check.ts";
import type { ScoreBand } from "../scoring/bands.ts";
import { hundredthsOf } from "../scoring/points.ts";
import { checkBands } from "./rubric-bands.ts";
import { type CheckedCriterion, checkTree } from "./rubric-tree.ts";
import type { RubricState } from "./rubric.entity.ts";
import type { RubricInput } from "./rubric.input.ts";

export const MAX_CRITERIA = 5000;
const LONGEST = { name: 300, blockName: 200, block: 50 } as const;
const [FIRST_YEAR, LAST_YEAR] = [2000, 2100];

/** A rubric without problems but for the units that it names, in hundredths of points. */
export interface CheckedRubric {
  readonly index: RubricInput["index"];
  readonly blockCode: string;
  readonly blockName: string;
  readonly year: number;
  readonly name: string;
  readonly maxPoints: number;
  readonly bonusMax: number;
  readonly penaltyMax: number;
  readonly bands: readonly ScoreBand[];
  readonly state: RubricState;
  readonly criteria: readonly CheckedCriterion[];
}

/** Checks everything of a rubric that needs no database; null where there are problems. */
export const checkRubric = (input: RubricInput, problems: InputProblems): CheckedRubric | null => {
  const { index, year } = input;
  const name = problems.attempt("name", "TEXT_INVALID", () => textOf("name", input.name, LONGEST.name));
  const blockName = problems.attempt("blockName", "TEXT_INVALID", () => textOf("blockName", input.blockName, LONGEST.blockName));
  const fault = faultOfCode(input.block, LONGEST.block);
  if (fault !== null) problems.add("block", "CODE_INVALID", `the code ${fault}`);
  if (year < FIRST_YEAR || year > LAST_YEAR) problems.add("year", "YEAR_INVALID", `${year} must be from ${FIRST_YEAR} to ${LAST_YEAR}`);
  for (const argument of ["maxScore", "bonusMax", "penaltyMax"] as const) checkPoints(argument, input[argument], problems);
  const bands = checkBands(input.bands, problems);
  const { length } = input.criteria;
  if (length < 1 || length > MAX_CRITERIA) problems.add("criteria", "CRITERIA_COUNT", `there are ${length}; must be 1 to ${MAX_CRITERIA}`);
  const criteria = checkTree(input.criteria, input.maxScore, problems);
  if (!problems.isEmpty) return null;
  return {
    ...{ index, year, name: name!, blockName: blockName!, blockCode: input.block, bands, criteria, state: "DRAFT" },
    ...{ maxPoints: hundredthsOf(input.maxScore)!, bonusMax: hundredthsOf(input.bonusMax)!, penaltyMax: hundredthsOf(input.penaltyMax)! },
  };
};

const checkPoints = (argument: "maxScore" | "bonusMax" | "penaltyMax", points: number, problems: InputProblems): void => {
  const fault = argument === "maxScore" ? faultOfMaximum(points) : faultOfPoints(points);
  if (fault !== null) problems.add(argument, "POINTS_INVALID", fault);
};
