import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { connectionOf } from "../lib/page.ts";
import { type TaskFilter, taskConditionOf, type TaskOrder } from "./task.filter.ts";
import {
  countOfTasks,
  countOfTasksOverNodes,
  pageOfTasks,
  pageOfTasksOverNodes,
  type TaskList,
  taskPage,
  taskPositionOf,
} from "./task-list.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "today" | "use">;

interface ListArguments {
  readonly filter: TaskFilter;
  readonly orderBy: TaskOrder;
  readonly first: number;
  readonly after: string | null | undefined;
}

/** The page, with what counts all of the list. @throws BadUserInput naming what the filter says wrongly. */
export const listTasks = async (context: Asking, { filter, orderBy, first, after }: ListArguments) => {
  const page = taskPage(first, after, orderBy);
  const list: TaskList = { grants: grantsFor(context.viewer, "VIEWER"), condition: await taskConditionOf(context, filter), orderBy };
  const pageOf = context.session.isDistributed ? pageOfTasksOverNodes : pageOfTasks;
  const rows = await context.session.scoped(rowScope(context.viewer)).rows(pageOf(list, page.from));
  return { ...connectionOf(rows, page, taskPositionOf(orderBy)), list };
};

export const countTasks = async (
  { session, viewer }: Pick<RequestContext, "session" | "hierarchy" | "viewer">,
  list: TaskList,
): Promise<number> =>
  (await session.scoped(rowScope(viewer)).rows((session.isDistributed ? countOfTasksOverNodes : countOfTasks)(list)))[0]!.total;
