import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { takeLock, tryLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { placesOver } from "./unit-places.ts";

/**
 * Versions of what stored roll-ups depend on: one for each place (a province of the units, now or in the past, or the country) and month of the earliest change. A change
 * of records raises the versions in its own transaction without blocking other writers.
 */

const ALWAYS: Day = "0001-01-01";

/** Place of reports and contributions; it is checked under their lock when a set is stored. */
const FIGURES = 0;
/** Place of every set; a change of units raises it because units may move to other provinces. */
const UNITS = -1;
/** Place of contributions alone; it is checked when contributions are stored. */
const CONTRIBUTIONS = -2;

/** One transaction at a time stores or deletes roll-ups because of reports or units. Imports do not wait here. */
export const lockRollups = (em: EntityManager) => takeLock(em, "rollups");

export const tryLockRollups = (em: EntityManager) => tryLock(em, "rollups");

/** Called by changes of reports or units: sets that are being built meanwhile are outdated and will not be stored. */
export const changeRollups = async (em: EntityManager): Promise<void> => {
  await lockRollups(em);
  await raise(em, [FIGURES], ALWAYS);
};

export const unitsChanged = (em: EntityManager) => raise(em, [FIGURES, CONTRIBUTIONS], ALWAYS);

/** For a change that may move units to other provinces. */
export const unitsMoved = (em: EntityManager) => raise(em, [FIGURES, UNITS, CONTRIBUTIONS], ALWAYS);

/** Records of the units have changed from a day on. It must be the last shared write of a transaction. */
export const recordsChanged = async (em: EntityManager, hierarchy: Hierarchy, units: readonly number[], since: Day): Promise<void> => {
  if (units.length > 0) await raise(em, placesOver(hierarchy, units), since);
};

const raise = async (em: EntityManager, places: readonly number[], since: Day): Promise<void> => {
  await sql`with ${raising(sql`select unnest(${places}::int[])`, sql`${since}::timestamp`)} select from raised`.execute(em.getKysely());
};

/**
 * Only adds rows, so that no writer waits; the sum of all rows is the version. Each place is looked up by itself: an index scan marks the rows that earlier changes deleted, and
 * skips them from then on, where a bitmap scan reads all of them until the next vacuum.
 */
export const raising = (places: RawBuilder<unknown>, since: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    place_raised(id, starts_on) as materialized (select p.id, date_trunc('month', ${since})::date from (${places}) p(id)),
    gone as (
      delete from rollup_version where id = any(array(
        select v.id from place_raised p cross join lateral (
          select id from rollup_version where place_id = p.id and starts_on = p.starts_on for update skip locked) v))
      returning place_id, version
    ),
    raised as (
      insert into rollup_version (place_id, starts_on, version)
      select p.id, p.starts_on, 1 + coalesce((select sum(version) from gone where place_id = p.id), 0) from place_raised p returning place_id
    )`;

/** Returns the places whose records may change the stored roll-ups of the units in the hierarchy of an edition. */
export const placesBeneath = async (
  em: EntityManager,
  hierarchy: Hierarchy,
  editionId: number,
  units: readonly number[],
): Promise<number[]> => {
  if (units.length === 0) return [];
  const rows = await rowsOf(em).rows(sql<{ no: number }>`
    select distinct unit_id as no from contribution where edition_id = ${editionId} and target_id = any(${units}::int[])`);
  const beneath = [...units, ...rows.map(({ no }) => no)];
  return [UNITS, ...placesOver(hierarchy, beneath).toSorted((a, b) => a - b)];
};

const versionAt = (places: RawBuilder<unknown>, through: RawBuilder<unknown>) =>
  sql`(select coalesce(sum(v.version), 0) from rollup_version v where v.place_id = any(${places}) and v.starts_on <= ${through})`;

export const versionOf = async (em: EntityManager, places: readonly number[], through: Day): Promise<number> => {
  const rows = await rowsOf(em).rows(sql<{ version: number }>`
    select ${versionAt(sql`${places}::int[]`, sql`${through}::date`)}::bigint as version`);
  return rows[0]!.version;
};

export const figuresVersion = (em: EntityManager) => versionOf(em, [FIGURES], ALWAYS);

export const contributionsVersion = (em: EntityManager) => versionOf(em, [CONTRIBUTIONS], ALWAYS);

/** The condition that the records of a stored set `s` have not changed. */
export const isCurrent = sql<boolean>`(not s.recorded or s.version = ${versionAt(sql`s.places`, sql`s.period_to`)})`;
