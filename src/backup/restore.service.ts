import type { EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLock } from "../database/locks.ts";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Pool, PoolClient } from "pg";
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams";
import { rowsOf } from "../database/reader.ts";
import { countAgain } from "../counters/count-again.service.ts";
import { type Recount, recount } from "../counters/recount.service.ts";
import "../records.ts";
import { makeContributions } from "../hierarchy/contribution.service.ts";
import type { Day } from "../lib/time/date.ts";
import { type FoundTable, MIGRATIONS, quoted, TABLES, copied } from "./backup.service.ts";
import { type Contents, rowsOfBackup } from "./backup-file.ts";
import { editionDayOn } from "../hierarchy/sql.ts";

/** Tracks the connections of a pool, to find the one of a transaction. */
export const trackClients = () => {
  const clients = new Set<PoolClient>();
  return {
    onPool: (pool: Pool) => void pool.on("connect", (client) => clients.add(client)).on("remove", (client) => clients.delete(client)),
    of: async (em: EntityManager): Promise<PoolClient> => {
      const [row] = await rowsOf(em).rows(sql<{ pid: number }>`select pg_backend_pid() as pid`);
      return [...clients].find((client) => (client as PoolClient & { readonly processID: number }).processID === row!.pid)!;
    },
  };
};

export interface Restoring {
  /** Connection of the owner, whose pool is tracked. */
  readonly orm: MikroORM;
  readonly clients: ReturnType<typeof trackClients>;
  readonly path: string;
  readonly contents: Contents;
  readonly today: Day;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Restores a verified backup into an empty database in one transaction, at the schema of the backup, and then migrates it. Derived data is built again and checked. @throws
 * Error if the database is not empty or a check fails; it then rolls back.
 */
export const restore = async (restoring: Restoring): Promise<Recount> => {
  const { orm, signal } = restoring;
  await checkEmpty(orm.em.fork());
  // Creates the table of migrations if missing.
  await orm.migrator.getPending();
  signal.throwIfAborted();
  try {
    return await orm.em.fork().transactional((em) => restoreWithin(em, restoring));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

const restoreWithin = async (em: EntityManager, { orm, clients, path, contents, today, signal, say }: Restoring): Promise<Recount> => {
  const { migrator } = orm;
  const { manifest, ending } = contents;
  const client = await clients.of(em);
  signal.addEventListener("abort", () => cut(client));
  const run = async (text: string) => void (await sql.raw(text).execute(em.getKysely()));
  // Blocks a service that starts meanwhile.
  await takeLock(em, "migration");
  await checkEmpty(em);
  const transaction = em.getTransactionContext()!;
  await migrator.up({ migrations: manifest.migrations.map(({ name }) => name), transaction });
  say(`filling ${manifest.tables.length} tables`);
  await fill(client, path, contents, signal);
  for (const { name, value, isCalled } of ending.sequences)
    await sql`select setval(${quoted(name)}::regclass, ${value}::bigint, ${isCalled})`.execute(em.getKysely());
  await run("analyze");
  signal.throwIfAborted();
  const newer = await migrator.up({ transaction });
  if (newer.length > 0) say(`executed ${newer.length} later migrations`);
  say("counting the records");
  const editions = await editionsFrom(em, today);
  await makeContributions(em, editions);
  await countAgain(em, editions);
  await run("analyze");
  signal.throwIfAborted();
  const found = await recount(em, null);
  if (Object.values(found.differences).some((rows) => rows > 0))
    throw new Error(`the recount differs from the records: ${JSON.stringify(found.differences)}; nothing was stored`);
  signal.throwIfAborted();
  return found;
};

/** PostgreSQL rolls back an interrupted COPY. */
const cut = (client: PoolClient) => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

/** A failed restore leaves an empty table of migrations. */
const checkEmpty = async (em: EntityManager): Promise<void> => {
  const rows = rowsOf(em);
  const tables = await rows.rows(sql.raw<FoundTable>(TABLES));
  const isLeft = tables.length === 1 && tables[0]!.name === MIGRATIONS;
  if (tables.length === 0 || (isLeft && (await rows.rows(sql`select from ${sql.table(MIGRATIONS)} limit 1`)).length === 0)) return;
  throw new Error(
    `the database must be empty, and has ${tables.length} tables: stop its service and move DATA_DIR away, or create another database; nothing was changed`,
  );
};

const editionsFrom = async (em: EntityManager, today: Day): Promise<number[]> =>
  (
    await rowsOf(em).rows(sql<{ id: number }>`
      select id from edition where starts_on >= ${editionDayOn(sql`${today}`)} order by id`)
  ).map(({ id }) => id);

const fill = async (client: PoolClient, path: string, { manifest, ending }: Contents, signal: AbortSignal): Promise<void> => {
  const rows = rowsOfBackup(path);
  let next = await rows.next();
  for (const table of manifest.tables) {
    const stream = client.query(copyFrom(`copy ${copied(table)} from stdin`));
    const done = finished(stream);
    done.catch(() => {});
    try {
      for (; !next.done && next.value.table === table.name; next = await rows.next()) {
        signal.throwIfAborted();
        await write(stream, next.value.data, done);
      }
      stream.end();
      await done;
    } catch (error) {
      // The server waits for more data until the stream is destroyed.
      stream.destroy();
      await done.catch(() => {});
      throw error;
    }
    if (stream.rowCount !== ending.rows[table.name])
      throw new Error(`${path}: ${table.name} has ${stream.rowCount} rows instead of ${ending.rows[table.name]}; nothing was stored`);
  }
};

const write = async (stream: CopyStreamQuery, data: Buffer, done: Promise<void>): Promise<void> => {
  if (!stream.write(data)) await Promise.race([once(stream, "drain"), done]);
};
