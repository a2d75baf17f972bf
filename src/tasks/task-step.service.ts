import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import type { Compiles } from "../database/template.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import { DomainError } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";
import { changedRecords } from "./task-audit.store.ts";
import { authorityOf, countryEntry, sidesOf, type TaskAuthority } from "./task-authority.ts";
import type { FamilyScope } from "./task-family.store.ts";
import { type Sent, TaskWriting } from "./task-count.store.ts";
import { parseTaskId, taskIdOf } from "./task-id.ts";
import { possibleActions, sideOf, stepFrom, type TaskAction, type TaskProgress, type TaskStep } from "./task-steps.ts";
import { type NewTaskEvent, storeStep } from "./task-write.store.ts";
import { lockedTask, lockingTask } from "./task.store.ts";
import { taskLoaders, type TaskView } from "./task.loaders.ts";

export type TaskAsking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "now" | "today" | "use" | "renew">;

export interface TaskPayload {
  readonly task: TaskView;
}

/** The locked rows that a step reads. */
export interface StepOf extends FamilyScope {
  readonly hierarchy: Hierarchy;
  readonly today: Day;
  readonly writing: TaskWriting;
  readonly task: TaskView;
  /** The unit on whose behalf it is taken. */
  readonly actingNo: number;
}

/** The changes of a step beside the progress, and the details of its event. */
export interface StepOutcome {
  readonly change?: Partial<TaskView>;
  readonly event?: Partial<NewTaskEvent>;
}

const OPERATIONS: Readonly<Record<TaskAction, string>> = {
  REPORT: "reportTaskProgress",
  COMPLETE: "completeTask",
  DECLINE: "declineTask",
  DELEGATE: "delegateTask",
  REQUEST_EXTENSION: "requestTaskExtension",
  CONFIRM: "confirmTask",
  RETURN: "returnTask",
  REOPEN: "reopenTask",
  AMEND: "amendTask",
  EXTEND: "extendTask",
  POSTPONE: "postponeTask",
  RESUME: "resumeTask",
  REASSIGN: "reassignTask",
  CANCEL: "cancelTask",
};
export const TASK_OPERATIONS: readonly string[] = ["assignTask", ...Object.values(OPERATIONS)];

/**
 * Takes a step of a task: one event, in one transaction with what it changes and the audit.
 * @throws DomainError NOT_FOUND for a task that the caller does not see, FORBIDDEN without the role, CONFLICT for what is not possible now.
 */
export const takeStep = async (
  context: TaskAsking,
  id: string,
  action: TaskAction,
  plan: (step: StepOf) => StepOutcome | Promise<StepOutcome>,
): Promise<TaskPayload> => {
  const stored = await writeTasks(context, opening(context, id), async (writing, rows) => {
    const step = await openStep(context, writing, { id, action, rows });
    return commitStep(context, step, action, await plan(step));
  });
  return payloadWith(context, stored());
};

type Rows = readonly (readonly unknown[])[];

/** One transaction that changes tasks, and counts last what it changed. The first statements go in the message that begins it. */
export const writeTasks = <T>(
  { session, viewer, hierarchy }: TaskAsking,
  first: readonly Compiles[],
  work: (writing: TaskWriting, rows: Rows) => Promise<T>,
): Promise<T> =>
  session.writeFrom({ ...rowScope(viewer, "OFFICER"), isOfFewRows: true }, first, async (em, rows) => {
    const writing = new TaskWriting(em, hierarchy);
    const result = await work(writing, rows);
    await writing.finish();
    return result;
  });

/** The statements whose rows `openStep` takes. */
export const opening = (context: TaskAsking, id: string): readonly Compiles[] => {
  const identity = parseTaskId(id);
  return identity ? lockingTask({ ...identity, viewing: grantsFor(context.viewer, "VIEWER") }) : [];
};

interface Opened {
  readonly id: string;
  readonly action: TaskAction;
  readonly rows: Rows;
}

/** The task, locked, with the unit that may take the step. @throws as `takeStep` does. */
export const openStep = async (context: TaskAsking, writing: TaskWriting, { id, action, rows }: Opened): Promise<StepOf> => {
  const { viewer, today } = context;
  const { em } = writing;
  const identity = parseTaskId(id);
  const task = identity && (await lockedTask(em, { ...identity, viewing: grantsFor(viewer, "VIEWER") }, rows));
  if (!task) throw new DomainError("NOT_FOUND", `task: there is no task ${JSON.stringify(id.slice(0, 100))}`, { argument: "task" });
  const hierarchy = await context.hierarchy.held();
  const authority = authorityOf(hierarchy, grantsFor(viewer, "OFFICER"), today, task);
  const actingNo = sideOf(action) === "LEAD" ? authority.leadNo : authority.assignerNo;
  if (!sidesOf(authority).includes(sideOf(action))) throw await forbidden(context, actingNo, action);
  demandPossible(task, authority, action);
  const { isDistributed } = context.session;
  return {
    em,
    writing,
    scope: rowScope(viewer, "OFFICER"),
    country: countryEntry(hierarchy, today),
    hierarchy,
    isDistributed,
    today,
    task,
    actingNo,
  };
};

const forbidden = async (context: TaskAsking, unitNo: number, action: TaskAction): Promise<DomainError> => {
  const unit = await context.use(unitLoaders).unitByNo.load(unitNo);
  const side = sideOf(action) === "LEAD" ? "leads" : "assigned";
  return new DomainError("FORBIDDEN", `${action} needs the role OFFICER on ${unit!.fullName} (${unit!.code}), which ${side} the task`);
};

/** @throws DomainError CONFLICT naming the progress and what the caller may do instead. */
const demandPossible = (task: TaskView, authority: TaskAuthority, action: TaskAction): void => {
  const possible = possibleActions({ ...task, isLeadSplit: authority.isLeadSplit }, sidesOf(authority));
  if (possible.includes(action)) return;
  const instead = possible.length === 0 ? "nothing is possible" : `possible are ${possible.join(", ")}`;
  const imported = task.isImported ? ", and came by import, so that its source alone changes it" : "";
  throw new DomainError("CONFLICT", `task: ${action} is not possible, for the task is ${task.progress}${imported}; ${instead}`, {
    ...{ argument: "task", progress: task.progress, possible },
  });
};

const progressAfter = ({ to }: TaskStep, { progress, progressBefore }: TaskView): TaskProgress => {
  if (to === "UNCHANGED") return progress;
  return to === "BEFORE" ? progressBefore! : to;
};

/** Stores what a step changes, its event, and the entry of the audit trail. @returns the task as it is stored */
export const commitStep = async (
  { viewer, now }: TaskAsking,
  { em, writing, task, actingNo }: StepOf,
  action: TaskAction,
  { change = {}, event = {} }: StepOutcome,
): Promise<Sent<TaskView>> => {
  const step = stepFrom(task.progress, action)!;
  const after = { ...task, ...change, progress: progressAfter(step, task) };
  return storeStep(writing, task, after, {
    event: { ...event, at: now, action: step.event, unitNo: actingNo },
    change: {
      ...{
        actor: viewer!.actor,
        actorName: viewer!.name,
        operation: OPERATIONS[action],
        unitNo: actingNo,
        subject: taskIdOf(task),
        at: now,
      },
      ...(await changedRecords(em, task, after)),
    },
  });
};

/** The task that a change has just stored; whoever may change it sees it. */
export const payloadWith = (context: TaskAsking, task: TaskView): Promise<TaskPayload> => {
  context.renew();
  context.use(taskLoaders).taskByIdentity.prime(task, { ...task, i: 1 });
  return Promise.resolve({ task });
};

export const payloadOf = async (context: Pick<RequestContext, "use">, id: string): Promise<TaskPayload> => ({
  task: (await context.use(taskLoaders).taskByIdentity.load(parseTaskId(id)!))!,
});
