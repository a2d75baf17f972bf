import type { RequestContext } from "../access/request-context.ts";
import { readCalendar } from "../calendar/work-calendar.store.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { connectionOf, pageOf } from "../lib/page.ts";
import { type Day, parsePastDay } from "../lib/time/date.ts";
import { sidesOf } from "./task-authority.ts";
import { parseTaskId } from "./task-id.ts";
import { possibleActions, type TaskAction } from "./task-steps.ts";
import { lastNearDay, type TaskTimeliness, taskTimelinessOn } from "./task-timeliness.ts";
import { taskLoaders, type TaskView } from "./task.loaders.ts";

type Asking = Pick<RequestContext, "use">;

/** The task with this id, as far as the viewer may see it; null for the others, and for none. */
export const findTask = async (context: Asking, id: string): Promise<TaskView | null> => {
  const identity = parseTaskId(id);
  return identity && context.use(taskLoaders).taskByIdentity.load(identity);
};

/** The unit as of the day; if it did not exist then, as of today or its last day. */
export const unitOfTask = async (context: Asking, no: number, asOf: Day): Promise<UnitView | null> => {
  const { unitOn, unitByNo } = context.use(unitLoaders);
  return (await unitOn.load({ no, asOf })) ?? unitByNo.load(no);
};

export const coordinatorsOf = async (context: Asking, { coordinatorNos, assignedOn }: TaskView): Promise<UnitView[]> => {
  const units = await Promise.all(coordinatorNos.map((no) => unitOfTask(context, no, assignedOn)));
  return units.filter((unit) => unit !== null).toSorted((one, other) => (one.code < other.code ? -1 : 1));
};

/** The work calendar, read once a request. */
const calendarReading = ({ session }: Pick<RequestContext, "session">) => {
  let reading: ReturnType<typeof readCalendar> | undefined;
  return () => (reading ??= readCalendar(session));
};
export const workCalendarOf = (context: Asking) => context.use(calendarReading)();

/** @throws BadUserInput for a day that is still to come. */
export const taskTimelinessOf = async (
  context: Pick<RequestContext, "today" | "use">,
  task: TaskView,
  asOf: string | null | undefined,
): Promise<TaskTimeliness> => {
  const day = asOf == null ? context.today : parsePastDay("asOf", asOf, context.today);
  const calendar = await workCalendarOf(context);
  return taskTimelinessOn(task, day, () => lastNearDay(calendar, day));
};

export const eventsOfTask = async (context: Asking, task: TaskView, first: number, after: string | null | undefined) => {
  const page = pageOf(first, after);
  const events = await context.use(taskLoaders).eventsOf.load({ task, page });
  return { ...connectionOf(events, page, ({ position }) => ({ rank: position, text: "event" })), totalCount: task.eventCount };
};

/** A task that has open delegated tasks is neither completed nor reassigned. */
const NEEDS_NONE_OPEN: ReadonlySet<TaskAction> = new Set(["COMPLETE", "REASSIGN"]);

/** The steps that the viewer may take now, in the order of the enum. */
export const viewerActions = async (context: Asking, task: TaskView): Promise<TaskAction[]> => {
  const { authorityOf, subtasksOf } = context.use(taskLoaders);
  const authority = await authorityOf.load(task);
  if (!authority) return [];
  const possible = possibleActions({ ...task, isLeadSplit: authority.isLeadSplit }, sidesOf(authority));
  if (!possible.some((action) => NEEDS_NONE_OPEN.has(action))) return possible;
  const isParent = (await subtasksOf.load(task)).some(({ completedOn, cancelledOn }) => completedOn === null && cancelledOn === null);
  return isParent ? possible.filter((action) => !NEEDS_NONE_OPEN.has(action)) : possible;
};
