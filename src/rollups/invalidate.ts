import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import type { SetKey } from "./rollup.service.ts";

const ROWS_OF_A_SET = 100;
/** Maximum number of rows in all stored sets; the oldest sets are deleted first. */
const MAX_STORED_ROWS = 5_000_000;

/**
 * Contains the only statements that delete stored sets. A change of units or figures calls one of the first four in its transaction; the next read builds the set again.
 * Sets on records carry a version instead, which each reader checks.
 */

/** Deletes the sets that count figures of the units, and all sets with drafts, because row-level security may hide some of these drafts here. */
export const dropSetsOfUnits = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await rowsOf(em).rows(sql`
    delete from rollup_set s where s.drafts <> '' or exists (
      select from figure f where f.unit_id = any(${units}::int[]) and f.period_from >= s.period_from and f.period_to <= s.period_to)`);
};

/** Deletes the sets of editions before one of the units began, because statements of units above include it even without figures of its own. */
export const dropSetsBefore = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await rowsOf(em).rows(sql`
    delete from rollup_set where edition_id in (
      select e.id from edition e join unit u on u.id = any(${units}::int[]) and u.began_on > e.starts_on)`);
};

export const dropSetsOfSources = async (em: EntityManager, sources: readonly number[]): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set s where exists (
      select from figure f where f.source_id = any(${sources}::int[]) and f.period_from >= s.period_from and f.period_to <= s.period_to)`);
};

export const dropAllSets = async (em: EntityManager): Promise<void> => {
  await rowsOf(em).rows(sql`delete from rollup_set`);
};

export const dropOutdatedSet = async (em: EntityManager, key: SetKey): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set s where s.edition_id = ${key.editionId} and s.period_from = ${key.from} and s.period_to = ${key.to}
      and s.cell_edition_id = ${key.cellEditionId} and s.drafts = ${key.drafts} and s.recorded = ${key.recorded} and s.counted_to = ${key.countedTo} and not ${isCurrent}`);
};

/** Deletes the oldest sets while all sets together exceed the limit, but never the newest one. */
export const dropOldestSets = async (em: EntityManager, newest: number): Promise<void> => {
  await rowsOf(em).rows(sql`
    delete from rollup_set where id <> ${newest} and id in (
      select id from (select id, sum(rows + ${ROWS_OF_A_SET}) over (order by abs(id) desc) as total from rollup_set) newest where total > ${MAX_STORED_ROWS})`);
};
