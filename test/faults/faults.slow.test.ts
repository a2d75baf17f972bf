import { describe, expect, it, onTestFinished } from "vitest";
import type { PoolLimits } from "../../src/database/database.ts";
import { statementsOf } from "../support/statements.ts";
import {
  beforeRows,
  expectAnswer,
  expectUnavailable,
  type Faulty,
  kept,
  nextRunning,
  READ,
  type Reply,
  running,
  slowReads,
  startFaulty,
  terminate,
  until,
} from "./faulty-service.ts";
import { PUBLISH, type SubmitAnswer, WITHDRAW } from "../support/reports.ts";

const start = async (limits: Partial<PoolLimits> = {}, connections?: number): Promise<Faulty> => {
  const world = await startFaulty(limits, connections);
  onTestFinished(() => world.close());
  return world;
};

/** What a test has made slow or forbidden is as before after it. */
const mended = (mend: () => Promise<void>): (() => Promise<void>) => {
  let isMended = false;
  const once = async () => {
    if (isMended) return;
    isMended = true;
    await mend();
  };
  onTestFinished(once);
  return once;
};

/** Of limits so narrow that a busy machine passes them, too: in the end there is an answer. */
const answering = (world: Faulty) =>
  until(async () => {
    const reply = await world.send(READ);
    if (reply.status === 200) expectAnswer(reply);
    return reply.status === 200;
  });

describe("a fault between the service and its database", () => {
  it("F2: a connection that dies in a read is replaced, and the read is repeated once; if that dies too, 503", async () => {
    const world = await start();
    expectAnswer(await world.send(READ));
    const mend = mended(await slowReads(world, 1));
    const once = world.send(READ);
    await terminate(world, "unit_version");
    expectAnswer(await once);
    const twice = world.send(READ);
    await terminate(world, "unit_version");
    await terminate(world, "unit_version");
    expectUnavailable(await twice);
    await mend();
    expectAnswer(await world.send(READ));
  });

  it.each([
    ["F3: a connection that dies", (world: Faulty) => terminate(world, "insert into figure")],
    [
      "F4: a network that is cut",
      async (world: Faulty) => {
        await nextRunning(world, "insert into figure");
        world.proxy.cut();
      },
    ],
  ])("%s in a transaction leaves nothing behind, and costs no place in the pool, in 20 repeats with a pool of one", async (_, fault) => {
    const world = await start({ poolSize: 1 });
    const mend = mended(await beforeRows(world, "figure", "perform pg_sleep(5)"));
    for (let n = 1; n <= 20; n++) {
      const sent = world.submit(`fault-${n}`);
      await fault(world);
      expectUnavailable(await sent);
    }
    expect(await kept(world, "fault-")).toMatchObject({ reports: 0, entries: 0 });
    await mend();
    expectAnswer(await world.send(READ));
    expect((await world.submit("fault-1")).status).toBe(200);
    expect(await kept(world, "fault-")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F5: where the answer to a commit is lost, the same report sent again exists once", async () => {
    const world = await start();
    world.proxy.road = { kind: "NO_REPLY_TO", after: "insert into audit_entry", text: "commit" };
    expectUnavailable(await world.submit("lost"));
    world.proxy.road = { kind: "OPEN" };
    expect(await kept(world, "lost")).toEqual({ reports: 1, figures: 1, entries: 1 });
    const again = await world.submit("lost");
    expect(again.body).toMatchObject({ data: { submitReport: { report: { state: "DRAFT" } } } });
    expect(await kept(world, "lost")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F7: a server without free connections causes 503, and is tried again later", async () => {
    const world = await start({ poolSize: 10 }, 6);
    expectAnswer(await world.send(READ));
    const mend = mended(await slowReads(world, 0.5));
    const replies = await Promise.all(Array.from({ length: 12 }, () => world.send(READ)));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) expectUnavailable(reply);
    for (const reply of replies.filter(({ status }) => status === 200)) expectAnswer(reply);
    await mend();
    expectAnswer(await world.send(READ));
  });

  it("F8: a server that swallows everything is waited for no longer than a statement may run, and forgotten nothing when it is back", async () => {
    const world = await start({ poolSize: 2, poolWaitMs: 500, statementMs: 500 });
    await answering(world);
    world.proxy.road = { kind: "BLACK_HOLE" };
    for (let n = 0; n < 3; n++) expectUnavailable(await world.send(READ));
    world.proxy.road = { kind: "OPEN" };
    await answering(world);
  });

  it("F9: a distant server costs one round trip per statement, however many units are requested", async () => {
    const world = await start();
    const tree =
      '{ unit(code: "04", asOf: "2022-12-31") { children { name dossiers(period: "2022") { received } children { name dossiers(period: "2022") { received } } } } }';
    await world.send(tree);
    const statements = (await statementsOf(() => world.send(tree))).length;
    world.proxy.road = { kind: "SLOW", ms: 100 };
    const far = await statementsOf(async () => expect((await world.send(tree)).status).toBe(200));
    expect(far.length).toBe(statements);
    expect(statements).toBeLessThanOrEqual(12);
  });

  it("F10: a statement that runs too long is cancelled in PostgreSQL, answered 504, and its connection is used again", async () => {
    const world = await start({ poolSize: 1, statementMs: 1000 });
    const mend = mended(await slowReads(world, 30));
    expect(await world.send(READ)).toMatchObject({ status: 504, code: "TIMEOUT" });
    await until(async () => (await running(world, "unit_version")).length === 0);
    await mend();
    await answering(world);
  });

  it("F11: if all connections are in use, callers beyond the waiting time get 503, and those beyond the queue immediately; health probes are answered", async () => {
    const world = await start({ poolSize: 3, poolWaitMs: 400, poolQueue: 20, lockMs: 120_000, statementMs: 120_000 });
    await answering(world);
    // Held until all others are refused: three reads take all connections for as long.
    await world.sql("begin");
    await world.sql("lock table unit_version in access exclusive mode");
    let refused = 0;
    const send = async () => {
      const reply = await world.send(READ);
      if (reply.status !== 200) refused++;
      return reply;
    };
    const replies = Promise.all(Array.from({ length: 50 }, send));
    await until(async () => refused >= 47);
    expect((await fetch(new URL("/livez", world.url))).status).toBe(200);
    await world.sql("rollback");
    for (const reply of await replies) {
      if (reply.status === 200) expectAnswer(reply);
      else expectUnavailable(reply);
    }
    await Promise.all(Array.from({ length: 20 }, () => answering(world)));
  });

  it("F12: a caller that waits for a lock fails soon, and nothing is lost", async () => {
    const world = await start({ lockMs: 300 });
    await world.sql("begin");
    await world.sql("lock table unit_version in access exclusive mode");
    expectUnavailable(await world.send(READ));
    await world.sql("rollback");
    await world.sql("begin");
    await world.sql("lock table source in share mode");
    expectUnavailable(await world.submit("locked"));
    await world.sql("rollback");
    expectAnswer(await world.send(READ));
    expect((await world.submit("locked")).status).toBe(200);
    expect(await kept(world, "locked")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F13: changes that cross each other all end, without a deadlock, and each report is in one state", async () => {
    const world = await start();
    const idOf = ({ body }: Reply) => (body.data as unknown as SubmitAnswer).submitReport.report!.id;
    for (let round = 0; round < 5; round++) {
      const ids = await Promise.all([1, 2, 3, 4].map(async (n) => idOf(await world.submit(`cross-${round}-${n}`, n))));
      const changes = ids.flatMap((id) => [world.send(PUBLISH, { id }), world.send(WITHDRAW, { id })]);
      for (const { code } of await Promise.all(changes)) expect([undefined, "CONFLICT"]).toContain(code);
    }
    const [{ n }] = (await world.sql<{ n: number }>(
      "select count(*)::int as n from source where idempotency_key like 'cross-%' and state = 'DRAFT'",
    )) as [{ n: number }];
    expect(n).toBe(0);
  });

  it.each([
    ["F13: a deadlock", "40P01"],
    ["F14: a serialization failure", "40001"],
  ])("%s is retried, and reported if it persists", async (_, state) => {
    const world = await start();
    await world.sql("create sequence faults");
    const raise = (times: number) => `if nextval('faults') <= ${times} then raise exception 'fault' using errcode = '${state}'; end if`;
    const mend = mended(await beforeRows(world, "figure", raise(2)));
    expect((await world.submit("twice")).status).toBe(200);
    expect(await kept(world, "twice")).toEqual({ reports: 1, figures: 1, entries: 1 });
    await mend();
    await world.sql("alter sequence faults restart");
    const again = mended(await beforeRows(world, "figure", raise(1000)));
    expectUnavailable(await world.submit("always"));
    expect(await kept(world, "always")).toMatchObject({ reports: 0 });
    await again();
    expect((await world.submit("always")).status).toBe(200);
  });

  it("F15: statements of a disconnected client are cancelled in PostgreSQL", async () => {
    const world = await start();
    const mend = mended(await slowReads(world, 60));
    const gone = new AbortController();
    const sent = world.send(READ, {}, gone.signal).catch(() => "gone");
    await until(async () => (await running(world, "unit_version")).length > 0);
    gone.abort();
    expect(await sent).toBe("gone");
    await until(async () => (await running(world, "unit_version")).length === 0);
    await mend();
    expectAnswer(await world.send(READ));
  });

  it("F16: a change whose client hung up is made whole", async () => {
    const world = await start();
    const mend = mended(await beforeRows(world, "figure", "perform pg_sleep(1)"));
    const gone = new AbortController();
    const sent = world.submit("hung-up", 1, gone.signal).catch(() => "gone");
    await until(async () => (await running(world, "insert into figure")).length > 0);
    gone.abort();
    expect(await sent).toBe("gone");
    await until(async () => (await kept(world, "hung-up")).reports === 1);
    expect(await kept(world, "hung-up")).toEqual({ reports: 1, figures: 1, entries: 1 });
    await mend();
    expect((await world.submit("hung-up")).status).toBe(200);
    expect(await kept(world, "hung-up")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });
});
