import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coversAny, grantValues } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { takeLock, waitingFor } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { type Compiles, type Query, template } from "../database/template.ts";
import type { TaskIdentity } from "./task-id.ts";
import { taskColumns, type TaskKey, type TaskView } from "./task.loaders.ts";

/** A task, and grants of which one must cover a unit that leads, assigns or coordinates it. */
interface Locking extends TaskIdentity {
  readonly viewing: readonly Grant[];
}

const lockedRow = template<TaskView, "sourceNo" | "code" | "units" | "editions">(
  ["sourceNo", "code", "units", "editions"],
  ({ sourceNo, code, ...viewing }) => sql`
    select ${taskColumns} from task t
    where t.source_id = ${sourceNo} and t.code = ${code} and ${coversAny(viewing, sql`(array[t.lead_id, t.assigner_id] || t.coordinator_ids)`)}`,
);

const readingLocked = ({ sourceNo, code, viewing }: Locking): Query<TaskView> => lockedRow({ sourceNo, code, ...grantValues(viewing) });

const lockingFamily = template(
  ["sourceNo", "code"],
  (v) => sql`select family, ${waitingFor("taskFamily", sql`family`)} from task where source_id = ${v.sourceNo} and code = ${v.code}`,
);

/** The statements that lock the family of a task, and then read the task; `lockedTask` takes their rows. */
export const lockingTask = (locking: Locking): readonly Compiles[] => [
  lockingFamily({ sourceNo: locking.sourceNo, code: locking.code }),
  readingLocked(locking),
];

/** The task as it stands, of whose family nobody else changes anything until the transaction ends; null where the grants show none. */
export const lockedTask = async (
  em: EntityManager,
  locking: Locking,
  [found, read]: readonly (readonly unknown[])[],
): Promise<TaskView | null> => {
  if (!found?.[0]) return null;
  let { family } = found[0] as { family: string };
  let task = read?.[0] as TaskView | undefined;
  // An import may have moved the task while this waited.
  while (task && task.family !== family) {
    ({ family } = task);
    await takeLock(em, "taskFamily", family);
    [task] = (await readingLocked(locking).execute(em.getKysely())).rows;
  }
  return task ?? null;
};

export type OpenSubtask = TaskView & { readonly steps: number };

/** Reads the open tasks below a task, each with its depth. The transaction must see all of them. */
export const openSubtasks = ({ sourceNo, code }: TaskKey): Query<OpenSubtask> => subtasksOf({ sourceNo, code });

const subtasksOf = template<OpenSubtask, "sourceNo" | "code">(
  ["sourceNo", "code"],
  (v) => sql`
    with recursive below as (
      select c.province_id, c.source_id, c.code, 1 as steps from task c where c.parent_source_id = ${v.sourceNo} and c.parent_code = ${v.code}
      union all
      select c.province_id, c.source_id, c.code, b.steps + 1 from below b join task c on c.parent_source_id = b.source_id and c.parent_code = b.code
    )
    select ${taskColumns}, b.steps from below b join task t on t.province_id = b.province_id and t.source_id = b.source_id and t.code = b.code
    where t.completed_on is null and t.cancelled_on is null order by b.steps, t.assigned_on, t.code`,
);

export const tasksSeenAmong = async (em: EntityManager, tasks: readonly TaskKey[]): Promise<Set<string>> => {
  const found = await rowsOf(em).rows(sql<{ code: string; sourceNo: number }>`
    select t.code, t.source_id as "sourceNo" from unnest(${tasks.map(({ provinceNo }) => provinceNo)}::int[], ${tasks.map(({ sourceNo }) => sourceNo)}::int[],
      ${tasks.map(({ code }) => code)}::text[]) k(province_id, source_id, code)
    join task t on t.province_id = k.province_id and t.source_id = k.source_id and t.code = k.code`);
  return new Set(found.map(({ sourceNo, code }) => `${sourceNo}:${code}`));
};
