import { type EpochDay, epochDayOf, type WorkCalendar } from "../time/work-calendar.ts";

/** The national code list, 1 to 10 in this order. */
export const DOSSIER_STATES = [
  ...(["SUBMITTED", "RECEIVED", "NOT_ACCEPTED", "PROCESSING", "SUPPLEMENT_REQUESTED"] as const),
  ...(["FINANCIAL_OBLIGATION", "WITHDRAWN", "STOPPED", "RESOLVED", "RESULT_RETURNED"] as const),
] as const;
export type DossierState = (typeof DOSSIER_STATES)[number];
export const CHANNELS = ["DIRECT", "ONLINE", "POSTAL"] as const;
export type Channel = (typeof CHANNELS)[number];
export const PAUSE_REASONS = ["SUPPLEMENT", "FINANCIAL_OBLIGATION"] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** Instants in milliseconds. */
export interface PauseFacts {
  readonly reason: PauseReason;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

/** The present state of a dossier as its system knows it: instants in milliseconds, pauses in order of time. */
export interface DossierFacts {
  readonly state: DossierState;
  readonly submittedAt: number | null;
  readonly receivedAt: number | null;
  readonly dueAt: number | null;
  readonly extendedTo: number | null;
  readonly endedAt: number | null;
  readonly returnedAt: number | null;
  readonly pauses: readonly PauseFacts[];
  readonly updatedAt: number;
}

/** What follows from the facts. Days are days in Asia/Ho_Chi_Minh; of what counts in nothing they are null. */
export interface Derived {
  readonly dueAt: number | null;
  readonly dueProvisional: boolean;
  readonly currentDueAt: number | null;
  readonly receivedOn: EpochDay | null;
  readonly endedOn: EpochDay | null;
  readonly dueOn: EpochDay | null;
  /** Day of receipt, else of submission, else of the last word. */
  readonly datedOn: EpochDay;
  /** 1 early, 2 on time, 3 overdue, 4 withdrawn, 5 stopped; null while it is open. */
  readonly outcome: 1 | 2 | 3 | 4 | 5 | null;
  /** Working days from receipt to result without pauses; null unless resolved. */
  readonly workingDays: number | null;
}

/** States of dossiers that count: those that were accepted. */
export const isAccepted = (state: DossierState): boolean => state !== "SUBMITTED" && state !== "NOT_ACCEPTED";
export const isResolved = (state: DossierState): boolean => state === "RESOLVED" || state === "RESULT_RETURNED";
export const isEnded = (state: DossierState): boolean => isResolved(state) || state === "WITHDRAWN" || state === "STOPPED";

const MS_PER_DAY = 86_400_000;
/** Results are appointed for the end of office hours. */
const CLOSING_HOUR = 17;

const closingOf = (day: EpochDay): number => day * MS_PER_DAY + (CLOSING_HOUR - 7) * 3_600_000;

/** What follows from facts without problems, for a procedure of so many working days (null: without a limit). */
export const derive = (facts: DossierFacts, workingDays: number | null, calendar: WorkCalendar): Derived => {
  const { state, submittedAt, receivedAt, updatedAt } = facts;
  const datedOn = epochDayOf(receivedAt ?? submittedAt ?? updatedAt);
  if (!isAccepted(state) || receivedAt === null) {
    const nothing = { receivedOn: null, endedOn: null, dueOn: null, outcome: null, workingDays: null };
    return { ...nothing, dueAt: facts.dueAt, dueProvisional: false, currentDueAt: facts.extendedTo ?? facts.dueAt, datedOn };
  }
  const receivedOn = datedOn;
  const due = dueOf(facts, receivedOn, workingDays, calendar);
  const currentDueAt = moved(facts.extendedTo ?? due.dueAt, pausedDays(facts, calendar), calendar);
  const dueOn = currentDueAt === null ? null : epochDayOf(currentDueAt);
  const endedOn = isEnded(state) && facts.endedAt !== null ? epochDayOf(facts.endedAt) : null;
  return {
    ...{ ...due, currentDueAt, receivedOn, endedOn, dueOn, datedOn, outcome: outcomeOf(state, endedOn, dueOn) },
    workingDays:
      isResolved(state) && endedOn !== null ? Math.max(calendar.between(receivedOn, endedOn) - pausedDays(facts, calendar), 0) : null,
  };
};

const dueOf = ({ dueAt }: DossierFacts, receivedOn: EpochDay, workingDays: number | null, calendar: WorkCalendar) => {
  if (dueAt !== null || workingDays === null) return { dueAt, dueProvisional: false };
  const day = calendar.add(receivedOn, workingDays);
  return { dueAt: closingOf(day), dueProvisional: calendar.isProvisional(receivedOn, day) };
};

/** Working days for which the clock stood still; a pause that lasts has not moved the due day yet. */
const pausedDays = ({ pauses, endedAt }: DossierFacts, calendar: WorkCalendar): number =>
  pauses.reduce((days, { from, to }) => {
    const until = to ?? endedAt;
    return until === null ? days : days + calendar.between(epochDayOf(from), epochDayOf(until));
  }, 0);

const moved = (instant: number | null, workingDays: number, calendar: WorkCalendar): number | null => {
  if (instant === null || workingDays === 0) return instant;
  const day = epochDayOf(instant);
  return instant + (calendar.add(day, workingDays) - day) * MS_PER_DAY;
};

const outcomeOf = (state: DossierState, endedOn: EpochDay | null, dueOn: EpochDay | null): Derived["outcome"] => {
  if (state === "WITHDRAWN") return 4;
  if (state === "STOPPED") return 5;
  if (!isResolved(state) || endedOn === null) return null;
  if (dueOn === null || endedOn === dueOn) return 2;
  return endedOn < dueOn ? 1 : 3;
};

export type Timeliness = "EARLY" | "ON_TIME" | "OVERDUE" | "NOT_DUE" | "PAUSED" | "ENDED_WITHOUT_RESULT";

/** Days of a pause; `to` is the first day at whose end it lasts no more, null while it lasts. */
export interface PausedDays {
  readonly from: EpochDay;
  readonly to: EpochDay | null;
}

const RESULTS: readonly (Timeliness | null)[] = [null, "EARLY", "ON_TIME", "OVERDUE"];

/** How a dossier stands at the end of a day; null before its receipt, and where it was never accepted. */
export const timelinessOn = (
  { receivedOn, endedOn, dueOn, outcome }: Pick<Derived, "receivedOn" | "endedOn" | "dueOn" | "outcome">,
  pauses: readonly PausedDays[],
  day: EpochDay,
): Timeliness | null => {
  if (receivedOn === null || receivedOn > day) return null;
  if (endedOn !== null && endedOn <= day && outcome !== null) return RESULTS[outcome] ?? "ENDED_WITHOUT_RESULT";
  if (pauses.some(({ from, to }) => from <= day && (to === null || day < to))) return "PAUSED";
  return dueOn !== null && dueOn < day ? "OVERDUE" : "NOT_DUE";
};
