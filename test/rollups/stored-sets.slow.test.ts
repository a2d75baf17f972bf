import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { changeRollups } from "../../src/hierarchy/rollup-version.store.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { holdAt } from "../support/hold-table.ts";
import { issueKey } from "../support/key.ts";

/** What report 2 states of huyện Hạ Lang itself in 2022, which some records that are not complete do not change. */
const STATED = 1396;

let service: TestService;
let officer: string;
let sent = 0;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
  await send();
});
afterAll(() => service.close());

/** One dossier more of 2022, acknowledged. */
const send = async (receivedAt = "2022-03-03T08:00:00+07:00", unit = "048") => {
  const dossiers = [dossier({ code: `d-${++sent}`, unit, receivedAt })];
  const { data, errors } = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, officer);
  expect(errors).toBeUndefined();
  expect(data.importDossiers.report.created).toBe(1);
};

/** One of the same days in Đà Nẵng. */
const sendElsewhere = async () => {
  const key = await issueKey(service.database, "Đà Nẵng", { "48": "OFFICER" });
  const dossiers = [dossier({ code: "e-1", unit: "20242", receivedAt: "2022-03-03T08:00:00+07:00" })];
  const { data } = await service.ask<ImportAnswer, object>(IMPORT, { source: "da-nang", dossiers }, key);
  expect(data.importDossiers.report.created).toBe(1);
};

interface Answered {
  readonly received: number | null;
  readonly reconciliation: readonly { readonly measure: string; readonly reported: number; readonly recorded: number }[];
  readonly coverage: { readonly unitsCovered: number };
}

const QUESTION = `query ($period: Period!) { unit(code: "048", asOf: "2022-12-31") { dossiers(period: $period, handledBy: DISTRICT) {
  received reconciliation { measure reported recorded } coverage { unitsCovered } } } }`;

const answerFor = async (period = "2022", key?: string): Promise<Answered> => {
  const { data, errors } = await service.ask<{ unit: { dossiers: Answered } }, object>(QUESTION, { period }, key);
  expect(errors).toBeUndefined();
  return data.unit.dossiers;
};

const recordedOf = ({ reconciliation }: Answered) => reconciliation.find(({ measure }) => measure === "RECEIVED")?.recorded ?? 0;

/** The stored sets beside records, by the days of their periods. */
const storedPeriods = async (): Promise<string[]> => {
  const { rows } = await sql<{ days: string }>`
    select distinct period_from || '/' || period_to as days from rollup_set where recorded order by 1`.execute(
    service.database.orm.em.fork().getKysely(),
  );
  return rows.map(({ days }) => days);
};

const dropSets = () => sql`delete from rollup_set`.execute(service.database.orm.em.fork().getKysely());

/** How many wait for the table. */
const waiters = async (table: string): Promise<number> => {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from pg_locks where relation = ${table}::regclass and not granted`.execute(
    service.database.orm.em.fork().getKysely(),
  );
  return rows[0]!.n;
};

/** Blocks storing a set after its snapshot was taken. */
const holdStoring = async () => {
  const hold = await holdAt(service.database, "rollup_source");
  onTestFinished(async () => {
    await hold.letGo();
    await hold.close();
  });
  return hold;
};

describe("a stored set with the correction of records", () => {
  it("that was computed from a snapshot before an import is not used after it, and the import does not wait for it", async () => {
    await dropSets();
    const hold = await holdStoring();
    const asked = answerFor();
    await hold.waiter();
    const before = sent;
    await send();
    await hold.letGo();
    expect((await asked).received).toBe(STATED);
    for (let again = 0; again < 2; again++) {
      const now = await answerFor();
      expect([now.received, recordedOf(now)]).toEqual([STATED, before + 1]);
    }
  });

  it("is stored again after an import, and stays where records of later days come, or of other provinces", async () => {
    const setIds = async () =>
      (
        await sql<{
          id: number;
        }>`select id from rollup_set where recorded and period_from = '2022-01-01' and period_to = '2022-12-31'`.execute(
          service.database.orm.em.fork().getKysely(),
        )
      ).rows.map(({ id }) => id);
    await answerFor();
    const first = await setIds();
    expect(first).toHaveLength(1);
    await send("2023-05-05T08:00:00+07:00");
    await sendElsewhere();
    await answerFor();
    expect(await setIds()).toEqual(first);
    await send();
    expect((await answerFor()).received).toBe(STATED);
    const second = await setIds();
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
  });

  it("never returns an answer older than an acknowledged import, under concurrent reads and imports", async () => {
    await dropSets();
    const writing = { isEnded: false };
    const readers = Array.from({ length: 2 }, async () => {
      const seen: Answered[] = [];
      while (!writing.isEnded) seen.push(await answerFor());
      return seen;
    });
    const own: [number | null, number, number][] = [];
    const before = recordedOf(await answerFor());
    for (let n = 1; n <= 4; n++) {
      await send();
      const now = await answerFor();
      own.push([now.received, recordedOf(now) - before, now.coverage.unitsCovered]);
    }
    writing.isEnded = true;
    expect(own).toEqual(Array.from({ length: 4 }, (_, n) => [STATED, n + 1, 1]));
    for (const seen of await Promise.all(readers)) {
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen.map(({ received }) => received))).toEqual(new Set([STATED]));
      const recorded = seen.map(recordedOf);
      expect(recorded).toEqual(recorded.toSorted((a, b) => a - b));
    }
  });

  it("is stored for anonymous callers only for a month, quarter, half, nine months or year; other periods are computed each time", async () => {
    await dropSets();
    const named = ["2022", "2022-H1@ND09", "2022-9M"];
    const unnamed = ["2021-02-01/2022-12-31", "2021/2022", "2021-02-15/2023-03-14"];
    const open = new Map<string, Answered>();
    for (const period of [...named, ...unnamed]) open.set(period, await answerFor(period));
    expect(open.get("2022")!.received).toBe(STATED);
    expect(await storedPeriods()).toEqual(["2022-01-01/2022-12-31"]);
    for (const period of [...named, ...unnamed]) expect([period, await answerFor(period, officer)]).toEqual([period, open.get(period)]);
    expect(await storedPeriods()).toEqual([
      "2021-01-01/2022-12-31",
      "2021-02-01/2022-12-31",
      "2021-02-15/2023-03-14",
      "2022-01-01/2022-12-31",
    ]);
    for (const period of unnamed) expect(await answerFor(period)).toEqual(open.get(period));
  });

  it("is not stored during a change of reports or units, for which its reader does not wait", async () => {
    await dropSets();
    await service.database.orm.em.fork().transactional(async (em) => {
      await changeRollups(em);
      expect((await answerFor()).received).toBe(STATED);
      expect(await storedPeriods()).toEqual([]);
    });
    expect((await answerFor()).received).toBe(STATED);
    expect(await storedPeriods()).toEqual(["2022-01-01/2022-12-31"]);
  });

  it("is aborted when all its readers have disconnected", async () => {
    await dropSets();
    const hold = await holdStoring();
    const clients = [new AbortController(), new AbortController()];
    const asked = clients.map(({ signal }) =>
      fetch(service.server.url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${officer}` },
        body: JSON.stringify({ query: QUESTION, variables: { period: "2022" } }),
        signal,
      }).catch(() => null),
    );
    await hold.waiter();
    expect(await waiters("rollup_source")).toBe(1);
    for (const client of clients) client.abort();
    expect(await Promise.all(asked)).toEqual([null, null]);
    await expect.poll(() => waiters("rollup_source"), { timeout: 20_000 }).toBe(0);
    await hold.letGo();
    expect((await answerFor()).received).toBe(STATED);
  });
});
