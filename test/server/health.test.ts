import fastify from "fastify";
import { sql } from "kysely";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serveHealth } from "../../src/server/running/health.ts";
import { startServer } from "../../src/server/server.ts";
import { closeDatabase } from "../../src/server/running/shutdown.ts";
import { startService, type TestService } from "../support/client.ts";
import { createDatabase } from "../support/database.ts";

const readiness = async (url: string): Promise<[number, unknown]> => {
  const response = await fetch(new URL("/readyz", url));
  return [response.status, await response.json()];
};

const post = (url: string): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ unit(code: \\"04\\") { name } }"}' });

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 1000) throw new Error("It never came to be");
    await new Promise((done) => setTimeout(done, 10));
  }
};

describe("without a database", () => {
  it("is alive, is not ready, and returns Retry-After", async () => {
    const server = await startServer(() => null, { port: 0 });
    onTestFinished(() => server.close());
    expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    expect(await readiness(server.url)).toEqual([503, { status: "not ready", problem: { database: "is not open yet" } }]);
    const answer = await post(server.url);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] });
  });

  it("is not ready from the moment it stops", async () => {
    const app = fastify();
    serveHealth(app, { pools: () => null, isStopping: () => true });
    const { statusCode, body } = await app.inject("/readyz");
    expect([statusCode, JSON.parse(body)]).toEqual([503, { status: "not ready", problem: { process: "is stopping" } }]);
    expect((await app.inject("/livez")).statusCode).toBe(200);
  });
});

describe("with a database", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("EMPTY");
  });
  afterAll(() => service.close());

  it("is ready while its pool answers, and again when it does", async () => {
    const { server, database } = service;
    expect(await readiness(server.url)).toEqual([200, { status: "ready" }]);
    const { requests, limits } = database.pools;
    let release = () => {};
    const released = new Promise<void>((done) => (release = done));
    onTestFinished(() => release());
    let taken = 0;
    const holders = Array.from({ length: limits.poolSize }, () =>
      requests.em.fork().transactional(async (em) => {
        await sql`select 1`.execute(em.getKysely());
        taken++;
        await released;
      }),
    );
    await until(async () => taken === limits.poolSize);
    const probes = await Promise.all([readiness(server.url), readiness(server.url), readiness(server.url)]);
    for (const [status, body] of probes)
      expect([status, body]).toEqual([503, { status: "not ready", problem: { database: "did not answer within 1000 ms" } }]);
    expect(database.pools.waiting()).toBeLessThanOrEqual(1);
    expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    release();
    await Promise.all(holders);
    expect(await readiness(server.url)).toEqual([200, { status: "ready" }]);
  });
});

describe("an orderly stop", () => {
  const opened = async (url: string, text: string): Promise<{ socket: Socket; closed: Promise<void>; received: () => string }> => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let received = "";
    socket.on("data", (bytes) => (received += String(bytes))).on("error", () => {});
    const closed = new Promise<void>((done) => socket.once("close", () => done()));
    await new Promise<void>((done) => socket.once("connect", () => done()));
    if (text) await new Promise<void>((done) => void socket.write(text, () => done()));
    return { socket, closed, received: () => received };
  };
  const HALF = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";

  it("is valid up neither by connections that ask nothing nor, beyond the grace, by one that never ends asking", async () => {
    const server = await startServer(() => null, { port: 0, graceMs: 300 });
    const silent = await opened(server.url, "");
    const idle = await opened(server.url, "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    const slow = await opened(server.url, HALF);
    await until(async () => idle.received().includes("live"));
    await server.close();
    await Promise.all([silent.closed, idle.closed, slow.closed]);
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("cancels running statements in the database", async () => {
    const [database, other] = [await createDatabase("EMPTY"), await createDatabase("EMPTY")];
    onTestFinished(async () => {
      await other.close();
      await database.close();
    });
    const { requests, builds } = database.pools;
    const outcomes = Promise.allSettled([requests, builds].map(({ em }) => sql`select pg_sleep(60)`.execute(em.fork().getKysely())));
    const name = new URL(database.url).pathname.slice(1);
    const sleeping = async (count: number): Promise<boolean> => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
        where datname = ${name} and query = 'select pg_sleep(60)' and state = 'active'`.execute(other.orm.em.fork().getKysely());
      return rows[0]!.n === count;
    };
    await until(() => sleeping(2));
    await closeDatabase(database);
    expect(await sleeping(0)).toBe(true);
    const codes = (await outcomes).map((outcome) => outcome.status === "rejected" && (outcome.reason as { code: string }).code);
    expect(codes).toEqual(["57014", "57014"]);
  });
});
