import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { busy } from "../database/failure.ts";
import { takeLock, tryLock } from "../database/locks.ts";
import { oneAtATime, type Turn } from "../database/one-at-a-time.ts";
import type { Reader } from "../database/reader.ts";
import { type EditionDays, storeContributions } from "./contribution.store.ts";
import { contributionsVersion, lockRollups, unitsChanged } from "./rollup-version.store.ts";

/**
 * Stores what every unit that ever existed contributes to in each of the editions, where that is not stored yet.
 * A transaction for each edition; two callers never do it twice.
 */
export const ensureContributions = async (reader: Reader, editionIds: readonly number[]): Promise<void> => {
  const missing = await reader.rows(missingOf(editionIds));
  if (missing.length > 0) await reader.build((em, turn) => makeContributions(em, editionIds, turn));
};

const missingOf = (editionIds: readonly number[]) => sql<EditionDays>`
  select id, starts_on as "startsOn", (select min(n.starts_on) from edition n where n.starts_on > e.starts_on) as next
  from edition e where id = any(${editionIds}::int[]) and not contributed order by id`;

/** The same with the entity manager that makes them. */
export const makeContributions = async (em: EntityManager, editionIds: readonly number[], turn: Turn = {}): Promise<void> => {
  const missing = await missingOf(editionIds).execute(em.getKysely());
  for (const { id } of missing.rows) await oneAtATime(em, () => makeOf(em, id), turn);
};

/** How often an edition is begun again because units have changed meanwhile. */
const ATTEMPTS = 10;

/** What was made is of units as they no longer are, and is rolled back. */
class UnitsChanged extends Error {}

const makeOf = async (em: EntityManager, editionId: number): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++)
    try {
      return await em.transactional((making) => makeBesideChanges(making, editionId));
    } catch (error) {
      if (!(error instanceof UnitsChanged)) throw error;
      // Who is changing units ends first.
      await em.transactional(lockContributions);
    }
  throw busy();
};

/**
 * Whoever changes units does not wait for this: the lock of units is held only from the look at their version to the commit. Makers wait for
 * one another by a lock of their own.
 */
const makeBesideChanges = async (em: EntityManager, editionId: number): Promise<void> => {
  await takeLock(em, "contributionMaking");
  const version = await contributionsVersion(em);
  await makeContributionsWithin(em, [editionId]);
  if (!(await tryLock(em, "contributions")) || (await contributionsVersion(em)) !== version) throw new UnitsChanged();
};

/** The same within a transaction that nobody changes units beside. */
export const makeContributionsWithin = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  const { rows } = await missingOf(editionIds).execute(em.getKysely());
  for (const edition of rows) {
    await storeContributions(em, edition, null);
    await sql`update edition set contributed = true where id = ${edition.id}`.execute(em.getKysely());
  }
  if (rows.length > 0) await sql`select analyze_contribution()`.execute(em.getKysely());
};

const lockContributions = (em: EntityManager) => takeLock(em, "contributions");

/** Who changes units waits here for the others that do, until its transaction ends. */
export const lockUnits = async (em: EntityManager): Promise<void> => {
  // In this order everywhere. The first is that of stored roll-ups, which rest on contributions.
  await lockRollups(em);
  await lockContributions(em);
};

/** Makes what the units contribute to again, in all editions for which that is stored. The caller holds the locks of `lockUnits`. */
export const renewContributions = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await unitsChanged(em);
  const { rows } = await sql<EditionDays>`
    select id, starts_on as "startsOn", (select min(n.starts_on) from edition n where n.starts_on > e.starts_on) as next
    from edition e where contributed order by id`.execute(em.getKysely());
  await sql`update edition set records_counted = false where contributed`.execute(em.getKysely());
  for (const edition of rows) {
    await sql`delete from contribution where edition_id = ${edition.id} and unit_id = any(${units}::int[])`.execute(em.getKysely());
    await storeContributions(em, edition, units);
  }
};
