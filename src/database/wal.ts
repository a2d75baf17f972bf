import type { MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";

/** Maximum number of recycled WAL segments of 16 MB; more remain from a time of larger load. */
const MOST_READY = 2;

/** Frees disk space of PostgreSQL's write-ahead log after a checkpoint; recycled segments are freed after their use. Requires a superuser. */
export const trimLog = async (orm: MikroORM): Promise<void> => {
  const db = orm.em.fork().getKysely();
  await sql`checkpoint`.execute(db);
  const { rows } = await sql<{ ready: number }>`
    select count(*)::int as ready from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' and name > pg_walfile_name(pg_current_wal_lsn())`.execute(
    db,
  );
  const { ready } = rows[0]!;
  if (ready <= MOST_READY) return;
  for (let used = 0; used < ready; used++) {
    await sql`select pg_logical_emit_message(false, 'cchc', 'trimmed')`.execute(db);
    await sql`select pg_switch_wal()`.execute(db);
  }
  await sql`checkpoint`.execute(db);
};
