import { CLOCK_SKEW_MS, type RowProblems } from "../../imports/row-problems.ts";
import { type Day, dayOf, instantText } from "../../lib/time/date.ts";
import type { TaskProgress } from "../task-steps.ts";
import type { DayRange } from "../task-timeliness.ts";

/** The days of one task as its system sent them. */
export interface TaskFacts {
  readonly assignedOn: Day;
  readonly deadline: Day | null;
  readonly originalDeadline: Day | null;
  readonly progress: TaskProgress;
  readonly percent: number | null;
  readonly doneOn: Day | null;
  readonly completedOn: Day | null;
  readonly cancelledOn: Day | null;
  readonly postponements: readonly DayRange[];
  readonly updatedAt: number;
}

const MAX_POSTPONEMENTS = 100;

/** Adds all contradictions between the facts of a task; their codes are part of the API. @param now in milliseconds */
export const checkFacts = (problems: RowProblems, facts: TaskFacts, now: number): void => {
  checkPresence(problems, facts);
  checkDays(problems, facts);
  checkPostponements(problems, facts);
  checkKnown(problems, facts, now);
};

const add = (problems: RowProblems, field: string, code: string, problem: string, accepted: string): void =>
  problems.add(field, code, `${field}: ${problem}; must be ${accepted}`);

const DONE: ReadonlySet<TaskProgress> = new Set(["AWAITING_CONFIRMATION", "COMPLETED", "CANCELLED"]);

const checkPresence = (problems: RowProblems, { progress, percent, doneOn, completedOn, cancelledOn }: TaskFacts): void => {
  const check = (field: string, name: string, day: Day | null, isRequired: boolean, isAllowed: boolean) => {
    if (isRequired && day === null) add(problems, field, `${name}_MISSING`, `is missing while the task is ${progress}`, "a day");
    if (!isAllowed && day !== null)
      add(problems, field, `${name}_NOT_ALLOWED`, `${day} is not allowed while the task is ${progress}`, "empty");
  };
  check("doneOn", "DONE", doneOn, progress === "AWAITING_CONFIRMATION", DONE.has(progress));
  check("completedOn", "COMPLETED", completedOn, progress === "COMPLETED", progress === "COMPLETED");
  check("cancelledOn", "CANCELLED", cancelledOn, progress === "CANCELLED", progress === "CANCELLED");
  if (percent !== null && (percent < 0 || percent > 100))
    add(problems, "percent", "PERCENT_OUT_OF_RANGE", `${percent} is not a percentage`, "a whole number from 0 to 100");
};

const checkDays = (problems: RowProblems, facts: TaskFacts): void => {
  for (const field of ["deadline", "originalDeadline", "doneOn", "completedOn", "cancelledOn"] as const) {
    const day = facts[field];
    if (day === null || day >= facts.assignedOn) continue;
    add(problems, field, "BEFORE_ASSIGNED", `${day} is before assignedOn ${facts.assignedOn}`, "that day or later");
  }
};

const checkPostponements = (problems: RowProblems, facts: TaskFacts): void => {
  const { progress, postponements: ranges } = facts;
  if (ranges.length > MAX_POSTPONEMENTS) {
    const problem = `${ranges.length} are too many`;
    add(problems, "postponements", "TOO_MANY_POSTPONEMENTS", problem, `at most ${MAX_POSTPONEMENTS}`);
    return;
  }
  for (const [n, range] of ranges.entries()) checkPostponement(problems, facts, range, `postponements[${n}]`);
  checkOverlaps(problems, ranges);
  if (progress === "POSTPONED" && ranges.every(({ to }) => to !== null))
    add(problems, "postponements", "POSTPONEMENT_MISSING", "all have ended, but the task is POSTPONED", "given with one without to");
};

const checkPostponement = (
  problems: RowProblems,
  { progress, assignedOn, cancelledOn }: TaskFacts,
  { from, to }: DayRange,
  field: string,
): void => {
  if (to === null && progress !== "POSTPONED")
    add(problems, `${field}.to`, "POSTPONEMENT_OPEN", `is missing, but the task is ${progress}`, "the last day on which it stood still");
  if (to !== null && to < from)
    add(problems, `${field}.to`, "POSTPONEMENT_REVERSED", `${to} is before its first day ${from}`, "that day or later");
  if (from < assignedOn)
    add(problems, `${field}.from`, "POSTPONEMENT_OUTSIDE_LIFE", `${from} is before assignedOn ${assignedOn}`, "that day or later");
  const last = to ?? from;
  if (cancelledOn !== null && last > cancelledOn)
    add(problems, `${field}.to`, "POSTPONEMENT_OUTSIDE_LIFE", `${last} is after cancelledOn ${cancelledOn}`, "that day or earlier");
};

/** Compares each range with the longest one before it; both of its days belong to it. */
const checkOverlaps = (problems: RowProblems, ranges: readonly DayRange[]): void => {
  const endOf = ({ to }: DayRange): Day => to ?? "9999-12-31";
  const order = [...ranges.keys()].toSorted((a, b) => (ranges[a]!.from < ranges[b]!.from ? -1 : 1));
  let last = order[0]!;
  for (const n of order.slice(1)) {
    const [before, range] = [ranges[last]!, ranges[n]!];
    if (range.from <= endOf(before)) {
      const problem = `${range.from} is within postponements[${last}] ${before.from}..${before.to ?? ""}`;
      add(problems, `postponements[${n}].from`, "POSTPONEMENTS_OVERLAP", problem, "a day after the previous one");
    }
    if (endOf(range) > endOf(before)) last = n;
  }
};

/** No fact may be of a later day than updatedAt, and updatedAt must not be in the future. */
const checkKnown = (problems: RowProblems, facts: TaskFacts, now: number): void => {
  const { updatedAt } = facts;
  const last = dayOf(new Date(updatedAt));
  const check = (field: string, day: Day | null) => {
    if (day !== null && day > last)
      add(problems, field, "DAY_AFTER_UPDATE", `${day} is after updatedAt ${instantText(updatedAt)}`, "that day or earlier");
  };
  for (const field of ["assignedOn", "doneOn", "completedOn", "cancelledOn"] as const) check(field, facts[field]);
  for (const [n, { from, to }] of facts.postponements.entries()) {
    check(`postponements[${n}].from`, from);
    check(`postponements[${n}].to`, to);
  }
  if (updatedAt <= now + CLOCK_SKEW_MS) return;
  const problem = `${instantText(updatedAt)} is more than 30 s after now, ${instantText(now)}`;
  add(problems, "updatedAt", "UPDATED_IN_FUTURE", problem, "at most 30 s in the future");
};
