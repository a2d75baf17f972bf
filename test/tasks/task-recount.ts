import type { Tier } from "../../src/hierarchy/unit.entity.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import type { DayRange } from "../../src/tasks/task-timeliness.ts";
import { type Days, type OracleRecord, type Range, RecordOracle } from "../counters/record-oracle.ts";
import type { Oracle } from "../rollups/oracle.ts";
import type { UnitHistory } from "../rollups/random-history.ts";

/** What of a task counts, by its lead. */
export interface CountedTask {
  readonly isDelegated: boolean;
  readonly assignedOn: Day;
  readonly deadline: Day | null;
  readonly originalDeadline: Day | null;
  readonly doneOn: Day | null;
  readonly completedOn: Day | null;
  readonly cancelledOn: Day | null;
  readonly postponed: readonly DayRange[];
}

export const TASK_NUMBERS = [
  ...(["total", "withDeadline", "withoutDeadline", "onTime", "overdue", "completedOnTime", "completedLate", "runningNotDue"] as const),
  ...(["runningOverdue", "completedWithoutDeadline", "runningWithoutDeadline", "delegated", "extended", "due"] as const),
  "dueCompletedOnTime",
] as const;
export type TaskNumbers = Readonly<Record<(typeof TASK_NUMBERS)[number], number>>;

const isCompletedOn = ({ completedOn }: CountedTask, day: Day): boolean => completedOn !== null && completedOn <= day;
const isCancelledOn = ({ cancelledOn }: CountedTask, day: Day): boolean => cancelledOn !== null && cancelledOn <= day;
const isRunningOn = (task: CountedTask, day: Day): boolean =>
  task.assignedOn <= day && !isCompletedOn(task, day) && !isCancelledOn(task, day);

/** A running task at the end of a day: past its deadline, not postponed on the day, and not done by the deadline as its lead says. */
const isOverdueOn = ({ deadline, completedOn, doneOn, postponed }: CountedTask, day: Day): boolean => {
  if (deadline === null || day <= deadline) return false;
  if (completedOn === null && doneOn !== null && doneOn <= day) return doneOn > deadline;
  return !postponed.some(({ from, to }) => from <= day && (to === null || day <= to));
};

/** Counts as the definitions say, task by task. */
export const naiveTaskCounts = (tasks: readonly CountedTask[], { from, to }: Days): TaskNumbers => {
  const all = tasks.filter((task) => {
    const isHere = isRunningOn(task, addDays(from, -1)) || (from <= task.assignedOn && task.assignedOn <= to);
    return isHere && !isCancelledOn(task, to);
  });
  const dated = all.filter(({ deadline }) => deadline !== null);
  const undated = all.filter(({ deadline }) => deadline === null);
  const completed = dated.filter((task) => isCompletedOn(task, to));
  const running = dated.filter((task) => !isCompletedOn(task, to));
  const onTime = completed.filter(({ completedOn, deadline }) => completedOn! <= deadline!);
  const overdue = running.filter((task) => isOverdueOn(task, to));
  const due = tasks.filter(({ deadline, cancelledOn }) => deadline !== null && from <= deadline && deadline <= to && cancelledOn === null);
  return {
    ...{ total: all.length, withDeadline: dated.length, withoutDeadline: undated.length },
    onTime: onTime.length + running.length - overdue.length,
    overdue: completed.length - onTime.length + overdue.length,
    ...{ completedOnTime: onTime.length, completedLate: completed.length - onTime.length },
    ...{ runningNotDue: running.length - overdue.length, runningOverdue: overdue.length },
    completedWithoutDeadline: undated.filter((task) => isCompletedOn(task, to)).length,
    runningWithoutDeadline: undated.filter((task) => !isCompletedOn(task, to)).length,
    delegated: all.filter(({ isDelegated }) => isDelegated).length,
    extended: dated.filter(({ deadline, originalDeadline }) => deadline !== originalDeadline).length,
    due: due.length,
    dueCompletedOnTime: due.filter(({ completedOn, deadline }) => completedOn !== null && completedOn <= deadline!).length,
  };
};

export interface LedTask extends CountedTask {
  readonly lead: string;
}

export class TaskRecount extends RecordOracle<CountedTask & OracleRecord, TaskNumbers> {
  readonly counted: readonly (CountedTask & OracleRecord)[];

  constructor(world: UnitHistory, oracle: Oracle, tasks: readonly LedTask[], ranges: readonly Range[]) {
    super(world, oracle, ranges);
    this.counted = tasks.map((task) => ({ ...task, unit: task.lead, tier: this.#tierOf(task) }));
  }

  /** That of the lead on the day of assignment, or on the nearest day on which it existed. */
  #tierOf({ lead, assignedOn }: LedTask): Tier | null {
    const { from, end } = this.life(lead);
    const last = addDays(end, -1);
    return this.countsIn(lead, assignedOn < from ? from : assignedOn > last ? last : assignedOn);
  }

  protected numbers(tasks: readonly CountedTask[], days: Days): TaskNumbers {
    return naiveTaskCounts(tasks, days);
  }
}
