import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Lock, lockSession, shareLock, takeLock, takeLocks, tryLock, tryLockSession } from "../../src/database/locks.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

/** As earlier versions of the service name them in their statements, which may run beside this one. */
const STATED: Record<Lock, string> = {
  server: "cchc server",
  role: "cchc role",
  migration: "cchc migration",
  unitsApply: "cchc units apply",
  rollups: "cchc rollup",
  contributionMaking: "cchc contribution making",
  contributions: "cchc contribution",
  stage: "cchc stage",
  taskKey: "cchc task key",
  taskFamily: "cchc task family",
  sourceName: "cchc source name",
  source: "cchc source",
  procedures: "cchc procedures",
  completeness: "cchc complete",
  counters: "cchc dossier counts",
  rubric: "cchc rubric",
  assessmentCycle: "cchc assessment cycle",
  keys: "cchc keys",
  workCalendar: "cchc work calendar",
};

let database: TestDatabase;
let earlier: Client;
beforeAll(async () => {
  database = await createDatabase("EMPTY");
  earlier = new Client({ connectionString: database.url });
  await earlier.connect();
});
afterAll(async () => {
  await earlier.end();
  await database.close();
});

const isFree = async (key: string): Promise<boolean> => {
  const { rows } = await earlier.query<{ free: boolean }>(`select pg_try_advisory_lock(${key}) as free`);
  if (rows[0]!.free) await earlier.query(`select pg_advisory_unlock(${key})`);
  return rows[0]!.free;
};

it.each(Object.entries(STATED) as [Lock, string][])("the lock %s excludes an earlier version, which names it %j", async (lock, name) => {
  const key = `hashtext('${name}')`;
  await database.orm.em.fork().transactional(async (em) => {
    await takeLock(em, lock);
    await takeLock(em, lock, 7);
    await takeLock(em, lock, "a name");
    expect(await isFree(key)).toBe(false);
    expect(await isFree(`${key}, 7`)).toBe(false);
    expect(await isFree(`${key}, hashtext('a name')`)).toBe(false);
    expect(await isFree(`${key}, 8`)).toBe(true);
  });
  expect(await isFree(key)).toBe(true);
});

it("takes the locks of several numbers in one call, each once", async () => {
  await database.orm.em.fork().transactional(async (em) => {
    await takeLocks(em, "keys", [9, 3, 9]);
    expect(await isFree("hashtext('cchc keys'), 3")).toBe(false);
    expect(await isFree("hashtext('cchc keys'), 9")).toBe(false);
    expect(await isFree("hashtext('cchc keys'), 4")).toBe(true);
  });
});

it("shares a shared lock, and excludes an exclusive one", async () => {
  await database.orm.em.fork().transactional(async (em) => {
    await shareLock(em, "counters");
    const { rows } = await earlier.query("select pg_try_advisory_lock_shared(hashtext('cchc dossier counts')) as free");
    expect(rows).toEqual([{ free: true }]);
    await earlier.query("select pg_advisory_unlock_shared(hashtext('cchc dossier counts'))");
    expect(await isFree("hashtext('cchc dossier counts')")).toBe(false);
  });
});

it("tries a lock without waiting", async () => {
  await earlier.query("select pg_advisory_lock(hashtext('cchc rollup'))");
  expect(await database.orm.em.fork().transactional((em) => tryLock(em, "rollups"))).toBe(false);
  await earlier.query("select pg_advisory_unlock(hashtext('cchc rollup'))");
  expect(await database.orm.em.fork().transactional((em) => tryLock(em, "rollups"))).toBe(true);
});

it("holds a lock for a session until the session releases it", async () => {
  const session = new Client({ connectionString: database.url });
  await session.connect();
  await lockSession(session, "lock", "stage", "one");
  expect(await isFree("hashtext('cchc stage'), hashtext('one')")).toBe(false);
  expect(await tryLockSession(session, "stage", "other")).toBe(true);
  await lockSession(session, "unlock", "stage", "one");
  expect(await isFree("hashtext('cchc stage'), hashtext('one')")).toBe(true);
  expect(await isFree("hashtext('cchc stage'), hashtext('other')")).toBe(false);
  await session.end();
});

it("no other file of src contains the key of a lock", async () => {
  const files = (await readdir("src", { recursive: true })).filter((name) => name.endsWith(".ts") && name !== "database/locks.ts");
  const naming = [];
  for (const name of files) if (/hashtext\('cchc/.test(await readFile(join("src", name), "utf8"))) naming.push(name);
  expect(naming).toEqual([]);
});
