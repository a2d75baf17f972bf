import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { takeLock, tryLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";

/*
 * What stored roll-ups rest on has versions: for each place (a province that the units concerned are in, or ever were, or what is in none) and the month
 * from which on something changed. Whoever changes records raises the versions in its own transaction, and waits for nobody by it.
 */

/** A month of all periods. */
const ALWAYS: Day = "0001-01-01";

/** Stands for reports, and for what units contribute to: who stores a set looks at it under the lock of these. */
const FIGURES = 0;
/** A place of every set: raised where units may come into other provinces. */
const UNITS = -1;
/** Stands for what units contribute to alone: who stores that looks at it. */
const CONTRIBUTIONS = -2;

/** Stored roll-ups are put away, and dropped with the reports or units they rest on, by one transaction at a time. No import waits here. */
export const lockRollups = (em: EntityManager) => takeLock(em, "rollups");

/** The same for who stores some, and waits for nobody. @returns whether the lock is held. */
export const tryLockRollups = (em: EntityManager) => tryLock(em, "rollups");

/** The same for who changes reports or units: what is worked out meanwhile is of a state that is no more, and is not stored. */
export const changeRollups = async (em: EntityManager): Promise<void> => {
  await lockRollups(em);
  await raise(em, [FIGURES], ALWAYS);
};

/** For who holds the lock already, and has changed what units contribute to. */
export const unitsChanged = (em: EntityManager) => raise(em, [FIGURES, CONTRIBUTIONS], ALWAYS);

/** Units may be in other provinces than before. */
export const unitsMoved = (em: EntityManager) => raise(em, [FIGURES, UNITS, CONTRIBUTIONS], ALWAYS);

/** Records of the units have changed from a day on; the last that a transaction does but for what is its own. */
export const recordsChanged = async (em: EntityManager, units: readonly number[], since: Day): Promise<void> => {
  if (units.length > 0) await raise(em, await placesOf(em, sql`select unnest(${units}::int[])`), since);
};

/** Rows that another one is about to add up stay as they are: nobody waits, and all together are the version. */
const raise = async (em: EntityManager, places: readonly number[], since: Day): Promise<void> => {
  await sql`
    with gone as (
      delete from rollup_version where id in (
        select id from rollup_version where place_id = any(${places}::int[]) and starts_on = date_trunc('month', ${since}::timestamp)::date
        order by id for update skip locked)
      returning place_id, version
    )
    insert into rollup_version (place_id, starts_on, version)
    select p.id, date_trunc('month', ${since}::timestamp)::date, 1 + coalesce((select sum(version) from gone where place_id = p.id), 0)
    from unnest(${places}::int[]) p(id)`.execute(em.getKysely());
};

/** The provinces that the units, and those above them, are or ever were in; of what is in none, what is at the top. */
const placesOf = async (em: EntityManager, units: RawBuilder<unknown>): Promise<number[]> => {
  const isProvince = sql`exists (select from unit_version p where p.unit_id = a.id and p.tier = 'PROVINCE')`;
  const rows = await rowsOf(em).rows(sql<{ id: number }>`
    with recursive above(id) as (
      (${units})
      union
      select v.parent_id from above a join unit_version v on v.unit_id = a.id and v.parent_id is not null where not ${isProvince}
    )
    select a.id from above a where ${isProvince} or exists (select from unit_version t where t.unit_id = a.id and t.parent_id is null) order by 1`);
  return rows.map(({ id }) => id);
};

/** Places whose records may change what is stored of figures of the units, in the hierarchy of an edition. */
export const placesBeneath = async (em: EntityManager, editionId: number, units: readonly number[]): Promise<number[]> =>
  units.length === 0
    ? []
    : [
        UNITS,
        ...(await placesOf(
          em,
          sql`select unit_id from contribution where edition_id = ${editionId} and target_id = any(${units}::int[]) union select unnest(${units}::int[])`,
        )),
      ];

/** The version of the places, from no day after `through` on. */
const versionAt = (places: RawBuilder<unknown>, through: RawBuilder<unknown>) =>
  sql`(select coalesce(sum(v.version), 0) from rollup_version v where v.place_id = any(${places}) and v.starts_on <= ${through})`;

export const versionOf = async (em: EntityManager, places: readonly number[], through: Day): Promise<number> => {
  const rows = await rowsOf(em).rows(sql<{ version: number }>`
    select ${versionAt(sql`${places}::int[]`, sql`${through}::date`)}::bigint as version`);
  return rows[0]!.version;
};

export const figuresVersion = (em: EntityManager) => versionOf(em, [FIGURES], ALWAYS);

export const contributionsVersion = (em: EntityManager) => versionOf(em, [CONTRIBUTIONS], ALWAYS);

/** The condition that nothing has changed of the records beside a stored set `s`. */
export const isCurrent = sql<boolean>`(not s.recorded or s.version = ${versionAt(sql`s.places`, sql`s.period_to`)})`;
