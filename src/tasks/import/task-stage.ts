import { hash } from "node:crypto";
import type { UnitPlace, UnitPlaces } from "../../hierarchy/unit-places.ts";
import type { ImportRowProblem } from "../../imports/import-report.ts";
import { RowProblems, shortened } from "../../imports/row-problems.ts";
import { type StagedRow, STATUSES } from "../../imports/stage.ts";
import type { StageShape } from "../../imports/stage-table.ts";
import { DomainError } from "../../lib/errors.ts";
import { type Day, dayOf, instantText, isDay } from "../../lib/time/date.ts";
import { documentOf, productOf, titleOf } from "../task-check.ts";
import type { TaskDocumentInput } from "../task.input.ts";
import type { TaskDocument } from "../task.loaders.ts";
import { RUNNING, TASK_PROGRESS } from "../task-steps.ts";
import type { DayRange } from "../task-timeliness.ts";
import { multirangeOf } from "../task-count.store.ts";
import { wordsOf } from "../task-write.store.ts";
import { MAX_COORDINATORS } from "../task-units.service.ts";
import { checkFacts, type TaskFacts } from "./task-facts.ts";

/** One task as sent by its system; days and instants are texts. */
export interface TaskRow {
  readonly code: string;
  readonly title: string;
  readonly product?: string | null | undefined;
  readonly document?: TaskDocumentInput | null | undefined;
  readonly assignedBy: string;
  readonly lead: string;
  readonly coordinators: readonly string[];
  readonly parent?: string | null | undefined;
  readonly assignedOn: string;
  readonly deadline?: string | null | undefined;
  readonly originalDeadline?: string | null | undefined;
  readonly progress: string;
  readonly percent?: number | null | undefined;
  readonly doneOn?: string | null | undefined;
  readonly completedOn?: string | null | undefined;
  readonly cancelledOn?: string | null | undefined;
  readonly postponements: readonly { readonly from: string; readonly to?: string | null | undefined }[];
  readonly updatedAt: string;
}

export interface TaskReferences {
  readonly units: UnitPlaces;
  /** The server's clock, in milliseconds. */
  readonly now: number;
  /** True if the caller may write records of the unit. */
  readonly isCovered: (unitNo: number) => boolean;
}

export const TASK_STAGE: StageShape = {
  stage: "task_stage",
  deltas: "task_delta",
  columns: [
    ...["row", "status", "problem", "province_id", "code", "title", "product", "document", "words", "assigner_id", "lead_id"],
    ...["coordinator_ids", "parent_code", "top_code", "assigned_on", "deadline", "original_deadline", "progress", "is_running", "percent"],
    ...["done_on", "completed_on", "cancelled_on", "postponed", "digest", "updated_at", "events"],
  ],
};

/** Converts a row to a staged row, or returns its problems. */
export const stageTask = (references: TaskReferences, number: number, row: TaskRow): StagedRow | readonly ImportRowProblem[] => {
  const problems = new RowProblems();
  problems.code("code", row.code);
  if (row.parent != null) problems.code("parent", row.parent);
  const facts = factsOf(problems, row);
  const texts = textsOf(problems, row, dayOf(new Date(facts.updatedAt)));
  if (problems.found.length > 0) return problems.found;
  checkFacts(problems, facts, references.now);
  if (problems.found.length > 0) return problems.found;
  const units = unitsOf(problems, references, row);
  if (problems.found.length > 0) return problems.found;
  return staged(number, row, facts, texts!, units!);
};

const dayIn = (problems: RowProblems, field: string, text: string | null | undefined): Day | null => {
  if (text == null) return null;
  if (!isDay(text)) problems.add(field, "DAY_MALFORMED", `${field}: ${shortened(text)} is not accepted; must be a day as YYYY-MM-DD`, text);
  return text;
};

const factsOf = (problems: RowProblems, row: TaskRow): TaskFacts => {
  const days = Object.fromEntries(
    (["deadline", "originalDeadline", "doneOn", "completedOn", "cancelledOn"] as const).map((field) => [
      field,
      dayIn(problems, field, row[field]),
    ]),
  ) as Pick<TaskFacts, "deadline" | "originalDeadline" | "doneOn" | "completedOn" | "cancelledOn">;
  const postponements = row.postponements.map(({ from, to }, n): DayRange => ({
    from: dayIn(problems, `postponements[${n}].from`, from) ?? "",
    to: dayIn(problems, `postponements[${n}].to`, to),
  }));
  return {
    ...days,
    assignedOn: dayIn(problems, "assignedOn", row.assignedOn) ?? "",
    progress: problems.oneOf("progress", row.progress, TASK_PROGRESS),
    percent: row.percent ?? null,
    postponements,
    updatedAt: problems.instant("updatedAt", row.updatedAt) ?? 0,
  };
};

interface TaskTexts {
  readonly title: string;
  readonly product: string | null;
  readonly document: TaskDocument | null;
}

const textsOf = (problems: RowProblems, row: TaskRow, last: Day): TaskTexts | null => {
  const read = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      problems.add(String(error.extensions["argument"]), "VALUE_NOT_ACCEPTED", error.message);
      return null;
    }
  };
  const [title, product, document] = [
    read(() => titleOf(row.title)),
    read(() => productOf(row.product)),
    read(() => documentOf(row.document, last)),
  ];
  return title === null ? null : { title, product, document };
};

interface TaskUnits {
  readonly assigner: UnitPlace;
  readonly lead: UnitPlace;
  readonly coordinatorNos: readonly number[];
}

const unitsOf = (problems: RowProblems, { units, isCovered }: TaskReferences, row: TaskRow): TaskUnits | null => {
  const unit = (field: string, code: string) => problems.unit(units, field, code, row.assignedOn);
  const [assigner, lead] = [unit("assignedBy", row.assignedBy), unit("lead", row.lead)];
  if (lead && !isCovered(lead.unitNo)) problems.outside("lead", row.lead);
  if (row.coordinators.length > MAX_COORDINATORS) {
    const message = `coordinators: ${row.coordinators.length} are too many; must contain at most ${MAX_COORDINATORS} units`;
    problems.add("coordinators", "TOO_MANY_COORDINATORS", message);
    return null;
  }
  const taken = new Set(lead ? [lead.unitNo] : []);
  const coordinators = row.coordinators.map((code, n) => {
    const place = unit(`coordinators[${n}]`, code);
    const message = `coordinators[${n}]: ${shortened(code)} leads or coordinates the task already; must be another unit`;
    if (place && taken.has(place.unitNo)) problems.add(`coordinators[${n}]`, "UNIT_REPEATED", message, code);
    if (place) taken.add(place.unitNo);
    return place;
  });
  return assigner && lead && { assigner, lead, coordinatorNos: coordinators.flatMap((place) => (place ? [place.unitNo] : [])) };
};

const staged = (number: number, row: TaskRow, facts: TaskFacts, texts: TaskTexts, units: TaskUnits): StagedRow => {
  const { updatedAt, postponements, ...days } = facts;
  const ranges = postponements.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const content = [texts, row.assignedBy, row.lead, row.coordinators, row.parent ?? null, days, ranges];
  return {
    ...{ row: number, status: STATUSES.CREATED, problem: null, province_id: units.lead.provinceNo, code: row.code },
    ...{ ...texts, words: wordsOf(texts) },
    ...{ assigner_id: units.assigner.unitNo, lead_id: units.lead.unitNo, coordinator_ids: units.coordinatorNos },
    ...{ parent_code: row.parent ?? null, top_code: row.code, assigned_on: facts.assignedOn },
    ...{ deadline: facts.deadline ?? "infinity", original_deadline: facts.originalDeadline ?? facts.deadline ?? "infinity" },
    ...{ progress: TASK_PROGRESS.indexOf(facts.progress) + 1, is_running: RUNNING.includes(facts.progress), percent: facts.percent },
    ...{ done_on: facts.doneOn, completed_on: facts.completedOn, cancelled_on: facts.cancelledOn },
    ...{ postponed: multirangeOf(ranges), digest: hash("sha256", JSON.stringify(content)), updated_at: instantText(updatedAt), events: 0 },
  };
};
