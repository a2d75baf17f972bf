import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { coveredBy, coversAny } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { takeLock, waitingFor } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { foldName } from "../hierarchy/fold.ts";
import { type Change, recording } from "../journal/audit.ts";
import type { Day } from "../lib/time/date.ts";
import { countryEntry, readAuthorities, type TaskAuthority } from "./task-authority.ts";
import { leadSlot, multirangeOf, orInfinity, type Sent, type TaskWriting } from "./task-count.store.ts";
import type { TaskIdentity } from "./task-id.ts";
import { RUNNING, TASK_EVENTS, TASK_PROGRESS, type TaskEventKind, type TaskProgress } from "./task-steps.ts";
import { taskColumns, type TaskEvidence, type TaskKey, type TaskView } from "./task.loaders.ts";

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
const seenBy = ({ leadNo, assignerNo, coordinatorNos }: Pick<TaskView, "leadNo" | "assignerNo" | "coordinatorNos">): number[] => [
  ...new Set([leadNo, assignerNo, ...coordinatorNos]),
];
const isOfTask = ({ provinceNo, sourceNo, code }: TaskKey) =>
  sql<boolean>`province_id = ${provinceNo} and source_id = ${sourceNo} and code = ${code}`;

/** Who takes a step: what it sees, the units for which it acts, and the day. */
interface Stepping {
  readonly viewing: readonly Grant[];
  readonly acting: readonly Grant[];
  readonly today: Day;
}

export interface LockedTask {
  readonly task: TaskView;
  readonly authority: TaskAuthority;
  /** The country as a grant of today's edition. */
  readonly country: string;
}

type LockedRow = TaskView & Pick<TaskAuthority, "isForLead" | "isForAssigner"> & { readonly hasEnded: boolean; readonly country: string };

/** No row unless the grants cover a unit that leads, assigns or coordinates it. */
const readingLocked = ({ viewing, acting, today }: Stepping, { sourceNo, code }: TaskIdentity): RawBuilder<LockedRow> => sql`
    select ${taskColumns}, ${coveredBy(acting, sql`t.lead_id`)} as "isForLead", ${coveredBy(acting, sql`t.assigner_id`)} as "isForAssigner",
      exists (select from unit where id in (t.lead_id, t.assigner_id) and ended_on <= ${today}::date) as "hasEnded", ${countryEntry(today)} as country
    from task t where t.source_id = ${sourceNo} and t.code = ${code} and ${coversAny(viewing, sql`(array[t.lead_id, t.assigner_id] || t.coordinator_ids)`)}`;

/** Only for a unit that has ended others may act. */
const lockedOf = async (em: EntityManager, { acting, today }: Stepping, row: LockedRow | undefined): Promise<LockedTask | null> => {
  if (!row) return null;
  const { isForLead, isForAssigner, hasEnded, country, ...task } = row;
  const { leadNo, assignerNo } = task;
  const [ofEnded] = hasEnded ? await readAuthorities(rowsOf(em), acting, today, [task]) : [];
  return { task, authority: ofEnded ?? { leadNo, assignerNo, isForLead, isForAssigner, isLeadSplit: false }, country };
};

/** The statements that lock the family of a task, and then read the task; `lockedTask` takes their rows. */
export const lockingTask = (stepping: Stepping, identity: TaskIdentity): readonly RawBuilder<unknown>[] => [
  sql`
    select family, ${waitingFor("taskFamily", sql`family`)} from task where source_id = ${identity.sourceNo} and code = ${identity.code}`,
  readingLocked(stepping, identity),
];

/** The task as it stands, of whose family nobody else changes anything until the transaction ends; null where the grants show none. */
export const lockedTask = async (
  em: EntityManager,
  stepping: Stepping,
  identity: TaskIdentity,
  [found, read]: readonly (readonly unknown[])[],
): Promise<LockedTask | null> => {
  if (!found?.[0]) return null;
  let { family } = found[0] as { family: string };
  let locked = await lockedOf(em, stepping, read?.[0] as LockedRow | undefined);
  // An import may have moved the task while this waited.
  while (locked && locked.task.family !== family) {
    ({ family } = locked.task);
    await takeLock(em, "taskFamily", family);
    locked = await lockedOf(em, stepping, (await rowsOf(em).rows(readingLocked(stepping, identity)))[0]);
  }
  return locked;
};

export type OpenSubtask = TaskView & { readonly steps: number };

/** Reads the open tasks below a task, each with its depth. The transaction must see all of them. */
export const openSubtasks = (task: TaskKey): RawBuilder<OpenSubtask> => sql`
    with recursive below as (
      select c.province_id, c.source_id, c.code, 1 as steps from task c where c.parent_source_id = ${task.sourceNo} and c.parent_code = ${task.code}
      union all
      select c.province_id, c.source_id, c.code, b.steps + 1 from below b join task c on c.parent_source_id = b.source_id and c.parent_code = b.code
    )
    select ${taskColumns}, b.steps from below b join task t on t.province_id = b.province_id and t.source_id = b.source_id and t.code = b.code
    where t.completed_on is null and t.cancelled_on is null order by b.steps, t.assigned_on, t.code`;

export const tasksSeenAmong = async (em: EntityManager, tasks: readonly TaskKey[]): Promise<Set<string>> => {
  const found = await rowsOf(em).rows(sql<{ code: string; sourceNo: number }>`
    select t.code, t.source_id as "sourceNo" from unnest(${tasks.map(({ provinceNo }) => provinceNo)}::int[], ${tasks.map(({ sourceNo }) => sourceNo)}::int[],
      ${tasks.map(({ code }) => code)}::text[]) k(province_id, source_id, code)
    join task t on t.province_id = k.province_id and t.source_id = k.source_id and t.code = k.code`);
  return new Set(found.map(({ sourceNo, code }) => `${sourceNo}:${code}`));
};

/** An event of a task, and the change as the audit trail tells it. */
interface NewStep {
  readonly event: NewTaskEvent;
  readonly change: Change;
}

/** Stores the task as it stands after a step, with the event of the step and the entry of the audit trail. @returns the task as it is stored */
export const storeStep = (writing: TaskWriting, before: TaskView, after: TaskView, { event, change }: NewStep): Sent<TaskView> => {
  const task = { ...after, eventCount: before.eventCount + 1 };
  const isMoved = before.leadNo !== task.leadNo;
  const stored = writing.later(sql<TaskView>`
    with stored as (update task set title = ${task.title}, product = ${task.product}, document = ${task.document && JSON.stringify(task.document)}::jsonb, words = ${wordsOf(task)},
      lead_id = ${task.leadNo}, slot = ${isMoved ? leadSlot(sql`${task.leadNo}::int`, sql`assigned_on`) : sql`slot`}, coordinator_ids = ${[...task.coordinatorNos]}::int[], deadline = ${orInfinity(task.deadline)}::date,
      progress = ${numberOf(task.progress)}, progress_before = ${numberOf(task.progressBefore)}, is_running = ${isRunning(task)},
      percent = ${task.reportedPercent}, done_on = ${task.doneOn}::date, completed_on = ${task.completedOn}::date,
      cancelled_on = ${task.cancelledOn}::date, postponed = ${multirangeOf(task.postponed)}::datemultirange, events = ${task.eventCount}
    where ${isOfTask(task)} returning *),
    told as (${eventInsert(task, event)}), audited as (${recording([change])})
    select ${taskColumns}${writing.sharing(before, task)} from stored t`);
  // Only a change of the lead may change what this does not know, the tier in which the task counts.
  writing.changed(before, isMoved ? stored : task);
  if (String(seenBy(before)) !== String(seenBy(task)))
    writing.later(sql`update task_event set seen_by = ${seenBy(task)}::int[] where ${isOfTask(task)}`);
  if (coordinationOf(before) !== coordinationOf(task)) storeCoordinators(writing, task);
  return stored;
};

/** The columns of a task that the rows of its coordinators repeat. */
const coordinationOf = (task: TaskView): string =>
  task.coordinatorNos.length === 0 ? "" : JSON.stringify([task.coordinatorNos, task.leadNo, task.deadline, isRunning(task)]);

const storeCoordinators = (writing: TaskWriting, task: TaskView): void => {
  writing.later(sql`delete from task_coordinator where ${isOfTask(task)}`);
  writing.later(sql`
    insert into task_coordinator (province_id, source_id, code, unit_id, assigner_id, lead_id, assigned_on, deadline, is_running)
    select ${task.provinceNo}, ${task.sourceNo}, ${task.code}, unit_id, ${task.assignerNo}::int, ${task.leadNo}::int, ${task.assignedOn}::date,
      ${orInfinity(task.deadline)}::date, ${isRunning(task)}::boolean
    from unnest(${[...task.coordinatorNos]}::int[]) c(unit_id)`);
};

const eventInsert = (task: TaskView, event: NewTaskEvent): RawBuilder<unknown> => {
  const { at, action, unitNo, formerLeadNo = null, note = null, percent = null, deadline = null, doneOn = null, evidence = [] } = event;
  return sql`
    insert into task_event (province_id, source_id, code, position, at, action, unit_id, former_lead_id, note, percent, deadline, done_on, evidence, seen_by)
    values (${task.provinceNo}, ${task.sourceNo}, ${task.code}, ${task.eventCount}, ${at.toISOString()}::timestamptz, ${TASK_EVENTS.indexOf(action) + 1},
      ${unitNo}, ${formerLeadNo}, ${note}, ${percent}, ${deadline}::date, ${doneOn}::date, ${JSON.stringify(evidence)}::jsonb, ${seenBy(task)}::int[])`;
};

/** Stores a task that is made here, with the event of its assignment. */
export const insertTask = (writing: TaskWriting, made: TaskView, making: TaskMaking, { event, change }: NewStep): Sent<TaskView> => {
  const stored = writing.later(sql<TaskView>`
    with stored as (insert into task (province_id, source_id, code, is_imported, title, product, document, words, assigner_id, lead_id, slot, coordinator_ids,
      parent_province_id, parent_source_id, parent_code, family, assigned_on, deadline, original_deadline, progress, is_running, postponed, events,
      made_by, idempotency_key, digest)
    values (${made.provinceNo}, ${made.sourceNo}, ${made.code}, false, ${made.title}, ${made.product}, ${made.document && JSON.stringify(made.document)}::jsonb,
      ${wordsOf(made)}, ${made.assignerNo}, ${made.leadNo}, ${made.slot}, ${[...made.coordinatorNos]}::int[], ${made.parent?.provinceNo ?? null}, ${made.parent?.sourceNo ?? null},
      ${made.parent?.code ?? null}, ${made.family}, ${made.assignedOn}::date, ${orInfinity(made.deadline)}::date,
      ${orInfinity(made.originalDeadline)}::date, ${numberOf(made.progress)}, true, '{}', 1, ${making.actor}, ${making.idempotencyKey},
      ${making.digest}) returning *),
    told as (${eventInsert({ ...made, eventCount: 1 }, event)}), audited as (${recording([change])})
    select ${taskColumns} from stored t`);
  writing.changed(null, made);
  if (made.coordinatorNos.length > 0) storeCoordinators(writing, made);
  return stored;
};
