import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { applyDeltas, lockCounters, noteDeltas, renewTrees } from "./count.store.ts";
import { recordKinds } from "./record-kinds.ts";
import type { RecordRules } from "./record-rules.ts";

/** Counts all records anew, and adds the counters up to the units of the editions; runs in a transaction of the database owner. */
export const countAgain = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  await lockCounters(em);
  for (const rules of recordKinds()) {
    await countKind(em, rules);
    await renewTrees(em, rules, editionIds);
  }
  await sql`update edition set records_counted = true where id = any(${editionIds}::int[])`.execute(em.getKysely());
};

const countKind = async (em: EntityManager, rules: RecordRules): Promise<void> => {
  const db = em.getKysely();
  const { units, details } = rules.tables;
  // A later migration may have counted what an older backup contains.
  for (const table of [units, ...(details ? [details.table] : [])]) await sql`delete from ${sql.table(table)}`.execute(db);
  const key = randomUUID();
  const deltas = sql.table(`${rules.tables.deltas}_${key.replaceAll("-", "")}`);
  await sql`create unlogged table ${deltas} (like ${sql.table(rules.tables.deltas)} including defaults)`.execute(db);
  await noteDeltas(em, rules, { key, deltas }, [rules.eventsOf(null)]);
  await sql`analyze ${deltas}`.execute(db);
  await applyDeltas(em, rules, { key, deltas });
  await sql`drop table ${deltas}`.execute(db);
};
