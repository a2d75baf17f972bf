import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredBy, coversAny, grantValues } from "../access/scope.ts";
import type { Grant } from "../access/viewer.ts";
import { takeLock, waitingFor } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { type Compiles, type Query, template } from "../database/template.ts";
import type { Day } from "../lib/time/date.ts";
import { countryEntry, readAuthorities, type TaskAuthority } from "./task-authority.ts";
import type { TaskIdentity } from "./task-id.ts";
import { taskColumns, type TaskKey, type TaskView } from "./task.loaders.ts";

/** Who takes a step: what it sees, the units for which it acts, and the day. */
interface Stepping {
  readonly viewing: readonly Grant[];
  readonly acting: readonly Grant[];
  readonly today: Day;
}

export interface LockedTask {
  readonly task: TaskView;
  readonly authority: TaskAuthority;
  /** The country as a grant of today's edition. */
  readonly country: string;
}

type LockedRow = TaskView & Pick<TaskAuthority, "isForLead" | "isForAssigner"> & { readonly hasEnded: boolean; readonly country: string };

const LOCKED_NAMES = ["sourceNo", "code", "today", "viewingUnits", "viewingEditions", "actingUnits", "actingEditions"] as const;

/** No row unless the grants cover a unit that leads, assigns or coordinates it. */
const lockedRow = template<LockedRow, (typeof LOCKED_NAMES)[number]>(LOCKED_NAMES, (v) => {
  const acting = { units: v.actingUnits, editions: v.actingEditions };
  const viewing = { units: v.viewingUnits, editions: v.viewingEditions };
  return sql`
    select ${taskColumns}, ${coveredBy(acting, sql`t.lead_id`)} as "isForLead", ${coveredBy(acting, sql`t.assigner_id`)} as "isForAssigner",
      exists (select from unit where id in (t.lead_id, t.assigner_id) and ended_on <= ${v.today}::date) as "hasEnded", ${countryEntry(v.today)} as country
    from task t where t.source_id = ${v.sourceNo} and t.code = ${v.code} and ${coversAny(viewing, sql`(array[t.lead_id, t.assigner_id] || t.coordinator_ids)`)}`;
});

const readingLocked = ({ viewing, acting, today }: Stepping, { sourceNo, code }: TaskIdentity): Query<LockedRow> => {
  const [viewed, acted] = [grantValues(viewing), grantValues(acting)];
  return lockedRow({
    ...{ sourceNo, code, today, viewingUnits: viewed.units, viewingEditions: viewed.editions },
    ...{ actingUnits: acted.units, actingEditions: acted.editions },
  });
};

const lockingFamily = template(
  ["sourceNo", "code"],
  (v) => sql`select family, ${waitingFor("taskFamily", sql`family`)} from task where source_id = ${v.sourceNo} and code = ${v.code}`,
);

/** Only for a unit that has ended others may act. */
const lockedOf = async (em: EntityManager, { acting, today }: Stepping, row: LockedRow | undefined): Promise<LockedTask | null> => {
  if (!row) return null;
  const { isForLead, isForAssigner, hasEnded, country, ...task } = row;
  const { leadNo, assignerNo } = task;
  const [ofEnded] = hasEnded ? await readAuthorities(rowsOf(em), acting, today, [task]) : [];
  return { task, authority: ofEnded ?? { leadNo, assignerNo, isForLead, isForAssigner, isLeadSplit: false }, country };
};

/** The statements that lock the family of a task, and then read the task; `lockedTask` takes their rows. */
export const lockingTask = (stepping: Stepping, identity: TaskIdentity): readonly Compiles[] => [
  lockingFamily({ sourceNo: identity.sourceNo, code: identity.code }),
  readingLocked(stepping, identity),
];

/** The task as it stands, of whose family nobody else changes anything until the transaction ends; null where the grants show none. */
export const lockedTask = async (
  em: EntityManager,
  stepping: Stepping,
  identity: TaskIdentity,
  [found, read]: readonly (readonly unknown[])[],
): Promise<LockedTask | null> => {
  if (!found?.[0]) return null;
  let { family } = found[0] as { family: string };
  let locked = await lockedOf(em, stepping, read?.[0] as LockedRow | undefined);
  // An import may have moved the task while this waited.
  while (locked && locked.task.family !== family) {
    ({ family } = locked.task);
    await takeLock(em, "taskFamily", family);
    locked = await lockedOf(em, stepping, (await readingLocked(stepping, identity).execute(em.getKysely())).rows[0]);
  }
  return locked;
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
