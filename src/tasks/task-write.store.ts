import { type RawBuilder, sql } from "kysely";
import { type Holes, template } from "../database/template.ts";
import { foldName } from "../hierarchy/fold.ts";
import { AUDIT_NAMES, auditValues, type Change, recordingHoles } from "../journal/audit.ts";
import type { Day } from "../lib/time/date.ts";
import { leadSlot, multirangeOf, orInfinity, type Sent, sharingCounters, type TaskWriting } from "./task-count.store.ts";
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

/** An event of a task, and the change as the audit trail tells it. */
interface NewStep {
  readonly event: NewTaskEvent;
  readonly change: Change;
}

const EVENT_NAMES = [
  "at",
  "action",
  "unitNo",
  "formerLeadNo",
  "note",
  "toldPercent",
  "toldDeadline",
  "toldDoneOn",
  "evidence",
  "seenBy",
] as const;
const TOLD_NAMES = ["provinceNo", "sourceNo", "code", "events", ...EVENT_NAMES, ...AUDIT_NAMES];

/** The values of the event and of the entry of the audit trail. */
const toldOf = (task: TaskView, { event, change }: NewStep) => {
  const { at, action, unitNo, formerLeadNo = null, note = null, percent = null, deadline = null, doneOn = null, evidence = [] } = event;
  return {
    ...{ provinceNo: task.provinceNo, sourceNo: task.sourceNo, code: task.code, events: task.eventCount, seenBy: seenBy(task) },
    ...{ at: at.toISOString(), action: TASK_EVENTS.indexOf(action) + 1, unitNo, formerLeadNo, note, evidence: JSON.stringify(evidence) },
    ...{ toldPercent: percent, toldDeadline: deadline, toldDoneOn: doneOn },
    ...auditValues(change),
  };
};

/** Tables of a statement that stores a task. */
const telling = (v: Holes): RawBuilder<unknown> => sql`told as (
    insert into task_event (province_id, source_id, code, position, at, action, unit_id, former_lead_id, note, percent, deadline, done_on, evidence, seen_by)
    values (${v["provinceNo"]}, ${v["sourceNo"]}, ${v["code"]}, ${v["events"]}, ${v["at"]}::timestamptz, ${v["action"]}, ${v["unitNo"]}, ${v["formerLeadNo"]},
      ${v["note"]}, ${v["toldPercent"]}, ${v["toldDeadline"]}::date, ${v["toldDoneOn"]}::date, ${v["evidence"]}::jsonb, ${v["seenBy"]}::int[])),
    audited as (${recordingHoles(v)})`;

const STEP_NAMES = [
  ...[
    "title",
    "product",
    "document",
    "words",
    "leadNo",
    "coordinatorNos",
    "deadline",
    "progress",
    "progressBefore",
    "isRunning",
    "percent",
  ],
  ...["doneOn", "completedOn", "cancelledOn", "postponed"],
];

const stepOf = (task: TaskView) => ({
  ...{ title: task.title, product: task.product, document: task.document && JSON.stringify(task.document), words: wordsOf(task) },
  ...{ leadNo: task.leadNo, coordinatorNos: [...task.coordinatorNos], deadline: orInfinity(task.deadline) },
  ...{ progress: numberOf(task.progress), progressBefore: numberOf(task.progressBefore), isRunning: isRunning(task) },
  ...{ percent: task.reportedPercent, doneOn: task.doneOn, completedOn: task.completedOn, cancelledOn: task.cancelledOn },
  postponed: multirangeOf(task.postponed),
});

const storing = (slot: (v: Holes) => RawBuilder<unknown>, more: RawBuilder<unknown>) =>
  template<TaskView>(
    [...STEP_NAMES, ...TOLD_NAMES],
    (v) => sql`
    with stored as (update task set title = ${v["title"]}, product = ${v["product"]}, document = ${v["document"]}::jsonb, words = ${v["words"]},
      lead_id = ${v["leadNo"]}, slot = ${slot(v)}, coordinator_ids = ${v["coordinatorNos"]}::int[], deadline = ${v["deadline"]}::date,
      progress = ${v["progress"]}, progress_before = ${v["progressBefore"]}, is_running = ${v["isRunning"]}, percent = ${v["percent"]},
      done_on = ${v["doneOn"]}::date, completed_on = ${v["completedOn"]}::date, cancelled_on = ${v["cancelledOn"]}::date,
      postponed = ${v["postponed"]}::datemultirange, events = ${v["events"]}
    where province_id = ${v["provinceNo"]} and source_id = ${v["sourceNo"]} and code = ${v["code"]} returning *),
    ${telling(v)}
    select ${taskColumns}${more} from stored t`,
  );

const unmoved = () => sql`slot`;
const STORING = {
  moved: storing((v) => leadSlot(sql`${v["leadNo"]}::int`, sql`assigned_on`), sql``),
  unmoved: storing(unmoved, sql``),
  counted: storing(unmoved, sharingCounters),
};

/** Stores the task as it stands after a step, with the event of the step and the entry of the audit trail. @returns the task as it is stored */
export const storeStep = (writing: TaskWriting, before: TaskView, after: TaskView, step: NewStep): Sent<TaskView> => {
  const task = { ...after, eventCount: before.eventCount + 1 };
  const isMoved = before.leadNo !== task.leadNo;
  const store = isMoved ? STORING.moved : STORING[writing.isSharing(before, task) ? "counted" : "unmoved"];
  const stored = writing.later(store({ ...stepOf(task), ...toldOf(task, step) }));
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

const MADE_NAMES = [
  ...[
    "title",
    "product",
    "document",
    "words",
    "assignerNo",
    "leadNo",
    "slot",
    "coordinatorNos",
    "parentProvinceNo",
    "parentSourceNo",
    "parentCode",
  ],
  ...["family", "assignedOn", "deadline", "originalDeadline", "progress", "actor", "idempotencyKey", "digest"],
];

const inserting = template<TaskView>(
  [...MADE_NAMES, ...TOLD_NAMES],
  (v) => sql`
    with stored as (insert into task (province_id, source_id, code, is_imported, title, product, document, words, assigner_id, lead_id, slot, coordinator_ids,
      parent_province_id, parent_source_id, parent_code, family, assigned_on, deadline, original_deadline, progress, is_running, postponed, events,
      made_by, idempotency_key, digest)
    values (${v["provinceNo"]}, ${v["sourceNo"]}, ${v["code"]}, false, ${v["title"]}, ${v["product"]}, ${v["document"]}::jsonb,
      ${v["words"]}, ${v["assignerNo"]}, ${v["leadNo"]}, ${v["slot"]}, ${v["coordinatorNos"]}::int[], ${v["parentProvinceNo"]}, ${v["parentSourceNo"]},
      ${v["parentCode"]}, ${v["family"]}, ${v["assignedOn"]}::date, ${v["deadline"]}::date, ${v["originalDeadline"]}::date, ${v["progress"]}, true, '{}',
      ${v["events"]}, ${v["actor"]}, ${v["idempotencyKey"]}, ${v["digest"]}) returning *),
    ${telling(v)}
    select ${taskColumns} from stored t`,
);

/** Stores a task that is made here, with the event of its assignment. */
export const insertTask = (writing: TaskWriting, made: TaskView, making: TaskMaking, step: NewStep): Sent<TaskView> => {
  const { provinceNo = null, sourceNo = null, code = null } = made.parent ?? {};
  const { assignerNo, slot, family, assignedOn } = made;
  const stored = writing.later(
    inserting({
      ...stepOf(made),
      ...{ assignerNo, slot, family, assignedOn, parentProvinceNo: provinceNo, parentSourceNo: sourceNo, parentCode: code },
      ...{ originalDeadline: orInfinity(made.originalDeadline), ...making },
      ...toldOf({ ...made, eventCount: 1 }, step),
    }),
  );
  writing.changed(null, made);
  if (made.coordinatorNos.length > 0) storeCoordinators(writing, made);
  return stored;
};
