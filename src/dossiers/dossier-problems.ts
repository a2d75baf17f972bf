import { CLOCK_SKEW_MS } from "../imports/row-problems.ts";
import { epochDayOf, instantText } from "../lib/time/date.ts";
import { type DossierFacts, type DossierState, isAccepted, type PauseFacts, type PauseReason } from "./dossier-state.ts";

/** Contradictions between the facts of a dossier; the codes are part of the API. */
export const PROBLEM_CODES = [
  "RECEIVED_MISSING",
  "RECEIVED_NOT_ALLOWED",
  "ENDED_MISSING",
  "ENDED_NOT_ALLOWED",
  "RETURNED_MISSING",
  "RETURNED_NOT_ALLOWED",
  "RECEIVED_BEFORE_SUBMITTED",
  "ENDED_BEFORE_SUBMITTED",
  "ENDED_BEFORE_RECEIVED",
  "RETURNED_BEFORE_ENDED",
  "DUE_BEFORE_RECEIVED",
  "EXTENSION_NOT_LATER",
  "EXTENSION_BEFORE_RECEIVED",
  "PAUSE_NOT_ALLOWED",
  "PAUSE_REVERSED",
  "PAUSE_OUTSIDE_LIFE",
  "PAUSES_OVERLAP",
  "PAUSE_MISSING",
  "PAUSE_OPEN",
  "INSTANT_AFTER_UPDATE",
  "UPDATED_IN_FUTURE",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface StateProblem {
  /** The field of the input, such as `pauses[1].from`. */
  readonly field: string;
  readonly code: ProblemCode;
  /** Contains the values and the requirement. */
  readonly message: string;
}

const ENDED: ReadonlySet<DossierState> = new Set(["WITHDRAWN", "STOPPED", "RESOLVED", "RESULT_RETURNED"]);
/** A dossier that is withdrawn or stopped during a pause leaves it open; the pause ends with the dossier. */
const MAY_PAUSE: ReadonlySet<DossierState> = new Set(["SUPPLEMENT_REQUESTED", "FINANCIAL_OBLIGATION", "WITHDRAWN", "STOPPED"]);
const WAITS_FOR: Partial<Record<DossierState, PauseReason>> = {
  SUPPLEMENT_REQUESTED: "SUPPLEMENT",
  FINANCIAL_OBLIGATION: "FINANCIAL_OBLIGATION",
};

class Problems {
  readonly list: StateProblem[] = [];

  add(field: string, code: ProblemCode, problem: string, accepted: string): void {
    this.list.push({ field, code, message: `${field}: ${problem}; must be ${accepted}` });
  }
}

/** Returns all contradictions between the facts of a dossier. @param now in milliseconds */
export const problemsOf = (facts: DossierFacts, now: number): StateProblem[] => {
  const problems = new Problems();
  checkPresence(problems, facts);
  checkOrder(problems, facts);
  checkDue(problems, facts);
  checkPauses(problems, facts);
  checkKnown(problems, facts, now);
  return problems.list;
};

const checkPresence = (problems: Problems, { state, receivedAt, endedAt, returnedAt }: DossierFacts): void => {
  const check = (field: string, name: "RECEIVED" | "ENDED" | "RETURNED", value: number | null, required: boolean, allowed: boolean) => {
    if (required && value === null) problems.add(field, `${name}_MISSING`, `is missing in state ${state}`, "an instant");
    if (!allowed && value !== null)
      problems.add(field, `${name}_NOT_ALLOWED`, `${instantText(value)} is not allowed in state ${state}`, "nothing");
  };
  check("receivedAt", "RECEIVED", receivedAt, isAccepted(state), state !== "SUBMITTED");
  check("endedAt", "ENDED", endedAt, ENDED.has(state), ENDED.has(state) || state === "NOT_ACCEPTED");
  check("returnedAt", "RETURNED", returnedAt, state === "RESULT_RETURNED", state === "RESULT_RETURNED");
};

const checkOrder = (problems: Problems, { submittedAt, receivedAt, endedAt, returnedAt }: DossierFacts): void => {
  const check = (field: string, value: number | null, code: ProblemCode, earlier: string, bound: number | null) => {
    if (value === null || bound === null || value >= bound) return;
    problems.add(field, code, `${instantText(value)} is before ${earlier} ${instantText(bound)}`, "that instant or later");
  };
  check("receivedAt", receivedAt, "RECEIVED_BEFORE_SUBMITTED", "submittedAt", submittedAt);
  check("endedAt", endedAt, "ENDED_BEFORE_RECEIVED", "receivedAt", receivedAt);
  if (receivedAt === null) check("endedAt", endedAt, "ENDED_BEFORE_SUBMITTED", "submittedAt", submittedAt);
  check("returnedAt", returnedAt, "RETURNED_BEFORE_ENDED", "endedAt", endedAt);
};

const checkDue = (problems: Problems, { receivedAt, dueAt, extendedTo }: DossierFacts): void => {
  if (dueAt !== null && receivedAt !== null && epochDayOf(dueAt) < epochDayOf(receivedAt)) {
    const problem = `${instantText(dueAt)} is on a day before receivedAt ${instantText(receivedAt)}`;
    problems.add("dueAt", "DUE_BEFORE_RECEIVED", problem, "on the day of receipt or later");
  }
  if (extendedTo === null) return;
  if (dueAt !== null && epochDayOf(extendedTo) <= epochDayOf(dueAt)) {
    const problem = `${instantText(extendedTo)} is not on a day after dueAt ${instantText(dueAt)}`;
    problems.add("extendedTo", "EXTENSION_NOT_LATER", problem, "a later day");
  }
  if (receivedAt !== null && extendedTo <= receivedAt) {
    const problem = `${instantText(extendedTo)} is not after receivedAt ${instantText(receivedAt)}`;
    problems.add("extendedTo", "EXTENSION_BEFORE_RECEIVED", problem, "a later instant");
  }
};

const checkPauses = (problems: Problems, facts: DossierFacts): void => {
  const { state, pauses } = facts;
  if (!isAccepted(state)) {
    if (pauses.length > 0)
      problems.add("pauses", "PAUSE_NOT_ALLOWED", `${pauses.length} are not allowed in state ${state}`, "empty before acceptance");
    return;
  }
  for (const [n, pause] of pauses.entries()) checkPause(problems, facts, pause, `pauses[${n}]`);
  checkOverlaps(problems, pauses);
  const reason = WAITS_FOR[state];
  if (reason === undefined || pauses.some((pause) => pause.to === null && pause.reason === reason)) return;
  problems.add("pauses", "PAUSE_MISSING", `state ${state} has no open pause of reason ${reason}`, "given with one pause without to");
};

const checkPause = (problems: Problems, { state, receivedAt, endedAt }: DossierFacts, { from, to }: PauseFacts, field: string): void => {
  const outside = (end: string, value: number, bound: string) =>
    problems.add(
      `${field}.${end}`,
      "PAUSE_OUTSIDE_LIFE",
      `${instantText(value)} is ${bound}`,
      "an instant from receivedAt through endedAt",
    );
  if (to === null && !MAY_PAUSE.has(state))
    problems.add(`${field}.to`, "PAUSE_OPEN", `is missing, but state ${state} is not a pause`, "the instant at which it ended");
  if (to !== null && to < from)
    problems.add(`${field}.to`, "PAUSE_REVERSED", `${instantText(to)} is before its start ${instantText(from)}`, "that instant or later");
  if (receivedAt !== null && from < receivedAt) outside("from", from, `before receivedAt ${instantText(receivedAt)}`);
  if (endedAt === null) return;
  if (from > endedAt) outside("from", from, `after endedAt ${instantText(endedAt)}`);
  else if (to !== null && to > endedAt) outside("to", to, `after endedAt ${instantText(endedAt)}`);
};

/** Compares each pause with the longest one before it; no pause may begin after an open one. */
const checkOverlaps = (problems: Problems, pauses: readonly PauseFacts[]): void => {
  if (pauses.length < 2) return;
  const endOf = (pause: PauseFacts) => pause.to ?? Infinity;
  const order = [...pauses.keys()].toSorted((a, b) => pauses[a]!.from - pauses[b]!.from || endOf(pauses[a]!) - endOf(pauses[b]!));
  let last = order[0]!;
  for (const n of order.slice(1)) {
    const [before, pause] = [pauses[last]!, pauses[n]!];
    if (pause.from < endOf(before)) {
      const span = `${instantText(before.from)}..${before.to === null ? "" : instantText(before.to)}`;
      const problem = `${instantText(pause.from)} is within pauses[${last}] ${span}`;
      problems.add(`pauses[${n}].from`, "PAUSES_OVERLAP", problem, "the end of the previous pause or later");
    }
    if (endOf(pause) > endOf(before)) last = n;
  }
};

/** No fact may be later than updatedAt, and updatedAt must not be in the future. */
const checkKnown = (problems: Problems, facts: DossierFacts, now: number): void => {
  const { updatedAt } = facts;
  const check = (field: string, value: number | null) => {
    if (value === null || value <= updatedAt) return;
    const problem = `${instantText(value)} is after updatedAt ${instantText(updatedAt)}`;
    problems.add(field, "INSTANT_AFTER_UPDATE", problem, "that instant or earlier");
  };
  for (const field of ["submittedAt", "receivedAt", "endedAt", "returnedAt"] as const) check(field, facts[field]);
  for (const [n, { from, to }] of facts.pauses.entries()) {
    check(`pauses[${n}].from`, from);
    check(`pauses[${n}].to`, to);
  }
  if (updatedAt <= now + CLOCK_SKEW_MS) return;
  const problem = `${instantText(updatedAt)} is more than 30 s after now, ${instantText(now)}`;
  problems.add("updatedAt", "UPDATED_IN_FUTURE", problem, "at most 30 s in the future");
};
