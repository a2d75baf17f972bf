import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { noteLeads } from "../../src/tasks/import/task-lead.store.ts";
import { countTaskChanges, leadSlot, multirangeOf, noteTasks, orInfinity } from "../../src/tasks/task-count.store.ts";
import { RUNNING, TASK_PROGRESS, type TaskProgress } from "../../src/tasks/task-steps.ts";
import type { LedTask } from "./task-recount.ts";

/** A task of one source that is stored as it is, by a writer of many. */
export interface StoredTask extends LedTask {
  readonly code: string;
  readonly progress: TaskProgress;
}

export const SOURCE_NO = 1;

const rowOf = (task: StoredTask) => ({
  ...{ code: task.code, lead: task.lead, assigned_on: task.assignedOn, deadline: orInfinity(task.deadline) },
  ...{ original_deadline: orInfinity(task.originalDeadline), parent_code: task.isDelegated ? "top" : null },
  ...{ done_on: task.doneOn, completed_on: task.completedOn, cancelled_on: task.cancelledOn, postponed: multirangeOf(task.postponed) },
  ...{ progress: TASK_PROGRESS.indexOf(task.progress) + 1, is_running: RUNNING.includes(task.progress) },
});

/** Writes tasks, of which some may be stored already, and deletes others, as one transaction of a writer of many. */
export const writeTasks = (em: EntityManager, tasks: readonly StoredTask[], removed: readonly string[]): Promise<void> =>
  em.transactional(async (inside) => {
    const db = inside.getKysely();
    await sql`
      create temporary table sent on commit drop as
      select r.*, u.id as lead_id, ${leadSlot(sql`u.id`, sql`r.assigned_on`)} as slot,
        coalesce((select t.province_id from task t where t.source_id = ${SOURCE_NO} and t.code = r.code), u.id % 3) as province_id
      from json_to_recordset(${JSON.stringify(tasks.map(rowOf))}) r(code text, lead text, assigned_on date, deadline date, original_deadline date,
        parent_code text, done_on date, completed_on date, cancelled_on date, postponed datemultirange, progress smallint, is_running boolean)
      join unit u on u.key = r.lead`.execute(db);
    const isReplaced = sql`d.source_id = ${SOURCE_NO} and (d.code in (select code from sent) or d.code = any(${removed}::text[]))`;
    const { rows } = await sql<{ no: number }>`
      select lead_id as no from sent union select d.lead_id from task d where ${isReplaced}`.execute(db);
    const noted = { key: randomUUID(), deltas: sql`task_delta` };
    await noteTasks(inside, noted, [
      { tasks: sql`(select * from task d where ${isReplaced}) d`, sign: -1 },
      { tasks: sql`sent d`, sign: 1 },
    ]);
    await sql`delete from task d where ${isReplaced}`.execute(db);
    await sql`
      insert into task (province_id, source_id, code, is_imported, title, words, assigner_id, lead_id, slot, coordinator_ids, parent_code, family, assigned_on,
        deadline, original_deadline, progress, is_running, done_on, completed_on, cancelled_on, postponed, events)
      select province_id, ${SOURCE_NO}, code, true, code, code, lead_id, lead_id, slot, '{}', parent_code, code, assigned_on,
        deadline, original_deadline, progress, is_running, done_on, completed_on, cancelled_on, postponed, 0 from sent`.execute(db);
    await noteLeads(
      inside,
      { sourceId: SOURCE_NO },
      new Date(0),
      rows.map(({ no }) => no),
    );
    await countTaskChanges(inside, noted);
    await sql`delete from task_delta`.execute(db);
  });
