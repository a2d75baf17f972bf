import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { applyDeltas, lockCounters, noteDeltas, renewTrees } from "./count.store.ts";
import { pauseColumns } from "./count.event.ts";

/** Counts all dossiers if no counters exist yet, and adds the counters up to the units of the editions; runs in a transaction of the database owner. */
export const countAgain = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  const db = em.getKysely();
  const key = randomUUID();
  const deltas = sql.table(`dossier_delta_${key.replaceAll("-", "")}`);
  await lockCounters(em);
  await sql`create unlogged table ${deltas} (like dossier_delta including defaults)`.execute(db);
  await noteDeltas(em, { key, deltas }, [
    { dossiers: sql`dossier d`, pauses: sql`(select ${pauseColumns} from dossier_pause p) p`, sign: 1 },
  ]);
  await sql`analyze ${deltas}`.execute(db);
  await applyDeltas(em, { key, deltas });
  await sql`drop table ${deltas}`.execute(db);
  await renewTrees(em, editionIds);
  await sql`update edition set records_counted = true where id = any(${editionIds}::int[])`.execute(db);
};
