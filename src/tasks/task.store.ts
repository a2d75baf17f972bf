import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredUnits } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { foldName } from "../hierarchy/fold.ts";
import type { Day } from "../lib/time/date.ts";
import { leadSlot, multirangeOf, orInfinity, type TaskWriting } from "./task-count.store.ts";
import type { TaskIdentity } from "./task-id.ts";
import { RUNNING, TASK_EVENTS, TASK_PROGRESS, type TaskEventKind, type TaskProgress } from "./task-steps.ts";
import { isTaskSeen, taskColumns, type TaskEvidence, type TaskKey, type TaskView } from "./task.loaders.ts";

export interface NewTaskEvent {
  readonly at: Date;
  readonly action: TaskEventKind;
  readonly unitNo: number;
  readonly formerLeadNo?: number | null;
  readonly note?: string | null;
  readonly percent?: number | null;
  readonly deadline?: Day | null;
  readonly doneOn?: Day | null;
  readonly evidence?: readonly TaskEvidence[];
}

export interface TaskMaking {
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly digest: string;
}

const numberOf = (progress: TaskProgress | null): number | null => (progress === null ? null : TASK_PROGRESS.indexOf(progress) + 1);
const isRunning = ({ progress }: TaskView): boolean => RUNNING.includes(progress);
export const wordsOf = ({ title, product, document }: Pick<TaskView, "title" | "product" | "document">): string =>
  foldName([title, product, document?.number].join(" "));
const seenBy = ({ leadNo, assignerNo, coordinatorNos }: TaskView): number[] => [...new Set([leadNo, assignerNo, ...coordinatorNos])];
const isOfTask = ({ provinceNo, sourceNo, code }: TaskKey) =>
  sql<boolean>`province_id = ${provinceNo} and source_id = ${sourceNo} and code = ${code}`;

/** The condition that the grants cover a unit that leads, assigns or coordinates it. */
const readTask = async (em: EntityManager, grants: readonly Grant[], { sourceNo, code }: TaskIdentity): Promise<TaskView | null> => {
  const [task] = await rowsOf(em).rows(sql<TaskView>`
    with covered as materialized (${coveredUnits(grants)})
    select ${taskColumns} from task t where t.source_id = ${sourceNo} and t.code = ${code} and ${isTaskSeen}`);
  return task ?? null;
};

/** The task as it stands, of whose family nobody else changes anything until the transaction ends; null where the grants show none. */
export const lockTask = async (em: EntityManager, grants: readonly Grant[], identity: TaskIdentity): Promise<TaskView | null> => {
  const { sourceNo, code } = identity;
  const [found] = await rowsOf(em).rows(sql<{ family: string }>`select family from task where source_id = ${sourceNo} and code = ${code}`);
  if (!found) return null;
  let { family } = found;
  for (;;) {
    await takeLock(em, "taskFamily", family);
    const task = await readTask(em, grants, identity);
    // An import may have moved the task while this waited.
    if (!task || task.family === family) return task;
    ({ family } = task);
  }
};

/** The open tasks below a task, each with its depth. The transaction must see all of them. */
export const openSubtasks = (em: EntityManager, task: TaskKey): Promise<(TaskView & { readonly steps: number })[]> =>
  rowsOf(em).rows(sql<TaskView & { readonly steps: number }>`
    with recursive below as (
      select c.province_id, c.source_id, c.code, 1 as steps from task c where c.parent_source_id = ${task.sourceNo} and c.parent_code = ${task.code}
      union all
      select c.province_id, c.source_id, c.code, b.steps + 1 from below b join task c on c.parent_source_id = b.source_id and c.parent_code = b.code
    )
    select ${taskColumns}, b.steps from below b join task t on t.province_id = b.province_id and t.source_id = b.source_id and t.code = b.code
    where t.completed_on is null and t.cancelled_on is null order by b.steps, t.assigned_on, t.code`);

export const tasksSeenAmong = async (em: EntityManager, tasks: readonly TaskKey[]): Promise<Set<string>> => {
  const found = await rowsOf(em).rows(sql<{ code: string; sourceNo: number }>`
    select t.code, t.source_id as "sourceNo" from unnest(${tasks.map(({ provinceNo }) => provinceNo)}::int[], ${tasks.map(({ sourceNo }) => sourceNo)}::int[],
      ${tasks.map(({ code }) => code)}::text[]) k(province_id, source_id, code)
    join task t on t.province_id = k.province_id and t.source_id = k.source_id and t.code = k.code`);
  return new Set(found.map(({ sourceNo, code }) => `${sourceNo}:${code}`));
};

/** Stores the task as it stands after a step, with the event of the step. */
export const storeStep = async (writing: TaskWriting, before: TaskView, after: TaskView, event: NewTaskEvent): Promise<void> => {
  const { em } = writing;
  const task = { ...after, eventCount: before.eventCount + 1 };
  const isMoved = before.leadNo !== task.leadNo;
  const [stored] = await rowsOf(em).rows(sql<{ slot: number }>`
    update task set title = ${task.title}, product = ${task.product}, document = ${task.document && JSON.stringify(task.document)}::jsonb, words = ${wordsOf(task)},
      lead_id = ${task.leadNo}, slot = ${isMoved ? leadSlot(sql`${task.leadNo}::int`, sql`assigned_on`) : sql`slot`}, coordinator_ids = ${[...task.coordinatorNos]}::int[], deadline = ${orInfinity(task.deadline)}::date,
      progress = ${numberOf(task.progress)}, progress_before = ${numberOf(task.progressBefore)}, is_running = ${isRunning(task)},
      percent = ${task.reportedPercent}, done_on = ${task.doneOn}::date, completed_on = ${task.completedOn}::date,
      cancelled_on = ${task.cancelledOn}::date, postponed = ${multirangeOf(task.postponed)}::datemultirange, events = ${task.eventCount}
    where ${isOfTask(task)} returning slot`);
  writing.changed(before, { ...task, slot: stored!.slot });
  if (String(seenBy(before)) !== String(seenBy(task)))
    await sql`update task_event set seen_by = ${seenBy(task)}::int[] where ${isOfTask(task)}`.execute(em.getKysely());
  if (coordinationOf(before) !== coordinationOf(task)) await storeCoordinators(em, task);
  await storeEvent(em, task, event);
};

/** The columns of a task that the rows of its coordinators repeat. */
const coordinationOf = (task: TaskView): string =>
  task.coordinatorNos.length === 0 ? "" : JSON.stringify([task.coordinatorNos, task.leadNo, task.deadline, isRunning(task)]);

const storeCoordinators = async (em: EntityManager, task: TaskView): Promise<void> => {
  await sql`delete from task_coordinator where ${isOfTask(task)}`.execute(em.getKysely());
  await sql`
    insert into task_coordinator (province_id, source_id, code, unit_id, assigner_id, lead_id, assigned_on, deadline, is_running)
    select ${task.provinceNo}, ${task.sourceNo}, ${task.code}, unit_id, ${task.assignerNo}::int, ${task.leadNo}::int, ${task.assignedOn}::date,
      ${orInfinity(task.deadline)}::date, ${isRunning(task)}::boolean
    from unnest(${[...task.coordinatorNos]}::int[]) c(unit_id)`.execute(em.getKysely());
};

const storeEvent = async (em: EntityManager, task: TaskView, event: NewTaskEvent): Promise<void> => {
  const { at, action, unitNo, formerLeadNo = null, note = null, percent = null, deadline = null, doneOn = null, evidence = [] } = event;
  await sql`
    insert into task_event (province_id, source_id, code, position, at, action, unit_id, former_lead_id, note, percent, deadline, done_on, evidence, seen_by)
    values (${task.provinceNo}, ${task.sourceNo}, ${task.code}, ${task.eventCount}, ${at.toISOString()}::timestamptz, ${TASK_EVENTS.indexOf(action) + 1},
      ${unitNo}, ${formerLeadNo}, ${note}, ${percent}, ${deadline}::date, ${doneOn}::date, ${JSON.stringify(evidence)}::jsonb, ${seenBy(task)}::int[])`.execute(
    em.getKysely(),
  );
};

/** Stores a task that is made here, with the event of its assignment. */
export const insertTask = async (
  writing: TaskWriting,
  made: Omit<TaskView, "slot">,
  making: TaskMaking,
  event: NewTaskEvent,
): Promise<TaskView> => {
  const { em } = writing;
  const [stored] = await rowsOf(em).rows(sql<{ slot: number }>`
    insert into task (province_id, source_id, code, is_imported, title, product, document, words, assigner_id, lead_id, slot, coordinator_ids,
      parent_province_id, parent_source_id, parent_code, family, assigned_on, deadline, original_deadline, progress, is_running, postponed, events,
      made_by, idempotency_key, digest)
    values (${made.provinceNo}, ${made.sourceNo}, ${made.code}, false, ${made.title}, ${made.product}, ${made.document && JSON.stringify(made.document)}::jsonb,
      ${wordsOf(made)}, ${made.assignerNo}, ${made.leadNo}, ${leadSlot(sql`${made.leadNo}::int`, sql`${made.assignedOn}::date`)}, ${[...made.coordinatorNos]}::int[], ${made.parent?.provinceNo ?? null}, ${made.parent?.sourceNo ?? null},
      ${made.parent?.code ?? null}, ${made.family}, ${made.assignedOn}::date, ${orInfinity(made.deadline)}::date,
      ${orInfinity(made.originalDeadline)}::date, ${numberOf(made.progress)}, true, '{}', 1, ${making.actor}, ${making.idempotencyKey},
      ${making.digest}) returning slot`);
  const task = { ...made, slot: stored!.slot, eventCount: 1 };
  writing.changed(null, task);
  if (task.coordinatorNos.length > 0) await storeCoordinators(em, task);
  await storeEvent(em, task, event);
  return task;
};
