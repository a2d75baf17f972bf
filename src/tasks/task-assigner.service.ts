import { BadUserInput } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";
import { checkDeadline, deadlineOf, documentOf, noteOf, optionalNoteOf, productOf, titleOf, workedOn } from "./task-check.ts";
import { demandOrderedDeadlines } from "./task-family.store.ts";
import type { AmendTaskInput, ConfirmTaskInput, ExtendTaskInput, ResumeTaskInput } from "./task-assigner.input.ts";
import type { TaskNoteInput } from "./task.input.ts";
import { type StepOf, takeStep, type TaskAsking, type TaskPayload } from "./task-step.service.ts";
import type { TaskAction } from "./task-steps.ts";
import type { DayRange } from "./task-timeliness.ts";
import { checkCoordinators, coordinatorsNamed } from "./task-units.service.ts";
import type { TaskView } from "./task.loaders.ts";

/** A day on which the task stood still is one of them, so the last one is today. */
export const endedToday = (ranges: readonly DayRange[], today: Day): DayRange[] =>
  ranges.map(({ from, to }) => ({ from, to: to ?? today }));

/** The same task with another deadline, where one is given. @throws BadUserInput or DomainError CONFLICT for one that cannot be. */
export const withDeadline = async (step: StepOf, deadline: Day | null | undefined): Promise<Partial<TaskView>> => {
  if (deadline === undefined) return {};
  checkDeadline(deadline, step.task.assignedOn);
  await demandOrderedDeadlines(step, step.task, deadline);
  return { deadline };
};

/** @throws BadUserInput for a day on which it cannot have been done. */
export const confirmTask = async (context: TaskAsking, input: ConfirmTaskInput): Promise<TaskPayload> => {
  const note = optionalNoteOf(input.note);
  return takeStep(context, input.task, "CONFIRM", ({ task }) => {
    const completedOn = workedOn("completedOn", input.completedOn ?? task.doneOn, task.assignedOn, context.today);
    return { change: { completedOn }, event: { doneOn: completedOn, note } };
  });
};

const noted = async (
  context: TaskAsking,
  input: TaskNoteInput,
  action: TaskAction,
  change: (task: TaskView) => Partial<TaskView>,
): Promise<TaskPayload> => {
  const note = noteOf(input.note);
  return takeStep(context, input.task, action, ({ task }) => ({ change: change(task), event: { note } }));
};

export const returnTask = (context: TaskAsking, input: TaskNoteInput): Promise<TaskPayload> =>
  noted(context, input, "RETURN", () => ({ doneOn: null }));

export const reopenTask = (context: TaskAsking, input: TaskNoteInput): Promise<TaskPayload> =>
  noted(context, input, "REOPEN", () => ({ doneOn: null, completedOn: null }));

export const postponeTask = (context: TaskAsking, input: TaskNoteInput): Promise<TaskPayload> =>
  noted(context, input, "POSTPONE", ({ progress, postponed }) => ({
    ...{ progressBefore: progress, postponed: [...postponed, { from: context.today, to: null }] },
  }));

/** @throws BadUserInput for a unit that is unknown, or that leads the task. */
export const amendTask = async (context: TaskAsking, input: AmendTaskInput): Promise<TaskPayload> => {
  const note = noteOf(input.note);
  const given = {
    ...(input.title != null && { title: titleOf(input.title) }),
    ...(input.product !== undefined && { product: productOf(input.product) }),
    ...(input.document !== undefined && { document: documentOf(input.document, context.today) }),
    ...(input.coordinators != null && { coordinatorNos: await coordinatorsNamed(context, input.coordinators, context.today) }),
  };
  if (Object.keys(given).length === 0)
    throw new BadUserInput("title", undefined, "at least one of title, product, document and coordinators must be given");
  return takeStep(context, input.task, "AMEND", ({ task }) => {
    if (given.coordinatorNos) checkCoordinators(given.coordinatorNos, task.leadNo);
    return { change: given, event: { note } };
  });
};

/** @throws BadUserInput unless exactly one of deadline and removeDeadline is given. */
export const extendTask = async (context: TaskAsking, input: ExtendTaskInput): Promise<TaskPayload> => {
  const [note, deadline] = [noteOf(input.note), deadlineOf(input)];
  if (deadline === undefined) throw new BadUserInput("deadline", undefined, "exactly one of deadline and removeDeadline must be given");
  return takeStep(context, input.task, "EXTEND", async (step) => ({
    change: await withDeadline(step, deadline),
    event: { note, deadline },
  }));
};

export const resumeTask = async (context: TaskAsking, input: ResumeTaskInput): Promise<TaskPayload> => {
  const [note, deadline] = [noteOf(input.note), deadlineOf(input)];
  return takeStep(context, input.task, "RESUME", async (step) => ({
    change: {
      ...(await withDeadline(step, deadline)),
      ...{ progressBefore: null, postponed: endedToday(step.task.postponed, context.today) },
    },
    event: { note, deadline: deadline ?? null },
  }));
};
