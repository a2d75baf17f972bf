import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { coveredUnits } from "../../access/scope.ts";
import type { Grant } from "../../access/viewer.ts";
import { rowsOf } from "../../database/reader.ts";
import { isOfImport, type Staged, STATUSES } from "../../imports/stage.ts";
import { isTaskSeen } from "../task.loaders.ts";

/** The maximum length of a chain of parents; it bounds the work for what somebody sends. */
const MAX_STEPS = 50;
/** A refused row keeps its stored parent, which may make another chain endless. */
const MAX_ROUNDS = 10;

const changed = (staged: Staged) => sql`changed as materialized (
    select s.row, s.code, s.parent_code, s.status, s.province_id from ${staged.stage} s
    where ${isOfImport(staged)} and s.status in (${sql.lit(STATUSES.CREATED)}, ${sql.lit(STATUSES.UPDATED)}))`;

/** Relation `up`: the chain above each changed row, as it will be after the import; its last row is the task at the top, or the first one without a record. */
const chains = (staged: Staged) => sql`up as (
    select c.row, c.code as at, c.parent_code as above, 1 as steps from changed c where c.parent_code is not null
    union all
    select u.row, u.above, case when c.code is null then t.parent_code else c.parent_code end, u.steps + 1
    from up u left join changed c on c.code = u.above
    left join task t on c.code is null and t.source_id = ${staged.sourceId} and t.code = u.above
    where u.above is not null and u.steps <= ${sql.lit(MAX_STEPS)} and (c.code is not null or t.code is not null))`;

const rejectEndless = async (em: EntityManager, staged: Staged): Promise<number> => {
  const rows = await rowsOf(em).rows(sql`
    with recursive ${changed(staged)}, ${chains(staged)}
    update ${staged.stage} s set status = ${sql.lit(STATUSES.REJECTED)}, problem = 'PARENT_ENDLESS'
    where ${isOfImport(staged)} and s.row in (select u.row from up u where u.steps > ${sql.lit(MAX_STEPS)}) returning s.row`);
  return rows.length;
};

/**
 * Rejects rows whose parent is neither sent nor stored, and then the new tasks below them. The caller must see a stored parent, unless the task has it already.
 * @returns the number of rows.
 */
const rejectUnknown = async (em: EntityManager, staged: Staged, viewing: readonly Grant[] | null): Promise<number> => {
  const covered = viewing === null ? sql`select null::int as unit_id where false` : coveredUnits(viewing);
  const rows = await rowsOf(em).rows(sql`
    with recursive covered as materialized (${covered}), ${changed(staged)},
    orphan as (
      select c.row, c.code, c.status from changed c
      where c.parent_code is not null and c.parent_code not in (select code from changed) and not exists (
        select from task t where t.source_id = ${staged.sourceId} and t.code = c.parent_code and (${viewing === null}::boolean or ${isTaskSeen} or exists (
          select from task o where o.province_id = c.province_id and o.source_id = ${staged.sourceId} and o.code = c.code and o.parent_code = c.parent_code)))
      union
      select c.row, c.code, c.status from orphan o join changed c on c.parent_code = o.code where o.status = ${sql.lit(STATUSES.CREATED)}
    )
    update ${staged.stage} s set status = ${sql.lit(STATUSES.REJECTED)}, problem = 'PARENT_UNKNOWN'
    where ${isOfImport(staged)} and s.row in (select row from orphan) returning s.row`);
  return rows.length;
};

/** If no stored parent changes, no chain can be endless. */
const rejectMoved = async (em: EntityManager, staged: Staged): Promise<void> => {
  await sql`
    update ${staged.stage} s set status = ${sql.lit(STATUSES.REJECTED)}, problem = 'PARENT_ENDLESS' from task t
    where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.UPDATED)} and t.province_id = s.province_id and t.source_id = ${staged.sourceId} and t.code = s.code
      and t.parent_code is distinct from s.parent_code`.execute(em.getKysely());
};

const hasParents = async (em: EntityManager, staged: Staged): Promise<boolean> => {
  const [found] = await rowsOf(em).rows(sql<{ isFound: boolean }>`
    with ${changed(staged)} select exists (select from changed where parent_code is not null) as "isFound"`);
  return found!.isFound;
};

/** Refuses rows without a right parent, and notes of the others the parent's province and the task at the top. @param viewing what the caller sees; null means all */
export const judgeParents = async (em: EntityManager, staged: Staged, viewing: readonly Grant[] | null): Promise<void> => {
  if (!(await hasParents(em, staged))) return;
  let rounds = 0;
  while ((await rejectEndless(em, staged)) + (await rejectUnknown(em, staged, viewing)) > 0)
    if (++rounds === MAX_ROUNDS) await rejectMoved(em, staged);
  await sql`
    with recursive ${changed(staged)}, ${chains(staged)},
    top as materialized (select u.row, u.at from up u where u.above is null),
    parent as materialized (
      select c.row, coalesce(p.province_id, t.province_id) as province_id from changed c left join changed p on p.code = c.parent_code
      left join task t on p.code is null and t.source_id = ${staged.sourceId} and t.code = c.parent_code where c.parent_code is not null
    )
    update ${staged.stage} s set top_code = top.at, parent_province_id = parent.province_id
    from top join parent on parent.row = top.row where ${isOfImport(staged)} and s.row = top.row`.execute(em.getKysely());
};
