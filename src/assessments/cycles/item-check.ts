import { taskEvidenceOf } from "../../tasks/task-check.ts";
import { textOf } from "../../lib/argument-text.ts";
import { parseAssessmentId } from "../assessment-id.ts";
import type { InputProblems } from "../input-problem.ts";
import { faultOfPoints } from "../point-check.ts";
import type { CriterionView } from "../rubrics/rubric.loaders.ts";
import { hundredthsOf } from "../scoring/points.ts";
import type { StoredItem } from "./sheet.loaders.ts";
import type { ScoreEvidence } from "./cycle-vocabulary.ts";
import type { ScoreItemInput } from "./sheet.input.ts";
import type { SheetChange } from "./sheet-write.service.ts";

const LONGEST_NOTE = 2000;

export interface ChosenItem {
  readonly criterion: CriterionView;
  readonly item: StoredItem;
}

type Checking = Pick<SheetChange, "sheet" | "criteria" | "items" | "problems">;

/** A criterion of the rubric that the caller may see; null with a problem for none. */
export const criterionNamed = (
  { sheet, criteria, problems }: Pick<Checking, "sheet" | "criteria" | "problems">,
  place: string,
  id: string,
): CriterionView | null => {
  const [rubricNo, position] = parseAssessmentId("criterion", id) ?? [];
  const criterion = rubricNo === sheet.rubricNo ? criteria[position! - 1] : undefined;
  if (criterion) return criterion;
  return unknown(problems, place, id);
};

const unknown = (problems: InputProblems, place: string, id: string): null => {
  problems.add(place, "CRITERION_UNKNOWN", `there is no criterion ${JSON.stringify(id.slice(0, 100))} in the sheet`);
  return null;
};

/** The leaves of the items, in their order; null with a problem for one that is not scored here, or named twice. */
export const chooseItems = (checking: Checking, ids: readonly string[]): (ChosenItem | null)[] => {
  const { items, problems } = checking;
  if (ids.length === 0) problems.add("items", "ITEM_COUNT", "must have at least one");
  const first = new Map<number, number>();
  return ids.map((id, n) => {
    const place = `items[${n}].criterion`;
    const criterion = criterionNamed(checking, place, id);
    if (!criterion) return null;
    const { code, position, scoring } = criterion;
    const refuse = (problem: string, fault: string): null => {
      problems.add(place, problem, fault);
      return null;
    };
    if (scoring === null) return refuse("INNER_NODE", `${code} has criteria below it, which alone are scored`);
    const item = items.get(position);
    if (!item) return unknown(problems, place, id);
    const before = first.get(position);
    if (before !== undefined) return refuse("CRITERION_TWICE", `${code} is also that of items[${before}]`);
    first.set(position, n);
    if (scoring === "SURVEY") return refuse("SURVEY_CRITERION", `${code} is scored by the survey alone`);
    return item.isApplicable ? { criterion, item } : refuse("NOT_APPLICABLE", `${code} does not apply to the unit`);
  });
};

/** Points in hundredths; null with a problem for no points of the criterion. */
export const pointsOfItem = (points: number, n: number, { maxPoints }: CriterionView, problems: InputProblems): number | null => {
  const fault = faultOfPoints(points, maxPoints);
  if (fault !== null) problems.add(`items[${n}].points`, "POINTS_INVALID", fault);
  return fault === null ? hundredthsOf(points) : null;
};

export const noteOfItem = (note: string | null | undefined, n: number, problems: InputProblems): string | null =>
  note == null ? null : problems.attempt(`items[${n}].note`, "TEXT_INVALID", () => textOf("note", note, LONGEST_NOTE));

export const evidenceOfItem = (evidence: ScoreItemInput["evidence"], n: number, problems: InputProblems): readonly ScoreEvidence[] =>
  problems.attempt(`items[${n}].evidence`, "EVIDENCE_INVALID", () => taskEvidenceOf(evidence)) ?? [];
