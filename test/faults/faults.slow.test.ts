import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { PoolLimits } from "../../src/database/database.ts";
import { statementsOf } from "../support/statements.ts";
import {
  beforeRows,
  expectAnswer,
  expectUnavailable,
  type Faulty,
  stored,
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

let usual: Faulty;
beforeAll(async () => {
  usual = await startFaulty();
});
beforeEach(() => {
  usual.proxy.road = { kind: "OPEN" };
});
afterAll(() => usual.close());

const start = async (limits: Partial<PoolLimits>, connections?: number): Promise<Faulty> => {
  const faulty = await startFaulty(limits, connections);
  onTestFinished(() => faulty.close());
  return faulty;
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
const answering = (faulty: Faulty) =>
  until(async () => {
    const reply = await faulty.send(READ);
    if (reply.status === 200) expectAnswer(reply);
    return reply.status === 200;
  });

describe("a fault between the service and its database", () => {
  it("F2: a connection that dies in a read is replaced, and the read is repeated once; if that dies too, 503", async () => {
    const faulty = usual;
    expectAnswer(await faulty.send(READ));
    const mend = mended(await slowReads(faulty, 1));
    const once = faulty.send(READ);
    await terminate(faulty, "rollup_set");
    expectAnswer(await once);
    const twice = faulty.send(READ);
    await terminate(faulty, "rollup_set");
    await terminate(faulty, "rollup_set");
    expectUnavailable(await twice);
    await mend();
    expectAnswer(await faulty.send(READ));
  });

  it.each([
    ["F3: a connection that dies", (faulty: Faulty) => terminate(faulty, "insert into figure")],
    [
      "F4: a network that is cut",
      async (faulty: Faulty) => {
        await nextRunning(faulty, "insert into figure");
        faulty.proxy.cut();
      },
    ],
  ])("%s in a transaction leaves nothing behind, and costs no place in the pool, in 5 repeats with a pool of one", async (_, fault) => {
    const faulty = await start({ poolSize: 1 });
    const mend = mended(await beforeRows(faulty, "figure", "perform pg_sleep(5)"));
    for (let n = 1; n <= 5; n++) {
      const sent = faulty.submit(`fault-${n}`);
      await fault(faulty);
      expectUnavailable(await sent);
    }
    expect(await stored(faulty, "fault-")).toMatchObject({ reports: 0, entries: 0 });
    await mend();
    expectAnswer(await faulty.send(READ));
    expect((await faulty.submit("fault-1")).status).toBe(200);
    expect(await stored(faulty, "fault-")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F5: where the answer to a commit is lost, the same report sent again exists once", async () => {
    const faulty = usual;
    faulty.proxy.road = { kind: "NO_REPLY_TO", after: "insert into audit_entry", text: "commit" };
    expectUnavailable(await faulty.submit("lost"));
    faulty.proxy.road = { kind: "OPEN" };
    expect(await stored(faulty, "lost")).toEqual({ reports: 1, figures: 1, entries: 1 });
    const again = await faulty.submit("lost");
    expect(again.body).toMatchObject({ data: { submitReport: { report: { state: "DRAFT" } } } });
    expect(await stored(faulty, "lost")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F7: a server without free connections causes 503, and is tried again later", async () => {
    const faulty = await start({ poolSize: 10 }, 6);
    expectAnswer(await faulty.send(READ));
    const mend = mended(await slowReads(faulty, 0.5));
    const replies = await Promise.all(Array.from({ length: 12 }, () => faulty.send(READ)));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) expectUnavailable(reply);
    for (const reply of replies.filter(({ status }) => status === 200)) expectAnswer(reply);
    await mend();
    expectAnswer(await faulty.send(READ));
  });

  it("F8: a server that does not answer is awaited no longer than a statement may run, and has lost nothing afterwards", async () => {
    const faulty = await start({ poolSize: 2, poolWaitMs: 500, statementMs: 500 });
    await answering(faulty);
    faulty.proxy.road = { kind: "BLACK_HOLE" };
    for (let n = 0; n < 3; n++) expectUnavailable(await faulty.send(READ));
    faulty.proxy.road = { kind: "OPEN" };
    await answering(faulty);
  });

  it("F9: a distant server costs one round trip per statement, however many units are requested", async () => {
    const faulty = usual;
    const tree =
      '{ unit(code: "04", asOf: "2022-12-31") { children { name dossiers(period: "2022") { received } children { name dossiers(period: "2022") { received } } } } }';
    await faulty.send(tree);
    const statements = (await statementsOf(() => faulty.send(tree))).length;
    faulty.proxy.road = { kind: "SLOW", ms: 100 };
    const far = await statementsOf(async () => expect((await faulty.send(tree)).status).toBe(200));
    expect(far.length).toBe(statements);
    expect(statements).toBeLessThanOrEqual(12);
  });

  it("F10: a statement that runs too long is cancelled in PostgreSQL, answered 504, and its connection is used again", async () => {
    const faulty = await start({ poolSize: 1, statementMs: 1000 });
    await answering(faulty);
    const mend = mended(await slowReads(faulty, 30));
    expect(await faulty.send(READ)).toMatchObject({ status: 504, code: "TIMEOUT" });
    await until(async () => (await running(faulty, "rollup_set")).length === 0);
    await mend();
    await answering(faulty);
  });

  it("F11: if all connections are in use, callers beyond the waiting time get 503, and those beyond the queue immediately; health probes are answered", async () => {
    const faulty = await start({ poolSize: 3, poolWaitMs: 400, poolQueue: 20, lockMs: 120_000, statementMs: 120_000 });
    await answering(faulty);
    // Held until all others are refused: three reads take all connections for as long.
    await faulty.sql("begin");
    await faulty.sql("lock table rollup_set in access exclusive mode");
    let refused = 0;
    const send = async () => {
      const reply = await faulty.send(READ);
      if (reply.status !== 200) refused++;
      return reply;
    };
    const replies = Promise.all(Array.from({ length: 50 }, send));
    await until(async () => refused >= 47);
    expect((await fetch(new URL("/livez", faulty.url))).status).toBe(200);
    await faulty.sql("rollback");
    for (const reply of await replies) {
      if (reply.status === 200) expectAnswer(reply);
      else expectUnavailable(reply);
    }
    await Promise.all(Array.from({ length: 20 }, () => answering(faulty)));
  });

  it("F12: a caller that waits for a lock fails soon, and nothing is lost", async () => {
    const faulty = await start({ lockMs: 300 });
    await faulty.sql("begin");
    await faulty.sql("lock table rollup_set in access exclusive mode");
    expectUnavailable(await faulty.send(READ));
    await faulty.sql("rollback");
    await faulty.sql("begin");
    await faulty.sql("lock table source in share mode");
    expectUnavailable(await faulty.submit("locked"));
    await faulty.sql("rollback");
    expectAnswer(await faulty.send(READ));
    expect((await faulty.submit("locked")).status).toBe(200);
    expect(await stored(faulty, "locked")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });

  it("F13: concurrent changes of the same reports all end without a deadlock, and each report has one state", async () => {
    const faulty = usual;
    const idOf = ({ body }: Reply) => (body.data as unknown as SubmitAnswer).submitReport.report!.id;
    for (let round = 0; round < 5; round++) {
      const ids = await Promise.all([1, 2, 3, 4].map(async (n) => idOf(await faulty.submit(`cross-${round}-${n}`, n))));
      const changes = ids.flatMap((id) => [faulty.send(PUBLISH, { id }), faulty.send(WITHDRAW, { id })]);
      for (const { code } of await Promise.all(changes)) expect([undefined, "CONFLICT"]).toContain(code);
    }
    const [{ n }] = (await faulty.sql<{ n: number }>(
      "select count(*)::int as n from source where idempotency_key like 'cross-%' and state = 'DRAFT'",
    )) as [{ n: number }];
    expect(n).toBe(0);
  });

  it.each([
    ["F13: a deadlock", "40P01"],
    ["F14: a serialization failure", "40001"],
  ])("%s is retried, and reported if it persists", async (_, state) => {
    const faulty = usual;
    await faulty.sql("create sequence if not exists faults");
    await faulty.sql("alter sequence faults restart");
    const raise = (times: number) => `if nextval('faults') <= ${times} then raise exception 'fault' using errcode = '${state}'; end if`;
    const mend = mended(await beforeRows(faulty, "figure", raise(2)));
    expect((await faulty.submit(`twice-${state}`)).status).toBe(200);
    expect(await stored(faulty, `twice-${state}`)).toEqual({ reports: 1, figures: 1, entries: 1 });
    await mend();
    await faulty.sql("alter sequence faults restart");
    const again = mended(await beforeRows(faulty, "figure", raise(1000)));
    expectUnavailable(await faulty.submit(`always-${state}`));
    expect(await stored(faulty, `always-${state}`)).toMatchObject({ reports: 0 });
    await again();
    expect((await faulty.submit(`always-${state}`)).status).toBe(200);
  });

  it("F15: statements of a disconnected client are cancelled in PostgreSQL", async () => {
    const faulty = usual;
    const mend = mended(await slowReads(faulty, 60));
    const gone = new AbortController();
    const sent = faulty.send(READ, {}, gone.signal).catch(() => "gone");
    await until(async () => (await running(faulty, "rollup_set")).length > 0);
    gone.abort();
    expect(await sent).toBe("gone");
    await until(async () => (await running(faulty, "rollup_set")).length === 0);
    await mend();
    expectAnswer(await faulty.send(READ));
  });

  it("F16: a change is completed although its client disconnects", async () => {
    const faulty = usual;
    const mend = mended(await beforeRows(faulty, "figure", "perform pg_sleep(1)"));
    const gone = new AbortController();
    const sent = faulty.submit("hung-up", 1, gone.signal).catch(() => "gone");
    await until(async () => (await running(faulty, "insert into figure")).length > 0);
    gone.abort();
    expect(await sent).toBe("gone");
    await until(async () => (await stored(faulty, "hung-up")).reports === 1);
    expect(await stored(faulty, "hung-up")).toEqual({ reports: 1, figures: 1, entries: 1 });
    await mend();
    expect((await faulty.submit("hung-up")).status).toBe(200);
    expect(await stored(faulty, "hung-up")).toEqual({ reports: 1, figures: 1, entries: 1 });
  });
});
