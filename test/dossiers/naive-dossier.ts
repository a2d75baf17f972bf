import type { Derived, DossierFacts } from "../../src/dossiers/dossier-state.ts";
import type { Timeliness } from "../../src/dossiers/timeliness.ts";
import type { Day } from "../../src/lib/time/date.ts";
import type { NaiveCalendar } from "../calendar/naive-calendar.ts";

const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "medium" });
const dayAt = (ms: number): Day => clock.format(ms).slice(0, 10);
const timeAt = (ms: number): string => `${clock.format(ms).slice(11)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, "0")}`;
const instant = (day: Day, time: string): number => Date.parse(`${day}T${time}+07:00`);
export const endOf = (day: Day): number => instant(day, "23:59:59.999") + 1;

/** Working days of the pauses that have ended, those that an end closed included. */
const waited = ({ pauses, endedAt }: DossierFacts, calendar: NaiveCalendar): number => {
  let sum = 0;
  for (const { from, to } of pauses) {
    const end = to ?? endedAt;
    if (end !== null) sum += calendar.between(dayAt(from), dayAt(end));
  }
  return sum;
};

/** Derives dates from facts by texts of days and a calendar that is walked day by day. */
export const naively = (
  facts: DossierFacts,
  limit: number | null,
  calendar: NaiveCalendar,
): Pick<Derived, "dueAt" | "dueProvisional" | "currentDueAt" | "workingDays"> => {
  const { receivedAt, dueAt, extendedTo, state, endedAt } = facts;
  if (receivedAt === null) return { dueAt: null, dueProvisional: false, currentDueAt: null, workingDays: null };
  const computed = dueAt === null && limit !== null ? calendar.add(dayAt(receivedAt), limit) : null;
  const due = computed ? instant(computed.day, "17:00:00") : dueAt;
  const base = extendedTo ?? due;
  const moved = base === null ? null : calendar.add(dayAt(base), waited(facts, calendar));
  const isResolved = ["RESOLVED", "RESULT_RETURNED"].includes(state);
  return {
    dueAt: due,
    dueProvisional: (computed?.isProvisional ?? false) || (moved?.isProvisional ?? false),
    currentDueAt: moved && base !== null ? instant(moved.day, timeAt(base)) : null,
    workingDays: isResolved ? Math.max(0, calendar.between(dayAt(receivedAt), dayAt(endedAt!)) - waited(facts, calendar)) : null,
  };
};

/** Derives the timeliness at the end of a day from instants. */
export const naiveTimeliness = (facts: DossierFacts, currentDueAt: number | null, day: Day): Timeliness | null => {
  const end = endOf(day);
  const { state, receivedAt, endedAt, pauses } = facts;
  if (state === "SUBMITTED" || state === "NOT_ACCEPTED" || receivedAt! >= end) return null;
  const due = currentDueAt === null ? null : dayAt(currentDueAt);
  if (endedAt !== null && endedAt < end) {
    if (state === "WITHDRAWN" || state === "STOPPED") return "ENDED_WITHOUT_RESULT";
    if (due === null || dayAt(endedAt) === due) return "ON_TIME";
    return dayAt(endedAt) < due ? "EARLY" : "OVERDUE";
  }
  if (pauses.some(({ from, to }) => from < end && (to === null || to >= end))) return "PAUSED";
  return due !== null && due < day ? "OVERDUE" : "NOT_DUE";
};
