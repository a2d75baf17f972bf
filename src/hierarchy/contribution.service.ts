import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { busy } from "../database/failure.ts";
import { takeLock, tryLock } from "../database/locks.ts";
import { oneAtATime, type Turn } from "../database/one-at-a-time.ts";
import { type Reader, rowsOf } from "../database/reader.ts";
import { storeContributions } from "./contribution.store.ts";
import { presentHierarchy } from "./current-hierarchy.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { readHierarchy, readHierarchyVersion } from "./hierarchy.store.ts";
import { contributionsVersion, lockRollups, unitsChanged } from "./rollup-version.store.ts";

/** Stores the contributions of every unit to each of the editions if they are missing: one transaction per edition, once for concurrent callers. */
export const ensureContributions = async (reader: Reader, editionIds: readonly number[]): Promise<void> => {
  const missing = await reader.rows(missingOf(editionIds));
  if (missing.length > 0) await reader.build((em, turn) => makeContributions(em, editionIds, turn));
};

const missingOf = (editionIds: readonly number[]) =>
  sql<{ id: number }>`select id from edition where id = any(${editionIds}::int[]) and not contributed order by starts_on desc`;

export const makeContributions = async (em: EntityManager, editionIds: readonly number[], turn: Turn = {}): Promise<void> => {
  const missing = await missingOf(editionIds).execute(em.getKysely());
  for (const { id } of missing.rows) await oneAtATime(em, () => makeOf(em, id), turn);
};

const ATTEMPTS = 10;

/** Rolls back contributions whose units have changed meanwhile. */
class UnitsChanged extends Error {}

const makeOf = async (em: EntityManager, editionId: number): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++)
    try {
      return await em.transactional((making) => makeBesideChanges(making, editionId));
    } catch (error) {
      if (!(error instanceof UnitsChanged)) throw error;
      await em.transactional(lockContributions);
    }
  throw busy();
};

/** Does not block changes of units: it holds their lock only from the version check to the commit. Concurrent builds wait for each other by a lock of their own. */
const makeBesideChanges = async (em: EntityManager, editionId: number): Promise<void> => {
  await takeLock(em, "contributionMaking");
  const version = await contributionsVersion(em);
  const rows = rowsOf(em);
  await storeMissing(em, [editionId], async () => presentHierarchy(rows, await readHierarchyVersion(rows)));
  if (!(await tryLock(em, "contributions")) || (await contributionsVersion(em)) !== version) throw new UnitsChanged();
};

/** Statistics serve a table that grows by a fifth; new ones for each edition would take a third of the time. */
const analyzeGrown = sql`
  select analyze_contribution() from pg_class
  where oid = 'contribution'::regclass and 1.2 * relpages <= pg_relation_size(oid) / current_setting('block_size')::int`;

/** Requires a transaction that excludes other changes of units. */
export const makeContributionsWithin = (em: EntityManager, editionIds: readonly number[]) =>
  storeMissing(em, editionIds, () => changedHierarchy(em));

/** The units as the transaction has changed them. */
const changedHierarchy = (em: EntityManager): Promise<Hierarchy> => readHierarchy(rowsOf(em));

const storeMissing = async (em: EntityManager, editionIds: readonly number[], read: () => Promise<Hierarchy>): Promise<void> => {
  const { rows } = await missingOf(editionIds).execute(em.getKysely());
  if (rows.length === 0) return;
  const missing = rows.map(({ id }) => id);
  await storeContributions(em, await read(), missing, null);
  await sql`update edition set contributed = true where id = any(${missing}::int[])`.execute(em.getKysely());
  await analyzeGrown.execute(em.getKysely());
};

const lockContributions = (em: EntityManager) => takeLock(em, "contributions");

/** Waits for other changes of units and holds their lock until the transaction ends. */
export const lockUnits = async (em: EntityManager): Promise<void> => {
  // Stored roll-ups depend on contributions, so their lock is first in the lock order.
  await lockRollups(em);
  await lockContributions(em);
};

/** Rebuilds the contributions of the units in all editions that store them. The caller holds the locks of `lockUnits`. */
export const renewContributions = async (em: EntityManager, units: readonly number[]): Promise<void> => {
  if (units.length === 0) return;
  await unitsChanged(em);
  const db = em.getKysely();
  const { rows } = await sql<{ id: number }>`update edition set records_counted = false where contributed returning id`.execute(db);
  const editions = rows.map(({ id }) => id);
  if (editions.length === 0) return;
  await sql`delete from contribution where edition_id = any(${editions}::int[]) and unit_id = any(${units}::int[])`.execute(db);
  await storeContributions(em, await changedHierarchy(em), editions, units);
};
