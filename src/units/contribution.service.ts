import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { oneAtATime, type Turn } from "../db/one-at-a-time.ts";
import type { Reader } from "../db/reader.ts";
import { type EditionDays, storeContributions } from "./contribution.store.ts";
import { lockRollups, unitsChanged } from "./rollup-version.store.ts";

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
  for (const { id } of missing.rows)
    await oneAtATime(
      em,
      () =>
        em.transactional(async (locked) => {
          await lockContributions(locked);
          await makeContributionsWithin(locked, [id]);
        }),
      turn,
    );
};

/** The same within a transaction that holds the lock. */
export const makeContributionsWithin = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  const { rows } = await missingOf(editionIds).execute(em.getKysely());
  for (const edition of rows) {
    await storeContributions(em, edition, null);
    await sql`update edition set contributed = true where id = ${edition.id}`.execute(em.getKysely());
  }
  if (rows.length > 0) await sql`select analyze_contribution()`.execute(em.getKysely());
};

const lockContributions = (em: EntityManager) => sql`select pg_advisory_xact_lock(hashtext('cchc contribution'))`.execute(em.getKysely());

/** Who changes units waits here for the others that do, and for what is being made of units, until its transaction ends. */
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
