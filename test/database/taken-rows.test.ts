import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { Reader } from "../../src/database/reader.ts";
import type { Query } from "../../src/database/template.ts";
import { createDatabase, PATIENT, type TestDatabase } from "../support/database.ts";

let created: TestDatabase;
let database: Database;
/** Holds a lock that a statement waits for between its rows. */
let holder: Client;
beforeAll(async () => {
  created = await createDatabase("EMPTY");
  database = await openDatabase({ databaseUrl: created.url, dataDir: "", ...PATIENT, poolSize: 1 });
  holder = new Client({ connectionString: created.url });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await database.close();
  await created.close();
});

interface Row {
  readonly n: number;
  readonly data: string | null;
}

const LOCK = 4711;
/** Rows that fill what PostgreSQL sends at once, then, once the lock is free, another. */
const rowsAroundLock = (width: number) => sql<Row>`
  select n, repeat('x', ${width}::int) as data from generate_series(1, 20) n
  union all select 21, pg_advisory_xact_lock_shared(${LOCK})::text`;

/** What has been sent of rows comes before the error of a lost connection, so the lock stands before all. */
const rowsAfterLock = sql<Row>`
  select 0 as n, pg_advisory_xact_lock_shared(${LOCK})::text as data union all select n, '' from generate_series(1, 20) n`;

const hold = () => holder.query(`select pg_advisory_lock(${LOCK})`);
const release = () => holder.query(`select pg_advisory_unlock(${LOCK})`);

const until = async (holds: () => unknown): Promise<void> => {
  while (!(await holds())) await sleep(10);
};

const waiting = async () => {
  const { rows } = await holder.query<{ pid: number }>("select pid from pg_locks where locktype = 'advisory' and not granted");
  return rows[0]?.pid;
};

const endWaiting = async () => {
  await until(waiting);
  await holder.query("select pg_terminate_backend($1)", [await waiting()]);
};

const taking = (query: Query<Row>) => {
  const taken: Row[] = [];
  return { taken, ended: new Reader(database.pools).each(query, (row) => taken.push(row)) };
};

describe("rows that are taken as they come", () => {
  it("are there before the statement ends, by the types of other reads", async () => {
    await hold();
    const { taken, ended } = taking(rowsAroundLock(10_000));
    await until(() => taken.length > 10);
    expect(await waiting()).toBeDefined();
    expect(taken[0]).toEqual({ n: 1, data: "x".repeat(10_000) });
    await release();
    await ended;
    expect(taken.map(({ n }) => n)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
  });

  it("are the same from a prepared statement", async () => {
    for (const width of [1, 2]) {
      const { taken, ended } = taking(rowsAroundLock(width));
      await ended;
      expect(taken.slice(19)).toEqual([
        { n: 20, data: "x".repeat(width) },
        { n: 21, data: "" },
      ]);
    }
  });

  it("are not sent again where the connection is lost after some", async () => {
    await hold();
    const { taken, ended } = taking(rowsAroundLock(10_000));
    const failed = expect(ended).rejects.toMatchObject({ extensions: { code: "SERVICE_UNAVAILABLE" } });
    await until(() => taken.length > 10);
    await endWaiting();
    await failed;
    expect(new Set(taken.map(({ n }) => n)).size).toBe(taken.length);
    await release();
  });

  it("are asked for once more where it is lost before the first", async () => {
    await hold();
    const { taken, ended } = taking(rowsAfterLock);
    await endWaiting();
    await until(waiting);
    await release();
    await ended;
    expect(taken).toHaveLength(21);
  });

  it("end with what taking them throws, and leave the connection to others", async () => {
    const reader = new Reader(database.pools);
    const refused = reader.each(sql<{ n: number }>`select ${1}::int as n union all select 2`, ({ n }) => {
      throw new Error(`row ${n}`);
    });
    await expect(refused).rejects.toThrow();
    expect(await reader.rows(sql`select ${1}::int as n`)).toEqual([{ n: 1 }]);
  });
});
