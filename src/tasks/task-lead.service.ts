import { BadUserInput } from "../lib/errors.ts";
import { parseDay } from "../lib/time/date.ts";
import { checkDeadline, taskEvidenceOf, noteOf, optionalNoteOf, percentOf, workedOn } from "./task-check.ts";
import { demandNoneOpen } from "./task-family.store.ts";
import type { CompleteTaskInput, ReportTaskProgressInput, RequestTaskExtensionInput, TaskNoteInput } from "./task.input.ts";
import { takeStep, type TaskAsking, type TaskPayload } from "./task-step.service.ts";

export const reportTaskProgress = async (context: TaskAsking, input: ReportTaskProgressInput): Promise<TaskPayload> => {
  const [percent, note, evidence] = [percentOf(input.percent), optionalNoteOf(input.note), taskEvidenceOf(input.evidence)];
  if (percent === null && note === null && evidence.length === 0)
    throw new BadUserInput("percent", undefined, "at least one of percent, note and evidence must be given");
  return takeStep(context, input.task, "REPORT", ({ task }) => ({
    change: { reportedPercent: percent ?? task.reportedPercent },
    event: { percent, note, evidence },
  }));
};

/** @throws BadUserInput for a day on which it cannot have been done, DomainError CONFLICT naming delegated tasks that are open. */
export const completeTask = async (context: TaskAsking, input: CompleteTaskInput): Promise<TaskPayload> => {
  const [note, evidence] = [optionalNoteOf(input.note), taskEvidenceOf(input.evidence)];
  return takeStep(context, input.task, "COMPLETE", async (step) => {
    const doneOn = workedOn("doneOn", input.doneOn, step.task.assignedOn, context.today);
    await demandNoneOpen(step, step.task, "COMPLETE");
    return { change: { doneOn }, event: { doneOn, note, evidence } };
  });
};

export const declineTask = async (context: TaskAsking, input: TaskNoteInput): Promise<TaskPayload> => {
  const note = noteOf(input.note);
  return takeStep(context, input.task, "DECLINE", () => ({ event: { note } }));
};

/** @throws BadUserInput for a deadline before the assignment. */
export const requestTaskExtension = async (context: TaskAsking, input: RequestTaskExtensionInput): Promise<TaskPayload> => {
  const [deadline, note] = [parseDay("deadline", input.deadline), noteOf(input.note)];
  return takeStep(context, input.task, "REQUEST_EXTENSION", ({ task }) => {
    checkDeadline(deadline, task.assignedOn);
    return { event: { deadline, note } };
  });
};
