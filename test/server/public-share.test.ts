import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { type ServerOptions, startServer } from "../../src/server/server.ts";
import { NOW, UNBOUNDED } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { issueKey } from "../support/key.ts";
import { codeOf, messageOf, post, type Posted } from "../support/post.ts";

const LONG_MS = 60_000;
const HELD = { query: '{ unit(code: "048", asOf: "2022-12-31") { figures(period: "2022") { measure } } }' };
const FREE = { query: '{ unit(code: "048", asOf: "2022-12-31") { name } }' };

let database: TestDatabase;
/** Its statements wait for locks as long as a test takes. */
let patient: Database;
let key: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  key = { authorization: `Bearer ${await issueKey(database, "All", { VN: "VIEWER" })}` };
  patient = await openDatabase({ databaseUrl: database.url, dataDir: "", lockMs: LONG_MS, statementMs: LONG_MS, poolWaitMs: LONG_MS });
});
afterAll(async () => {
  await patient.close();
  await database.close();
});

const serve = async (options: ServerOptions = {}) => {
  const server = await startServer(() => patient.pools, {
    ...{
      host: "127.0.0.1",
      port: 0,
      clock: () => NOW,
      ...UNBOUNDED,
      statementMsPublic: LONG_MS,
      keptAnswers: 0,
      trustedProxies: "127.0.0.1",
    },
    ...options,
  });
  onTestFinished(() => server.close());
  return server.url;
};
const from = (n: number) => ({ "x-forwarded-for": `192.0.2.${n}` });

/** Nobody reads the table until it is let go. */
const hold = async (table: string) => {
  const [locker, watcher] = [1, 2].map(() => new Client({ connectionString: database.url })) as [Client, Client];
  await Promise.all([locker.connect(), watcher.connect()]);
  await locker.query(`begin; lock table ${table} in access exclusive mode`);
  const letGo = () => locker.query("rollback");
  onTestFinished(async () => {
    await letGo();
    await Promise.all([locker.end(), watcher.end()]);
  });
  const waiting = async (): Promise<number> => {
    const text = "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await watcher.query<{ n: number }>(text)).rows[0]!.n;
  };
  return { letGo, reaches: (count: number) => expect.poll(waiting, { timeout: LONG_MS }).toBe(count), waiting };
};

describe("one request", () => {
  it("holds at most three connections, however many lists it counts, and is answered all the same", async () => {
    const url = await serve();
    const counts = Array.from(
      { length: 12 },
      (_, n) => `a${n}: dossiers(filter: { received: "2025-${String(n + 1).padStart(2, "0")}" }, first: 1) { totalCount }`,
    );
    const { letGo, reaches, waiting } = await hold("dossier");
    const asked = post(url, { query: `{ ${counts.join(" ")} }` }, key);
    await reaches(3);
    // Others come through meanwhile, one after the other.
    for (let n = 0; n < 3; n++) expect((await post(url, FREE)).status).toBe(200);
    expect(await waiting()).toBe(3);
    await letGo();
    const answer = await asked;
    expect(answer.body.errors).toBeUndefined();
    expect(Object.values(answer.body.data as object)).toHaveLength(12);
  });
});

describe("callers without a key", () => {
  it("run two statements per address concurrently; the others wait, and callers with a key do not", async () => {
    const url = await serve({ statementsAddress: 2 });
    const { letGo, reaches, waiting } = await hold("figure");
    const asked = Array.from({ length: 6 }, () => post(url, HELD, from(1)));
    await reaches(2);
    const other = post(url, HELD, from(2));
    await reaches(3);
    expect((await post(url, FREE, { ...key, ...from(1) })).status).toBe(200);
    expect((await post(url, FREE, from(2))).status).toBe(200);
    expect(await waiting()).toBe(3);
    await letGo();
    for (const { status, body } of await Promise.all([...asked, other])) expect([status, body.errors]).toEqual([200, undefined]);
  });

  it("take half of the connections together", async () => {
    const url = await serve({ statementsAddress: 2 });
    const { letGo, reaches, waiting } = await hold("figure");
    const asked = Array.from({ length: 12 }, (_, n) => post(url, HELD, from(n)));
    await reaches(patient.pools.limits.poolSize / 2);
    expect((await post(url, FREE, key)).status).toBe(200);
    const valid = Array.from({ length: 4 }, () => post(url, HELD, key));
    await reaches(patient.pools.limits.poolSize / 2 + valid.length);
    expect(await waiting()).toBeLessThan(patient.pools.limits.poolSize);
    await letGo();
    for (const { status } of await Promise.all([...asked, ...valid])) expect(status).toBe(200);
  });

  it("release their places when they disconnect, running or waiting", async () => {
    const url = await serve({ statementsAddress: 2 });
    const { reaches } = await hold("figure");
    const hangUp = new AbortController();
    const body = JSON.stringify(HELD);
    const headers = { "content-type": "application/json", ...from(1) };
    const asked = Array.from({ length: 6 }, () => fetch(url, { method: "POST", headers, body, signal: hangUp.signal }));
    await reaches(2);
    hangUp.abort();
    for (const one of asked) await expect(one).rejects.toThrow();
    await reaches(0);
    expect((await post(url, FREE, from(1))).status).toBe(200);
  });

  it("have shorter statements, which end in PostgreSQL, too", async () => {
    const url = await serve({ statementMsPublic: 300 });
    const { reaches } = await hold("figure");
    const answer = await post(url, HELD);
    expect([answer.status, codeOf(answer)]).toEqual([504, "TIMEOUT"]);
    await reaches(0);
    const keyed = post(url, HELD, key);
    await reaches(1);
    expect((await post(url, FREE)).status).toBe(200);
    await expect(Promise.race([keyed, Promise.resolve("still asking")])).resolves.toBe("still asking");
  });

  it("get 503 if too many of their address wait", async () => {
    const crowded = await openDatabase({ databaseUrl: database.url, dataDir: "", lockMs: LONG_MS, statementMs: LONG_MS, poolQueue: 1 });
    const server = await startServer(() => crowded.pools, {
      port: 0,
      clock: () => NOW,
      ...UNBOUNDED,
      statementMsPublic: LONG_MS,
      statementsAddress: 2,
      keptAnswers: 0,
    });
    const { letGo, reaches } = await hold("figure");
    const asked = Array.from({ length: 6 }, () => post(server.url, HELD));
    await reaches(2);
    const first: Posted = await Promise.any(asked);
    expect([first.status, codeOf(first)]).toEqual([503, "SERVICE_UNAVAILABLE"]);
    expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(0);
    await letGo();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(3);
    await server.close();
    await crowded.close();
  });
});

describe("the cost of an address without a key per minute", () => {
  const TREE = { query: '{ unit(code: "04", asOf: "2022-12-31") { descendants(first: 60) { nodes { name } } } }' };

  it("is limited in rows: above it operations are refused with Retry-After, and cheap ones are answered", async () => {
    const url = await serve({ costAddress: 100, metricsPort: null });
    expect((await post(url, TREE, from(1))).status).toBe(200);
    for (let n = 0; n < 3; n++) {
      const over = await post(url, TREE, from(1));
      expect([over.status, codeOf(over)]).toEqual([429, "RATE_LIMITED"]);
      const after = Number(over.headers.get("retry-after"));
      expect(after).toBeGreaterThan(0);
      expect(after).toBeLessThanOrEqual(60);
      expect(over.body.errors![0]!.extensions).toMatchObject({ retryAfter: after });
      expect(over.body.extensions).toEqual({ cost: { requested: 61, maximum: 100_000 } });
      expect(messageOf(over)).toMatch(
        /^COST_ADDRESS: this operation may read 61 rows, and this address has 39 of 100 rows left in this minute; try again in \d+ s, or with a key$/,
      );
    }
    expect((await post(url, FREE, from(1))).status).toBe(200);
    expect((await post(url, TREE, from(2))).status).toBe(200);
    for (let n = 0; n < 3; n++) expect((await post(url, TREE, { ...from(1), ...key })).status).toBe(200);
  });

  it("is not bounded for a router that sends its secret, nor where the setting is 0", async () => {
    const secret = "a-secret-of-the-router";
    const routed = await serve({ costAddress: 100, gatewaySecret: secret });
    for (let n = 0; n < 3; n++) expect((await post(routed, TREE, { "x-gateway-secret": secret })).status).toBe(200);
    const unbounded = await serve({ costAddress: 0 });
    for (let n = 0; n < 3; n++) expect((await post(unbounded, TREE)).status).toBe(200);
  });
});
