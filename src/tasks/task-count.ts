/** Counts of tasks by day, at their present lead. A cancelled task is opened and, on the day of its cancellation, opened by -1. Past due is the change of a stock. */
export const TASK_COUNTS = [
  ...(["openedWithDeadline", "openedWithoutDeadline"] as const),
  /** The opened tasks that were delegated from another task, or whose deadline was changed. */
  ...(["openedDelegated", "openedExtended"] as const),
  ...(["completedOnTime", "completedLate", "completedWithoutDeadline"] as const),
  ...(["completedDelegated", "completedExtended"] as const),
  /** Running and overdue. */
  "pastDue",
  /** On the day of the deadline, of tasks that are not cancelled. */
  ...(["due", "dueCompletedOnTime"] as const),
] as const;
export type TaskCount = (typeof TASK_COUNTS)[number];

export const TASK_COUNTED = [
  ...(["withDeadline", "withoutDeadline", "delegated", "extended"] as const),
  ...TASK_COUNTS.slice(TASK_COUNTS.indexOf("completedOnTime")),
] as const;

type Counted = readonly [
  ...[withDeadline: number, withoutDeadline: number, delegated: number, extended: number],
  ...[completedOnTime: number, completedLate: number, completedWithoutDeadline: number],
  ...[completedDelegated: number, completedExtended: number, pastDue: number, due: number, dueCompletedOnTime: number],
];

/** Computes the measures of roll-ups from a row of TASK_COUNTED. */
export const taskMeasuresOf = (counted: readonly number[]) => {
  const [withDeadline, withoutDeadline, delegated, extended, ...rest] = counted as unknown as Counted;
  const [completedOnTime, completedLate, completedWithoutDeadline, , , runningOverdue, due, dueCompletedOnTime] = rest;
  const runningNotDue = withDeadline - completedOnTime - completedLate - runningOverdue;
  return {
    total: withDeadline + withoutDeadline,
    withDeadline,
    withoutDeadline,
    onTime: completedOnTime + runningNotDue,
    overdue: completedLate + runningOverdue,
    completedOnTime,
    completedLate,
    runningNotDue,
    runningOverdue,
    completedWithoutDeadline,
    runningWithoutDeadline: withoutDeadline - completedWithoutDeadline,
    delegated,
    extended,
    due,
    dueCompletedOnTime,
  };
};
