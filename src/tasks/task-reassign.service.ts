import { BadUserInput } from "../lib/errors.ts";
import { endedToday, withDeadline } from "./task-assigner.service.ts";
import { deadlineOf, noteOf } from "./task-check.ts";
import { demandNoneOpen, onWholeFamily, openBelow, refusedFor } from "./task-family.store.ts";
import type { CancelTaskInput, ReassignTaskInput } from "./task-assigner.input.ts";
import {
  commitStep,
  opening,
  openStep,
  payloadWith,
  type StepOf,
  takeStep,
  type TaskAsking,
  type TaskPayload,
  writeTasks,
} from "./task-step.service.ts";
import { checkCoordinators, coordinatorsNamed, isWithinUnit, taskUnitNamed } from "./task-units.service.ts";
import type { TaskView } from "./task.loaders.ts";

/**
 * Gives the task to another lead, which begins anew; what is left out stays.
 * @throws BadUserInput for a lead that cannot be, DomainError CONFLICT naming delegated tasks that are open, and as `takeStep` does.
 */
export const reassignTask = async (context: TaskAsking, input: ReassignTaskInput): Promise<TaskPayload> => {
  const [note, deadline] = [noteOf(input.note), deadlineOf(input)];
  const lead = await taskUnitNamed(context, "lead", input.lead, context.today);
  const coordinators = input.coordinators == null ? null : await coordinatorsNamed(context, input.coordinators, context.today);
  if (coordinators) checkCoordinators(coordinators, lead.no);
  return takeStep(context, input.task, "REASSIGN", async (step) => {
    const { task } = step;
    demandLead(step, input.lead, lead.no);
    await demandNoneOpen(step, task, "REASSIGN");
    const change: Partial<TaskView> = {
      ...(await withDeadline(step, deadline)),
      leadNo: lead.no,
      coordinatorNos: coordinators ?? task.coordinatorNos.filter((no) => no !== lead.no),
      ...{ reportedPercent: null, doneOn: null, progressBefore: null },
      postponed: endedToday(task.postponed, context.today),
    };
    return { change, event: { note, deadline: deadline ?? null, formerLeadNo: task.leadNo } };
  });
};

/** @throws BadUserInput for the present lead, and for one to which the assigner could not have given the task. */
const demandLead = ({ hierarchy, task, actingNo, today }: StepOf, name: string, leadNo: number): void => {
  if (leadNo === task.leadNo) throw new BadUserInput("lead", name, "must be another unit than the present lead");
  const isServing = task.parent !== null;
  if (isWithinUnit(hierarchy, { above: actingNo, unitNo: leadNo, day: today, isServing })) return;
  throw new BadUserInput("lead", name, "must be a unit within the assigning unit, or an agency of such a unit");
};

/**
 * Takes the task back, with all that is open below it where that is asked for.
 * @throws DomainError CONFLICT naming delegated tasks that are open, and as `takeStep` does.
 */
export const cancelTask = async (context: TaskAsking, input: CancelTaskInput): Promise<TaskPayload> => {
  const note = noteOf(input.note);
  const cancelled = await writeTasks(context, opening(context, input.task), async (writing, rows) => {
    const step = await openStep(context, writing, { id: input.task, action: "CANCEL", rows });
    const { all, next } = await openBelow(step, step.task);
    if (next.length > 0 && !input.withSubtasks)
      throw await refusedFor(step, next, "CANCEL is not possible while delegated tasks are open, unless withSubtasks is true");
    const cancel = (task: TaskView) =>
      commitStep(context, { ...step, task }, "CANCEL", {
        change: { cancelledOn: context.today, progressBefore: null, postponed: endedToday(task.postponed, context.today) },
        event: { note },
      });
    const stored = await cancel(step.task);
    // A caller who may cancel a task may cancel all below it, whose units its role need not cover.
    if (all.length > 0) {
      await writing.send();
      await onWholeFamily(step, async () => {
        for (const task of all) await cancel(task);
        await writing.send();
      });
    }
    return stored;
  });
  return payloadWith(context, cancelled());
};
