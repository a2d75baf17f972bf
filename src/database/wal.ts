import type { MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";

/** So many segments of 16 MB may lie ready; more are of a time when they were kept for later. */
const MOST_READY = 2;

/**
 * Gives back the disk that PostgreSQL's log of changes takes, now that what it tells of is written. Segments that lie ready for changes to come are given back
 * when they have been used. For a superuser.
 */
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
