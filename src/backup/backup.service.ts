import { Client } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { inOrder, type Table } from "../database/citus/distribution.ts";
import { type BackedUpTable, type Contents, FORMAT, writeBackup } from "./backup-file.ts";
import { checkMigrations, readMigrationFiles } from "./migration-files.ts";

/** Derived tables, which a restore or the first read builds again. */
export const DERIVED_TABLES: readonly string[] = [
  ...["contribution", "dossier_count", "dossier_unit_count", "dossier_tree_count", "task_unit_count", "task_tree_count"],
  ...["rollup_set", "dossier_rollup", "task_rollup", "service_rollup", "rollup_source", "rollup_knowledge", "rollup_version"],
];
const DERIVED_COLUMNS: Readonly<Record<string, readonly string[]>> = { edition: ["contributed", "records_counted"] };

export const MIGRATIONS = "mikro_orm_migrations";

/** Logged tables, and the tables that their foreign keys refer to. */
export const TABLES = `
  select c.relname as name, array(select distinct f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid and f.contype = 'f') as "refersTo",
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p' order by 1`;

export type FoundTable = Table & { readonly columns: readonly string[] };

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const copied = ({ name, columns }: BackedUpTable) => `${quoted(name)} (${columns.map(quoted).join()})`;

/** These settings give one text format for values on every server. */
const SESSION = `set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set client_encoding = 'UTF8';
  set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; set row_security = off`;

export interface BackedUp {
  readonly bytes: number;
  readonly rows: number;
  readonly tables: number;
}

/** Writes all data that cannot be derived to a file, from one snapshot; readers and writers are not blocked. */
export const backUp = async (url: string, path: string, signal: AbortSignal): Promise<BackedUp> => {
  const client = new Client({ connectionString: url, application_name: "cchc-graph backup" });
  client.on("error", () => {});
  // PostgreSQL rolls back an interrupted statement.
  const cut = () => void client.end();
  await client.connect();
  try {
    signal.throwIfAborted();
    signal.addEventListener("abort", cut);
    await client.query(SESSION);
    await client.query("begin isolation level repeatable read read only");
    return await writeSnapshot(client, path);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", cut);
    await client.end().catch(() => {});
  }
};

const writeSnapshot = async (client: Client, path: string): Promise<BackedUp> => {
  const { rows: found } = await client.query<FoundTable>(TABLES);
  if (found.every(({ name }) => name !== MIGRATIONS))
    throw new Error("the database has no tables of cchc-graph; there is nothing to back up");
  const stored = found.filter(({ name }) => name !== MIGRATIONS && !DERIVED_TABLES.includes(name));
  const tables = inOrder(stored).map((name) => {
    const { columns } = stored.find((table) => table.name === name)!;
    return { name, columns: columns.filter((column) => !DERIVED_COLUMNS[name]?.includes(column)) };
  });
  // Blocks changes of the table definitions.
  if (tables.length > 0) await client.query(`lock table ${tables.map(({ name }) => quoted(name)).join()} in access share mode`);
  const counts: Record<string, number> = {};
  const manifest = { format: FORMAT, madeAt: new Date().toISOString(), migrations: await migrationsOf(client), tables } as const;
  const bytes = await writeBackup(
    path,
    manifest,
    (table) => rowsOf(client, table, counts),
    async () => ({
      rows: counts,
      sequences: await sequencesOf(client),
    }),
  );
  return { bytes, tables: tables.length, rows: Object.values(counts).reduce((sum, count) => sum + count, 0) };
};

const migrationsOf = async (client: Client): Promise<Contents["manifest"]["migrations"]> => {
  const files = await readMigrationFiles();
  const { rows } = await client.query<{ name: string }>(
    `select regexp_replace(name, '\\.[jt]s$', '') as name from ${MIGRATIONS} order by id`,
  );
  const run = rows.map(({ name }) => files.find((one) => one.name === name) ?? { name, sha256: "" });
  checkMigrations(files, run, "the database");
  return run;
};

async function* rowsOf(client: Client, table: BackedUpTable, counts: Record<string, number>): AsyncGenerator<Buffer> {
  const stream = client.query(copyTo(`copy ${copied(table)} to stdout`));
  yield* stream as AsyncIterable<Buffer>;
  counts[table.name] = stream.rowCount;
}

/** Sequences are read last, so that they are ahead of the snapshot. */
const sequencesOf = async (client: Client): Promise<Contents["ending"]["sequences"]> => {
  const { rows } = await client.query<{ name: string }>(
    "select sequencename as name from pg_sequences where schemaname = 'public' order by 1",
  );
  const found: { name: string; value: string; isCalled: boolean }[] = [];
  for (const { name } of rows) {
    if (name.startsWith(MIGRATIONS)) continue;
    const state = await client.query<{ value: string; isCalled: boolean }>(
      `select last_value::text as value, is_called as "isCalled" from ${quoted(name)}`,
    );
    found.push({ name, ...state.rows[0]! });
  }
  return found;
};
