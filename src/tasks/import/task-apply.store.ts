import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { takeNamedLocks } from "../../database/locks.ts";
import { rowsOf } from "../../database/reader.ts";
import { compareWithStored, judgeRepeated, type RecordTable } from "../../imports/compare.store.ts";
import { isOfImport, type Staged, STATUSES } from "../../imports/stage.ts";
import { leadSlot, noteTasks } from "../task-count.store.ts";
import { TASK_EVENTS } from "../task-steps.ts";
import { noteLeads } from "./task-lead.store.ts";

export const TASK_TABLE: RecordTable = { kind: "TASKS", table: "task", unit: "lead_id" };

const isUpdated = sql`s.status = ${sql.lit(STATUSES.UPDATED)}`;
const isChanged = sql`s.status in (${sql.lit(STATUSES.CREATED)}, ${sql.lit(STATUSES.UPDATED)})`;
const isStaged = (of: string, { sourceId }: Pick<Staged, "sourceId">) => {
  const task = sql.ref(of);
  return sql<boolean>`${task}.province_id = s.province_id and ${task}.source_id = ${sourceId} and ${task}.code = s.code`;
};

/** Columns of a task, each with its value in the stage. */
const columnsOf = ({ sourceId }: Staged): Readonly<Record<string, RawBuilder<unknown>>> => ({
  ...Object.fromEntries(
    [
      ...[
        "province_id",
        "code",
        "title",
        "product",
        "document",
        "words",
        "assigner_id",
        "lead_id",
        "coordinator_ids",
        "parent_province_id",
      ],
      ...["parent_code", "assigned_on", "deadline", "original_deadline", "progress", "is_running", "percent", "done_on", "completed_on"],
      ...["cancelled_on", "postponed", "digest", "updated_at"],
    ].map((name) => [name, sql.ref(`s.${name}`)]),
  ),
  slot: leadSlot(sql`s.lead_id`, sql`s.assigned_on`),
  ...{ source_id: sql`${sourceId}::int`, is_imported: sql`true`, events: sql`s.events + 1`, progress_before: sql`null::smallint` },
  parent_source_id: sql`case when s.parent_code is not null then ${sourceId}::int end`,
  // The same id as that of taskIdOf.
  family: sql`translate(encode(convert_to(${sourceId}::text || ':' || s.top_code, 'UTF8'), 'base64'), E'+/=\n', '-_')`,
});
const namesOf = (staged: Staged) => sql.join(Object.keys(columnsOf(staged)).map((name) => sql.ref(name)));

/** The staged tasks as relation `d` with the columns of the table, as the import writes them. */
const stagedTasks = (staged: Staged) => sql`(
  select ${sql.join(Object.entries(columnsOf(staged)).map(([name, value]) => sql`${value} as ${sql.ref(name)}`))}
  from ${staged.stage} s where ${isOfImport(staged)} and ${isChanged} offset 0) d`;

/** Rows `s` of the stage with their stored tasks `d`, each looked up by its key, because the planner has no statistics of the stage. */
const stagedAndStored = (staged: Staged) => sql`${staged.stage} s cross join lateral (
  select * from task k where ${isStaged("k", staged)} offset 0) d where ${isOfImport(staged)} and ${isUpdated}`;

/** The stored tasks that the stage replaces or names, as relation `d`. */
const storedTasks = (staged: Staged) => sql`(select d.* from ${stagedAndStored(staged)} offset 0) d`;

/** Gives each staged row its status, except for what its parent decides. The caller holds the lock of the source. */
export const compareTasks = async (em: EntityManager, staged: Staged): Promise<void> => {
  await judgeRepeated(em, staged);
  await compareWithStored(em, TASK_TABLE, staged);
};

/** Notes of stored tasks how many events they have and whether their parent changes. */
export const noteStored = async (em: EntityManager, staged: Staged): Promise<void> => {
  await sql`
    with k as materialized (
      select s.row, d.events, d.parent_code is distinct from s.parent_code as is_moved from ${stagedAndStored(staged)}
    )
    update ${staged.stage} s set events = k.events, is_moved = k.is_moved from k where ${isOfImport(staged)} and s.row = k.row`.execute(
    em.getKysely(),
  );
};

/** Records the counter changes of new and newer rows; must run before they replace the old rows. */
export const noteTaskChanges = (em: EntityManager, staged: Staged): Promise<void> =>
  noteTasks(em, staged, [
    { tasks: storedTasks(staged), sign: -1 },
    { tasks: stagedTasks(staged), sign: 1 },
  ]);

/** Lets steps of tasks that change their family end first; those that begin later wait. @returns true if there are any. */
export const lockMoved = async (em: EntityManager, staged: Staged): Promise<boolean> => {
  const moved = await rowsOf(em).rows(sql<{ family: string }>`
    select distinct d.family from ${stagedAndStored(staged)} and s.is_moved`);
  const families = moved.map(({ family }) => family);
  await takeNamedLocks(em, "taskFamily", families);
  return families.length > 0;
};

/** Gives all tasks below those that were moved their family. The transaction must see and write all of them. */
export const moveFamilies = async (em: EntityManager, staged: Staged): Promise<void> => {
  await sql`
    with recursive below as (
      select d.province_id, d.source_id, d.code, d.family from ${stagedAndStored(staged)} and s.is_moved
      union all
      select c.province_id, c.source_id, c.code, b.family from below b join task c on c.parent_source_id = b.source_id and c.parent_code = b.code
    )
    update task t set family = b.family from below b
    where t.province_id = b.province_id and t.source_id = b.source_id and t.code = b.code and t.family <> b.family`.execute(em.getKysely());
};

/** Writes new and newer rows, with an event for each; a replaced row is deleted, so that nothing else of a task needs to be writable. */
export const replaceTasks = async (em: EntityManager, staged: Staged, at: Date): Promise<void> => {
  const db = em.getKysely();
  const leads = await leadsOf(em, staged);
  await writeEvents(em, staged, at);
  await deleteStored(em, staged, ["task_coordinator", "task"]);
  await sql`insert into task (${namesOf(staged)}) select ${namesOf(staged)} from ${stagedTasks(staged)}`.execute(db);
  await sql`
    insert into task_coordinator (province_id, source_id, code, unit_id, assigner_id, lead_id, assigned_on, deadline, is_running)
    select d.province_id, d.source_id, d.code, c.unit_id, d.assigner_id, d.lead_id, d.assigned_on, d.deadline, d.is_running
    from ${stagedTasks(staged)} cross join unnest(d.coordinator_ids) c(unit_id)`.execute(db);
  await noteLeads(em, staged, at, leads);
};

const seenBy = sql`array(select u.id from unnest(array[d.lead_id, d.assigner_id] || d.coordinator_ids) with ordinality u(id, i) group by u.id order by min(u.i))`;

/** Earlier events are seen by those who see the task now. */
const writeEvents = async (em: EntityManager, staged: Staged, at: Date): Promise<void> => {
  await sql`
    update task_event e set seen_by = n.seen_by from (select d.province_id, d.source_id, d.code, ${seenBy} as seen_by from ${stagedTasks(staged)} where d.events > 1) n
    where e.province_id = n.province_id and e.source_id = n.source_id and e.code = n.code and e.seen_by <> n.seen_by`.execute(
    em.getKysely(),
  );
  await sql`
    insert into task_event (province_id, source_id, code, position, at, action, unit_id, former_lead_id, percent, deadline, done_on, evidence, seen_by)
    select d.province_id, d.source_id, d.code, d.events, ${at.toISOString()}::timestamptz, ${sql.lit(TASK_EVENTS.indexOf("IMPORTED") + 1)},
      (select o.unit_id from source o where o.id = ${staged.sourceId}), nullif(t.lead_id, d.lead_id), d.percent,
      case when d.deadline is distinct from t.deadline then nullif(d.deadline, 'infinity') end, coalesce(d.completed_on, d.done_on), '[]', ${seenBy}
    from ${stagedTasks(staged)} left join task t on t.province_id = d.province_id and t.source_id = d.source_id and t.code = d.code`.execute(
    em.getKysely(),
  );
};

const deleteStored = async (em: EntityManager, staged: Staged, tables: readonly string[]): Promise<void> => {
  for (const table of tables)
    await sql`
      delete from ${sql.table(table)} d using ${staged.stage} s where ${isOfImport(staged)} and ${isUpdated} and ${isStaged("d", staged)}`.execute(
      em.getKysely(),
    );
};

/** The leads of all rows that arrive, also of unchanged ones, and of the rows that they replace. */
const leadsOf = async (em: EntityManager, staged: Staged): Promise<number[]> => {
  const rows = await rowsOf(em).rows(sql<{ no: number }>`
    select s.lead_id as no from ${staged.stage} s where ${isOfImport(staged)} and s.status <> ${sql.lit(STATUSES.REJECTED)}
    union select d.lead_id from ${storedTasks(staged)}`);
  return rows.flatMap(({ no }) => (no === null ? [] : [no]));
};

/** Deletes the tasks that the stage names, with all of their events. */
export const deleteTasks = async (em: EntityManager, staged: Staged, at: Date): Promise<void> => {
  const leads = await leadsOf(em, staged);
  await noteTasks(em, staged, [{ tasks: storedTasks(staged), sign: -1 }]);
  await deleteStored(em, staged, ["task_coordinator", "task_event", "task"]);
  await noteLeads(em, staged, at, leads);
};
