import type { WorkCalendar } from "../calendar/work-calendar.ts";
import { addDays, type Day } from "../lib/time/date.ts";

export const TASK_TIMELINESS = ["IN_TIME", "NEARLY_DUE", "OVERDUE", "NO_DEADLINE"] as const;
export type TaskTimeliness = (typeof TASK_TIMELINESS)[number];

/** A task is nearly due when at most so many working days are left. */
const NEAR_DAYS = 3;

/** Days on which a task is postponed, first and last included; without a last day while that lasts. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day | null;
}

/** The facts that decide the timeliness of a task. */
export interface TaskDays {
  readonly deadline: Day | null;
  /** The reported day; the confirmed day takes precedence. */
  readonly doneOn: Day | null;
  readonly completedOn: Day | null;
  readonly cancelledOn: Day | null;
  readonly postponed: readonly DayRange[];
}

/** The last day for which at most so many working days are left, counted from the day after. */
export const lastDayWithin = (calendar: WorkCalendar, day: Day, workingDays: number): Day =>
  addDays(calendar.add(day, workingDays + 1).day, -1);

export const lastNearDay = (calendar: WorkCalendar, day: Day): Day => lastDayWithin(calendar, day, NEAR_DAYS);

const isPostponedOn = ({ postponed }: TaskDays, day: Day): boolean =>
  postponed.some(({ from, to }) => from <= day && (to === null || day <= to));

/**
 * The timeliness against the present deadline at the end of a day. While it is postponed its clock stands still, and it is in time; a cancelled task
 * keeps its timeliness of the day of its cancellation, but is no longer due.
 */
export const taskTimelinessOn = (task: TaskDays, day: Day, nearUntil: () => Day): TaskTimeliness => {
  const { deadline, cancelledOn } = task;
  const doneOn = task.completedOn ?? task.doneOn;
  if (deadline === null) return "NO_DEADLINE";
  if (doneOn !== null && doneOn <= day) return doneOn <= deadline ? "IN_TIME" : "OVERDUE";
  const isCancelled = cancelledOn !== null && cancelledOn <= day;
  const last = isCancelled ? cancelledOn : day;
  if (isPostponedOn(task, last)) return "IN_TIME";
  if (deadline < last) return "OVERDUE";
  return !isCancelled && deadline <= nearUntil() ? "NEARLY_DUE" : "IN_TIME";
};
