import { type DossierFacts, isAccepted, isEnded, type PauseFacts } from "./dossier-state.ts";

/** Why a dossier cannot be as it is told: the field of its input, a stable code, and words with the values. */
export interface StateProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** How far a system's clock may be ahead of the server's. */
const CLOCK_TOLERANCE_MS = 30_000;

const shown = (instant: number | null): string =>
  instant === null ? "nothing" : new Date(instant + 7 * 3_600_000).toISOString().replace("Z", "+07:00");
const dayOf = (instant: number): number => Math.floor((instant + 7 * 3_600_000) / 86_400_000);

/** All that contradicts itself, or that cannot have happened by `now` (milliseconds). */
export const problemsOf = (facts: DossierFacts, now: number): StateProblem[] => {
  const problems: StateProblem[] = [];
  const add = (field: string, code: string, words: string) => problems.push({ field, code, message: `${field}: ${words}` });
  presence(facts, add);
  order(facts, add);
  dueDays(facts, add);
  moments(facts, now, add);
  pausesWithin(facts, add);
  pauseOfState(facts, add);
  return problems;
};

type Add = (field: string, code: string, words: string) => void;

const presence = ({ state, receivedAt, endedAt, returnedAt }: DossierFacts, add: Add): void => {
  if (receivedAt === null && isAccepted(state)) add("receivedAt", "RECEIVED_MISSING", `is required in the state ${state}`);
  if (receivedAt !== null && state === "SUBMITTED")
    add("receivedAt", "RECEIVED_EARLY", `${shown(receivedAt)} is not accepted in the state SUBMITTED`);
  if (endedAt === null && isEnded(state)) add("endedAt", "ENDED_MISSING", `is required in the state ${state}`);
  if (endedAt !== null && !isEnded(state) && state !== "NOT_ACCEPTED")
    add("endedAt", "ENDED_EARLY", `${shown(endedAt)} is not accepted in the state ${state}, in which it has not ended`);
  if (returnedAt === null && state === "RESULT_RETURNED") add("returnedAt", "RETURNED_MISSING", `is required in the state ${state}`);
  if (returnedAt !== null && state !== "RESULT_RETURNED")
    add("returnedAt", "RETURNED_EARLY", `${shown(returnedAt)} is not accepted in the state ${state}, in which nothing has been returned`);
};

const order = ({ submittedAt, receivedAt, endedAt, returnedAt }: DossierFacts, add: Add): void => {
  const after = (field: string, code: string, later: number | null, what: string, earlier: number | null) => {
    if (later !== null && earlier !== null && later < earlier) add(field, code, `${shown(later)} is before ${what} ${shown(earlier)}`);
  };
  after("receivedAt", "RECEIVED_BEFORE_SUBMITTED", receivedAt, "submittedAt", submittedAt);
  after("endedAt", "ENDED_BEFORE_RECEIVED", endedAt, "receivedAt", receivedAt);
  after("endedAt", "ENDED_BEFORE_SUBMITTED", endedAt, "submittedAt", receivedAt === null ? submittedAt : null);
  after("returnedAt", "RETURNED_BEFORE_ENDED", returnedAt, "endedAt", endedAt);
};

const dueDays = ({ receivedAt, dueAt, extendedTo }: DossierFacts, add: Add): void => {
  if (receivedAt === null) return;
  if (dueAt !== null && dayOf(dueAt) < dayOf(receivedAt))
    add("dueAt", "DUE_BEFORE_RECEIVED", `${shown(dueAt)} is on a day before receivedAt ${shown(receivedAt)}`);
  const earliest = dueAt ?? receivedAt;
  if (extendedTo !== null && dayOf(extendedTo) <= dayOf(earliest))
    add(
      "extendedTo",
      "EXTENSION_NOT_LATER",
      `${shown(extendedTo)} is not on a day after ${dueAt === null ? "receivedAt" : "dueAt"} ${shown(earliest)}`,
    );
};

/** What is told has happened by the moment at which it was known. */
const moments = (facts: DossierFacts, now: number, add: Add): void => {
  const { updatedAt, pauses } = facts;
  if (updatedAt > now + CLOCK_TOLERANCE_MS)
    add("updatedAt", "UPDATED_IN_FUTURE", `${shown(updatedAt)} is more than 30 s ahead of the server's clock, ${shown(now)}`);
  const told = [
    ...(["submittedAt", "receivedAt", "endedAt", "returnedAt"] as const).map((field) => [field, facts[field]] as const),
    ...pauses.flatMap(({ from, to }, n) => [[`pauses[${n}].from`, from] as const, [`pauses[${n}].to`, to] as const]),
  ];
  for (const [field, instant] of told)
    if (instant !== null && instant > updatedAt)
      add(field, "LATER_THAN_UPDATE", `${shown(instant)} is later than updatedAt ${shown(updatedAt)}`);
};

const pausesWithin = ({ receivedAt, endedAt, pauses }: DossierFacts, add: Add): void => {
  let last: PauseFacts | null = null;
  for (const [n, pause] of pauses.entries()) {
    const { from, to } = pause;
    if (to !== null && to < from) add(`pauses[${n}].to`, "PAUSE_ENDS_BEFORE_IT_BEGINS", `${shown(to)} is before from ${shown(from)}`);
    const isOutside = receivedAt === null || from < receivedAt || (endedAt !== null && (to ?? from) > endedAt);
    if (isOutside)
      add(
        `pauses[${n}]`,
        "PAUSE_OUTSIDE_LIFE",
        `${shown(from)} to ${shown(to)} is not within receivedAt ${shown(receivedAt)} and endedAt ${shown(endedAt)}`,
      );
    if (last !== null && (last.to === null || last.to > from))
      add(`pauses[${n}].from`, "PAUSES_OVERLAP", `${shown(from)} lies in the pause before, which ends at ${shown(last.to)}`);
    last = pause;
  }
};

const WAITING = { SUPPLEMENT_REQUESTED: "SUPPLEMENT", FINANCIAL_OBLIGATION: "FINANCIAL_OBLIGATION" } as const;

const pauseOfState = ({ state, pauses }: DossierFacts, add: Add): void => {
  const open = pauses.find(({ to }) => to === null);
  const reason = state in WAITING ? WAITING[state as keyof typeof WAITING] : null;
  if (reason !== null && open?.reason !== reason)
    add("pauses", "PAUSE_MISSING", `the state ${state} needs a pause without an end, with the reason ${reason}`);
  const mayLast = reason !== null || state === "WITHDRAWN" || state === "STOPPED";
  if (open && !mayLast) add("pauses", "PAUSE_OPEN", `a pause without an end is not accepted in the state ${state}`);
};
