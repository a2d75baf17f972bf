import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import type { SetKey } from "./rollup.service.ts";

/** What a set costs that stores nothing. */
const ROWS_OF_A_SET = 100;
/** Together the stored sets may hold this many rows; the oldest sets make room for new ones. */
const MAX_STORED_ROWS = 5_000_000;

/*
 * The only statements that drop stored sets. Whoever changes units or figures calls one of the first four within the transaction of the change; the next
 * read stores the set anew. Records change all the time: their sets carry a version, by which a reader sees whether they hold.
 */

/** Drops the sets that count figures of the units, and those with drafts, of which not all may be visible here. */
export const dropSetsOfUnits = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await rowsOf(em).rows(sql`
    delete from rollup_set s where s.drafts <> '' or exists (
      select from figure f where f.unit_id = any(${units}::int[]) and f.period_from >= s.period_from and f.period_to <= s.period_to)`);
};

/** Drops the sets of editions before one of the units began: statements of units above speak of it, whether or not it has figures. */
export const dropSetsBefore = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await rowsOf(em).rows(sql`
    delete from rollup_set where edition_id in (
      select e.id from edition e join unit u on u.id = any(${units}::int[]) and u.began_on > e.starts_on)`);
};

/** Drops the sets whose periods hold figures of the sources. */
export const dropSetsOfSources = async (em: EntityManager, sources: readonly number[]): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set s where exists (
      select from figure f where f.source_id = any(${sources}::int[]) and f.period_from >= s.period_from and f.period_to <= s.period_to)`);
};

export const dropAllSets = async (em: EntityManager): Promise<void> => {
  await rowsOf(em).rows(sql`delete from rollup_set`);
};

/** Drops the set of the key if records have changed beside it. */
export const dropOutdatedSet = async (em: EntityManager, key: SetKey): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set s where s.edition_id = ${key.editionId} and s.period_from = ${key.from} and s.period_to = ${key.to}
      and s.cell_edition_id = ${key.cellEditionId} and s.drafts = ${key.drafts} and s.recorded = ${key.recorded} and s.counted_to = ${key.countedTo} and not ${isCurrent}`);
};

/** Drops the oldest sets where all together are too many, but for the newest one. */
export const dropOldestSets = async (em: EntityManager, newest: number): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set where id <> ${newest} and id in (
      select id from (select id, sum(rows + ${ROWS_OF_A_SET}) over (order by abs(id) desc) as total from rollup_set) newest where total > ${MAX_STORED_ROWS})`);
};
