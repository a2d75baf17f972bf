import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";

/** Deletes all rows of the tables and of those that refer to them. To truncate them takes ten times as long, for that makes each table anew. */
export const empty = async (em: EntityManager, tables: readonly string[]): Promise<void> => {
  const { rows } = await sql<{ name: string }>`
    with recursive named as (
      select unnest(${tables}::text[])::regclass::oid as id
      union select c.conrelid from named n join pg_constraint c on c.contype = 'f' and c.confrelid = n.id
    ) select id::regclass::text as name from named`.execute(em.getKysely());
  await em.transactional(async (inside) => {
    await sql`set local session_replication_role = replica`.execute(inside.getKysely());
    for (const { name } of rows) await sql`delete from ${sql.table(name)}`.execute(inside.getKysely());
  });
};
