import { epochDayOf, instantOn, MS_PER_DAY } from "../lib/time/date.ts";
import type { WorkCalendar } from "../calendar/work-calendar.ts";

/** The national code list, 1 to 10 in this order. */
export const DOSSIER_STATES = [
  "SUBMITTED",
  "RECEIVED",
  "NOT_ACCEPTED",
  "PROCESSING",
  "SUPPLEMENT_REQUESTED",
  "FINANCIAL_OBLIGATION",
  "WITHDRAWN",
  "STOPPED",
  "RESOLVED",
  "RESULT_RETURNED",
] as const;
/** 1 to 3 in this order. */
export const CHANNELS = ["DIRECT", "ONLINE", "POSTAL"] as const;
/** 1 and 2 in this order. */
export const PAUSE_REASONS = ["SUPPLEMENT", "FINANCIAL_OBLIGATION"] as const;

export type DossierState = (typeof DOSSIER_STATES)[number];
export type Channel = (typeof CHANNELS)[number];
export type PauseReason = (typeof PAUSE_REASONS)[number];

export interface PauseFacts {
  readonly reason: PauseReason;
  readonly from: number;
  readonly to: number | null;
}

/** The facts of one dossier as its system sent them. Instants in milliseconds. */
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

/** Resolved: 1 early, 2 on time, 3 overdue; 4 withdrawn, 5 stopped. */
export type Outcome = 1 | 2 | 3 | 4 | 5;

/** Epoch days in [from, to); `to` is null without an end. */
export interface DaySpan {
  readonly from: number;
  readonly to: number | null;
}

/** Days that counters and lists need, as epoch days in Asia/Ho_Chi_Minh; null or empty if the dossier does not count. */
export interface CountedDays {
  readonly receivedOn: number | null;
  readonly endedOn: number | null;
  readonly dueOn: number | null;
  readonly outcome: Outcome | null;
  /** Days that ended during a pause, in order and without overlap. */
  readonly pauses: readonly DaySpan[];
}

export interface Derived extends CountedDays {
  /** As sent, or computed from the limit of the procedure. */
  readonly dueAt: number | null;
  /** True if the computation of a due day needed a year whose calendar is not published. */
  readonly dueProvisional: boolean;
  /** After the extension and the ended pauses. */
  readonly currentDueAt: number | null;
  /** The day that decides the dossier's unit version and edition. */
  readonly datedOn: number;
  /** From receipt to result without pauses; null unless resolved. */
  readonly workingDays: number | null;
}

const DUE_HOUR = 17;
const NONE: readonly DaySpan[] = [];

/** SUBMITTED and NOT_ACCEPTED dossiers are not counted. */
export const isAccepted = (state: DossierState): boolean => state !== "SUBMITTED" && state !== "NOT_ACCEPTED";
export const isResolved = (state: DossierState): boolean => state === "RESOLVED" || state === "RESULT_RETURNED";

const dayOrNull = (ms: number | null): number | null => (ms === null ? null : epochDayOf(ms));

/** Derives days, outcome and due day of a dossier without problems. @param workingDays the limit of its procedure, null if the law sets none */
export const derive = (facts: DossierFacts, workingDays: number | null, calendar: WorkCalendar): Derived => {
  const { state, receivedAt, endedAt } = facts;
  const isCounted = isAccepted(state) && receivedAt !== null;
  const receivedOn = isCounted ? epochDayOf(receivedAt) : null;
  const endedOn = isCounted ? dayOrNull(endedAt) : null;
  const pauses = isCounted ? pausedDays(facts.pauses, endedOn) : NONE;
  const paused = pausedWorkingDays(pauses, calendar);
  const due = dueOf(facts, workingDays, paused, calendar);
  const dueOn = isCounted ? dayOrNull(due.currentDueAt) : null;
  return {
    ...due,
    receivedOn,
    endedOn,
    dueOn,
    datedOn: epochDayOf(receivedAt ?? facts.submittedAt ?? facts.updatedAt),
    outcome: outcomeOf(state, endedOn, dueOn),
    workingDays:
      isResolved(state) && receivedOn !== null && endedOn !== null
        ? Math.max(0, calendar.betweenEpoch(receivedOn, endedOn) - paused)
        : null,
    pauses,
  };
};

/** A pause within one day pauses no day; an open pause ends with its dossier. */
const pausedDays = (pauses: readonly PauseFacts[], endedOn: number | null): readonly DaySpan[] =>
  pauses.length === 0
    ? NONE
    : pauses
        .map(({ from, to }) => ({ from: epochDayOf(from), to: to === null ? endedOn : epochDayOf(to) }))
        .filter(({ from, to }) => to === null || from < to)
        .toSorted((a, b) => a.from - b.from);

const pausedWorkingDays = (pauses: readonly DaySpan[], calendar: WorkCalendar): number => {
  let sum = 0;
  for (const { from, to } of pauses) if (to !== null) sum += calendar.betweenEpoch(from, to);
  return sum;
};

const dueOf = (
  { receivedAt, dueAt: promised, extendedTo }: DossierFacts,
  workingDays: number | null,
  paused: number,
  calendar: WorkCalendar,
): Pick<Derived, "dueAt" | "dueProvisional" | "currentDueAt"> => {
  if (receivedAt === null) return { dueAt: null, dueProvisional: false, currentDueAt: null };
  let [dueAt, dueProvisional] = [promised, false];
  if (dueAt === null && workingDays !== null) {
    const receivedOn = epochDayOf(receivedAt);
    const day = calendar.addEpoch(receivedOn, workingDays);
    [dueAt, dueProvisional] = [instantOn(day, DUE_HOUR), calendar.isProvisionalEpoch(receivedOn, day)];
  }
  const base = extendedTo ?? dueAt;
  if (base === null || paused === 0) return { dueAt, dueProvisional, currentDueAt: base };
  const from = epochDayOf(base);
  const to = calendar.addEpoch(from, paused);
  return {
    dueAt,
    dueProvisional: dueProvisional || calendar.isProvisionalEpoch(from, to),
    currentDueAt: base + (to - from) * MS_PER_DAY,
  };
};

const outcomeOf = (state: DossierState, endedOn: number | null, dueOn: number | null): Outcome | null => {
  if (state === "WITHDRAWN") return 4;
  if (state === "STOPPED") return 5;
  if (!isResolved(state) || endedOn === null) return null;
  if (dueOn === null || endedOn === dueOn) return 2;
  return endedOn < dueOn ? 1 : 3;
};
