import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import { enterScope, type RowScope } from "../database/row-scope.ts";
import { settingsOf } from "../database/row-scope.ts";
import { sendTogether } from "../database/together.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { Day } from "../lib/time/date.ts";
import { taskIdOf } from "./task-id.ts";
import { type OpenSubtask, openSubtasks, tasksSeenAmong } from "./task.store.ts";
import type { TaskKey, TaskView } from "./task.loaders.ts";

/** The transaction of a step, and what the caller sees and changes in it. */
export interface StepScope {
  readonly em: EntityManager;
  readonly scope: RowScope;
  /** The country as a grant of today's edition. */
  readonly country: string;
}

/** The same, with how a message sets a scope. */
export interface FamilyScope extends StepScope {
  readonly isDistributed: boolean;
}

/**
 * Works on a whole family of tasks, of which the caller may not see every one: an open task below keeps its ancestors open, whatever its lead. Callers must not
 * show what they read here.
 */
export const onWholeFamily = async <T>({ em, scope, country }: StepScope, work: () => Promise<T>): Promise<T> => {
  await enterScope(em, { reads: country, writes: scope.writes && country });
  const result = await work();
  await enterScope(em, scope);
  return result;
};

/** The open tasks below a task, with the ids of those of the next level that the caller sees. */
export const openBelow = async ({ em, scope, country, isDistributed }: FamilyScope, task: TaskKey) => {
  const [wide, narrow] = [{ reads: country, writes: scope.writes && country }, scope].map((one) => settingsOf(one, isDistributed));
  const rows = await sendTogether(em, [...wide!, openSubtasks(task), ...narrow!]);
  const all = rows[wide!.length] as OpenSubtask[];
  const next = all.filter(({ steps }) => steps === 1);
  return { all, next };
};

export const refusedFor = async ({ em }: StepScope, tasks: readonly TaskView[], why: string): Promise<DomainError> => {
  const seen = await tasksSeenAmong(em, tasks);
  const named = tasks.filter((task) => seen.has(`${task.sourceNo}:${task.code}`));
  const names = [
    ...named.map(({ code, deadline }) => `${code} (deadline ${deadline ?? "none"})`),
    ...(named.length < tasks.length ? ["others"] : []),
  ];
  return new DomainError("CONFLICT", `task: ${why}: ${names.join(", ")}`, { argument: "task", subtasks: named.map(taskIdOf) });
};

/** @throws DomainError CONFLICT naming what is open. */
export const demandNoneOpen = async (step: FamilyScope, task: TaskKey, action: string): Promise<void> => {
  const { next } = await openBelow(step, task);
  if (next.length > 0) throw await refusedFor(step, next, `${action} is not possible while delegated tasks are open`);
};

const isAfter = (one: Day | null, other: Day | null): boolean => other !== null && (one === null || one > other);

/**
 * A delegated task must end no later than the task it was delegated from.
 * @throws BadUserInput for a deadline after that of the parent, DomainError CONFLICT naming open delegated tasks with a later one.
 */
export const demandOrderedDeadlines = async (step: FamilyScope, task: TaskView, deadline: Day | null): Promise<void> => {
  if (task.parent !== null) {
    const { sourceNo, code } = task.parent;
    const [parent] = await onWholeFamily(step, () =>
      rowsOf(step.em).rows(sql<{ deadline: Day | null }>`
        select case when isfinite(deadline) then deadline end as deadline from task where source_id = ${sourceNo} and code = ${code}`),
    );
    checkAgainstParent(deadline, parent?.deadline ?? null);
  }
  const later = (await openBelow(step, task)).next.filter((one) => isAfter(one.deadline, deadline));
  if (later.length > 0) throw await refusedFor(step, later, `${deadline ?? "none"} is before the deadline of open delegated tasks`);
};

/** @throws BadUserInput for a deadline after that of the parent. */
export const checkAgainstParent = (deadline: Day | null, parentDeadline: Day | null): void => {
  if (isAfter(deadline, parentDeadline))
    throw new BadUserInput(
      "deadline",
      deadline,
      `must be the deadline of the task it is delegated from, ${parentDeadline}, or an earlier day`,
    );
};
