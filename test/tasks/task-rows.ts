import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { foldName } from "../../src/hierarchy/fold.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { countTaskChanges, leadSlot, noteTasks } from "../../src/tasks/task-count.store.ts";
import { RUNNING, TASK_PROGRESS, type TaskProgress } from "../../src/tasks/task-steps.ts";
import type { DayRange } from "../../src/tasks/task-timeliness.ts";

/** A task to be stored as it is, by internal numbers. */
export interface TaskDraft {
  readonly code: string;
  readonly sourceNo: number;
  readonly provinceNo: number;
  readonly title: string;
  readonly leadNo: number;
  readonly assignerNo: number;
  readonly coordinatorNos: readonly number[];
  readonly parentCode: string | null;
  readonly assignedOn: Day;
  readonly deadline: Day | null;
  readonly progress: TaskProgress;
  readonly doneOn: Day | null;
  readonly completedOn: Day | null;
  readonly cancelledOn: Day | null;
  readonly postponed: readonly DayRange[];
}

const rowOf = (task: TaskDraft) => ({
  ...{
    province_id: task.provinceNo,
    source_id: task.sourceNo,
    code: task.code,
    is_imported: false,
    title: task.title,
    words: foldName(task.title),
  },
  ...{ assigner_id: task.assignerNo, lead_id: task.leadNo, slot: 0, coordinator_ids: `{${task.coordinatorNos.join()}}`, family: task.code },
  ...(task.parentCode !== null && { parent_province_id: task.provinceNo, parent_source_id: task.sourceNo, parent_code: task.parentCode }),
  ...{ assigned_on: task.assignedOn, deadline: task.deadline ?? "infinity", original_deadline: task.deadline ?? "infinity" },
  ...{ progress: TASK_PROGRESS.indexOf(task.progress) + 1, is_running: RUNNING.includes(task.progress), events: 0 },
  ...{ done_on: task.doneOn, completed_on: task.completedOn, cancelled_on: task.cancelledOn },
  postponed: `{${task.postponed.map(({ from, to }) => (to === null ? `[${from},)` : `[${from},${to}]`)).join()}}`,
});

/** Counts the tasks of a database whose tasks are not counted yet. */
const countStored = async (em: EntityManager): Promise<void> => {
  await sql`
    insert into record_unit (province_id, unit_id, kind, source_id, records, first_on)
    select province_id, lead_id, 'TASKS', source_id, count(*), min(assigned_on) from task group by 1, 2, 4`.execute(em.getKysely());
  await em.transactional(async (inside) => {
    const noted = { key: randomUUID(), deltas: sql`task_delta` };
    await noteTasks(inside, noted, [{ tasks: sql`task d`, sign: 1 }]);
    await countTaskChanges(inside, noted);
    await sql`delete from task_delta`.execute(inside.getKysely());
  });
};

/** Stores the tasks as the service would have left them. */
export const insertTasks = async (em: EntityManager, tasks: readonly TaskDraft[]): Promise<void> => {
  await sql`insert into task select * from json_populate_recordset(null::task, ${JSON.stringify(tasks.map(rowOf))})`.execute(
    em.getKysely(),
  );
  await sql`
    insert into task_coordinator (province_id, source_id, code, unit_id, assigner_id, lead_id, assigned_on, deadline, is_running)
    select t.province_id, t.source_id, t.code, c.id, t.assigner_id, t.lead_id, t.assigned_on, t.deadline, t.is_running
    from task t cross join lateral unnest(t.coordinator_ids) c(id) on conflict do nothing`.execute(em.getKysely());
  await sql`update task set slot = ${leadSlot(sql`lead_id`, sql`assigned_on`)}`.execute(em.getKysely());
  await countStored(em);
  await sql`analyze task`.execute(em.getKysely());
};

/** How a task stands to its deadline today, by the words of the rules and day by day. */
export const naiveTimeliness = (task: TaskDraft, today: Day, calendar: WorkCalendar): string => {
  if (task.deadline === null) return "NO_DEADLINE";
  const doneOn = task.completedOn ?? task.doneOn;
  if (doneOn !== null) return doneOn <= task.deadline ? "IN_TIME" : "OVERDUE";
  const day = task.cancelledOn ?? today;
  if (task.postponed.some(({ from, to }) => from <= day && (to ?? day) >= day)) return "IN_TIME";
  if (task.deadline < day) return "OVERDUE";
  return task.cancelledOn === null && workingDaysLeft(today, task.deadline, calendar) <= 3 ? "NEARLY_DUE" : "IN_TIME";
};

export const workingDaysLeft = (today: Day, deadline: Day, calendar: WorkCalendar): number => {
  let left = 0;
  for (let day = addDays(today, 1); day <= deadline; day = addDays(day, 1)) if (calendar.isWorkingDay(day)) left++;
  return left;
};
