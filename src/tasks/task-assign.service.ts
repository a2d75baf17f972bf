import type { EntityManager } from "@mikro-orm/postgresql";
import { createHash } from "node:crypto";
import { coveredAmong } from "../access/grant.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { taking } from "../database/locks.ts";
import type { Compiles } from "../database/template.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { type Day, parseDay, parseKnownDay, parsePastDay } from "../lib/time/date.ts";
import { newRecord } from "./task-audit.store.ts";
import { checkDeadline, documentOf, productOf, titleOf } from "./task-check.ts";
import { checkAgainstParent } from "./task-family.store.ts";
import type { Sent, TaskWriting } from "./task-count.store.ts";
import { taskIdOf } from "./task-id.ts";
import type { AssignTaskInput, DelegateTaskInput } from "./task.input.ts";
import type { ImportedBy } from "../imports/import-report.ts";
import { taskCodeOf, numbering, sentUnder, type NumberedTask, type TaskSent, taskSourceOf } from "./task-source.store.ts";
import {
  commitStep,
  opening,
  openStep,
  payloadOf,
  payloadWith,
  type TaskAsking,
  type TaskPayload,
  writeTasks,
} from "./task-step.service.ts";
import { checkCoordinators, coordinatorsNamed, isWithinUnit, taskUnitNamed } from "./task-units.service.ts";
import { insertTask, type TaskMaking } from "./task-write.store.ts";
import type { TaskDocument, TaskKey, TaskView } from "./task.loaders.ts";

interface TaskDraft {
  readonly title: string;
  readonly product: string | null;
  readonly document: TaskDocument | null;
  readonly lead: UnitView;
  readonly coordinatorNos: readonly number[];
  readonly assignedOn: Day;
  readonly deadline: Day | null;
}

interface Origin {
  readonly assignerNo: number;
  readonly parent: TaskKey | null;
  /** The family of the parent; null for a task without one. */
  readonly family: string | null;
  readonly operation: "assignTask" | "delegateTask";
}

/**
 * Gives a task to a unit within the assigning one. Sent again with the same key it is the task that was made before.
 * @throws BadUserInput, DomainError FORBIDDEN outside the caller's scope, CONFLICT for other content under the key.
 */
export const assignTask = async (context: TaskAsking, input: AssignTaskInput): Promise<TaskPayload> => {
  const making = makingOf(context, input);
  const task = await unlessSent(context, making, () => assignmentOf(context, input));
  return typeof task === "string"
    ? payloadOf(context, task)
    : created(context, { making, first: [numbering(numberingOf({ ...task, making }))] }, (writing, [number]) =>
        makeTask(context, writing, { ...task, making, number: number?.[0] as NumberedTask | undefined }),
      );
};

/** The task as it is to be made. @throws as `assignTask` does. */
const assignmentOf = async (context: TaskAsking, input: AssignTaskInput): Promise<Omit<Making, "making">> => {
  const assignedOn = input.assignedOn == null ? context.today : parseAssignedOn(input.assignedOn, context.today);
  const assigner = await taskUnitNamed(context, "assignedBy", input.assignedBy, assignedOn);
  const hierarchy = await context.hierarchy.load();
  if (!coveredAmong(hierarchy, grantsFor(context.viewer, "OFFICER"), [assigner.no]).has(assigner.no))
    throw new DomainError("FORBIDDEN", `This needs the role OFFICER on ${assigner.fullName} (${assigner.code})`, {
      argument: "assignedBy",
    });
  const draft = await draftOf(context, { ...input, document: documentOf(input.document, context.today), assignedOn });
  checkDeadline(draft.deadline, assignedOn);
  if (!isWithinUnit(hierarchy, { above: assigner.no, unitNo: draft.lead.no, day: assignedOn, isServing: false }))
    throw new BadUserInput("lead", input.lead, `must be a unit within ${assigner.fullName}, or an agency of such a unit`);
  const provinceNo = await provinceOf(context, draft);
  return { draft, provinceNo, origin: { assignerNo: assigner.no, parent: null, family: null, operation: "assignTask" } };
};

/**
 * Gives a part of a task from its lead on to another unit. Sent again with the same key it is the task that was made before.
 * @throws as `assignTask` and `takeStep` do.
 */
export const delegateTask = async (context: TaskAsking, input: DelegateTaskInput): Promise<TaskPayload> => {
  const making = makingOf(context, input);
  const { today } = context;
  const part = await unlessSent(context, making, async () => {
    const draft = await draftOf(context, { ...input, document: null, assignedOn: today });
    return { draft, provinceNo: await provinceOf(context, draft) };
  });
  if (typeof part === "string") return payloadOf(context, part);
  const { draft: given, provinceNo } = part;
  return created(context, { making, first: opening(context, input.task) }, async (writing, rows) => {
    const step = await openStep(context, writing, { id: input.task, action: "DELEGATE", rows });
    const { task: parent, actingNo } = step;
    const isWithin = isWithinUnit(step.hierarchy, { above: actingNo, unitNo: given.lead.no, day: today, isServing: true });
    if (!isWithin || given.lead.no === parent.leadNo)
      throw new BadUserInput("lead", input.lead, "must be another unit within the lead, or within the unit that the lead serves");
    const draft = { ...given, deadline: given.deadline ?? parent.deadline };
    checkDeadline(draft.deadline, today);
    checkAgainstParent(draft.deadline, parent.deadline);
    const origin: Origin = { assignerNo: parent.leadNo, parent, family: parent.family, operation: "delegateTask" };
    const made = await makeTask(context, writing, { draft, provinceNo, origin, making });
    // An imported task is changed by its source alone. The event says nothing of the part, for not all who see the task see that.
    if (!parent.isImported) await commitStep(context, step, "DELEGATE", {});
    return made;
  });
};

const KEY = /^[\x21-\x7E]{1,200}$/;

const makingOf = ({ viewer }: TaskAsking, input: { readonly idempotencyKey: string }): TaskMaking => {
  const { idempotencyKey, ...content } = input;
  if (!KEY.test(idempotencyKey))
    throw new BadUserInput("idempotencyKey", idempotencyKey, "must be 1 to 200 visible ASCII characters, new for each task");
  const text = JSON.stringify(content, (_, value: unknown) => value ?? undefined);
  return { actor: viewer!.actor, idempotencyKey, digest: createHash("sha256").update(text).digest("hex") };
};

/** Id of the task that the caller made under the key; null where there is none. @throws DomainError CONFLICT where its content was another. */
const sentBefore = (task: TaskSent | undefined, { idempotencyKey, digest }: TaskMaking): string | null => {
  if (task && task.digest !== digest)
    throw new DomainError("CONFLICT", `idempotencyKey: another task was sent under ${JSON.stringify(idempotencyKey)} before`, {
      argument: "idempotencyKey",
    });
  return task ? taskIdOf(task) : null;
};

/** What a new task needs; where it is wrong, the id of the task that was made under the key before, if there is one. */
const unlessSent = async <T>(context: TaskAsking, making: TaskMaking, prepare: () => Promise<T>): Promise<T | string> => {
  try {
    return await prepare();
  } catch (error) {
    const [task] = await context.session.scoped(rowScope(context.viewer)).rows(sentUnder(making));
    const sent = sentBefore(task, making);
    if (sent === null) throw error;
    return sent;
  }
};

interface Creating {
  readonly making: TaskMaking;
  /** Statements whose rows `make` takes. */
  readonly first: readonly Compiles[];
}

/** One request under a key makes the task, and the others find it. */
const created = async (
  context: TaskAsking,
  { making, first }: Creating,
  make: (writing: TaskWriting, rows: readonly (readonly unknown[])[]) => Promise<Sent<TaskView>>,
): Promise<TaskPayload> => {
  const locking = taking("taskKey", `${making.actor} ${making.idempotencyKey}`);
  const made = await writeTasks(
    context,
    [locking, sentUnder(making), ...first],
    async (writing, [, sent, ...rows]) => sentBefore(sent?.[0] as TaskSent | undefined, making) ?? (await make(writing, rows)),
  );
  if (typeof made !== "string") return payloadWith(context, made());
  context.renew();
  return payloadOf(context, made);
};

const parseAssignedOn = (text: string, today: Day): Day => parseKnownDay("assignedOn", parsePastDay("assignedOn", text, today));

interface Given extends Pick<AssignTaskInput, "title" | "product" | "lead" | "coordinators" | "deadline"> {
  readonly document: TaskDocument | null;
  readonly assignedOn: Day;
}

const draftOf = async (context: TaskAsking, given: Given): Promise<TaskDraft> => {
  const { assignedOn, document } = given;
  const [title, product] = [titleOf(given.title), productOf(given.product)];
  const deadline = given.deadline == null ? null : parseDay("deadline", given.deadline);
  const lead = await taskUnitNamed(context, "lead", given.lead, assignedOn);
  const coordinatorNos = await coordinatorsNamed(context, given.coordinators, assignedOn);
  checkCoordinators(coordinatorNos, lead.no);
  return { title, product, document, lead, coordinatorNos, assignedOn, deadline };
};

/** The province of the lead; 0 in none. */
const provinceOf = async (context: Pick<TaskAsking, "use">, { lead }: TaskDraft): Promise<number> => {
  const above = await context.use(unitLoaders).ancestorsOf.load(lead);
  return [...above, lead].find(({ tier }) => tier === "PROVINCE")?.no ?? 0;
};

interface Making {
  readonly draft: TaskDraft;
  readonly provinceNo: number;
  readonly origin: Origin;
  readonly making: TaskMaking;
  /** Where the task has its number already. */
  readonly number?: NumberedTask | undefined;
}

const numberingOf = ({ draft, origin, making }: Making) => ({
  ...{ unitNo: origin.assignerNo, leadNo: draft.lead.no, assignedOn: draft.assignedOn, making },
});

const numberOf = async (em: EntityManager, made: Making, by: ImportedBy): Promise<NumberedTask> => {
  if (made.number) return made.number;
  await taskSourceOf(em, made.origin.assignerNo, by);
  return (await numbering(numberingOf(made)).execute(em.getKysely())).rows[0]!;
};

const makeTask = async ({ viewer, now }: TaskAsking, writing: TaskWriting, made: Making): Promise<Sent<TaskView>> => {
  const { draft, provinceNo, origin, making } = made;
  const { em } = writing;
  const by = { actor: viewer!.actor, actorName: viewer!.name, at: now };
  const { lead, ...facts } = draft;
  const { assignerNo, parent, operation } = origin;
  const number = await numberOf(em, made, by);
  const [{ sourceNo, slot }, code] = [number, taskCodeOf(number, draft.assignedOn)];
  const id = taskIdOf({ sourceNo, code });
  const task: TaskView = {
    ...facts,
    slot,
    ...{ provinceNo, sourceNo, code, assignerNo, leadNo: lead.no, parent, family: origin.family ?? id, originalDeadline: draft.deadline },
    ...{ isImported: false, progress: "NOT_STARTED", progressBefore: null, percent: null, reportedPercent: null },
    ...{ doneOn: null, completedOn: null, cancelledOn: null, postponed: [], eventCount: 0 },
  };
  return insertTask(writing, task, making, {
    event: { at: now, action: "ASSIGNED", unitNo: assignerNo, deadline: draft.deadline },
    change: { ...by, operation, unitNo: assignerNo, subject: id, before: null, after: await newRecord(em, task, lead) },
  });
};
