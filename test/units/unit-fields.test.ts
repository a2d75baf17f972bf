import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { applyUnits } from "../../src/administration/unit-apply.service.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { run } from "../support/command.ts";
import { NOW, UNBOUNDED } from "../support/client.ts";
import { createDatabase, PATIENT, type TestDatabase } from "../support/database.ts";
import { holdAt } from "../support/hold-table.ts";
import { startProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { closed, folderOf, nextEdition, version } from "../hierarchy/next-edition.ts";

const OLD_DAY = "2026-12-31";
const NEW_DAY = "2027-08-01";

/** The whole tree of a province and lists of it, by as many levels of statements as there are. */
const tree = (day: string) => `{
  unit(code: "04", asOf: "${day}") {
    fullName validTo dossiers(period: "2022") { received }
    children { code fullName kind validFrom validTo parent { fullName children { code } } ancestors { fullName }
      predecessors { unit { code fullName validTo parent { fullName successors { unit { fullName } } } } }
      successors { unit { code fullName } } dossiers(period: "2022") { received coverage { unitsExpected } } }
  }
}`;
const lists = (day: string) => `{
  all: units(within: "04", asOf: "${day}", first: 1000) { totalCount nodes { code fullName validTo parent { fullName descendants(first: 1000) { totalCount } } } }
  found: units(search: "non nuoc", asOf: "${day}") { nodes { code fullName children { code } } }
  moved: units(codes: ["01297", "01298"], asOf: "${day}") { nodes { code fullName kind parent { fullName } ancestors { fullName } } }
  back: unit(id: "01290.2025", asOf: "2026-06-01") { validTo successors { unit { fullName parent { fullName } } } correspondence(on: "${day}") { certain unit { code parent { fullName } } } }
}`;
const QUESTIONS = [OLD_DAY, NEW_DAY].flatMap((day) => [tree(day), lists(day)]);

describe("clients that read while an edition is applied", () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let slow: Database;
  let server: RunningServer;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startProxy(database.url);
    slow = await openDatabase({ databaseUrl: proxy.url, dataDir: "", ...PATIENT });
    server = await startServer(() => slow.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
  });
  afterAll(async () => {
    await server.close();
    await slow.close();
    await proxy.close();
    await database.close();
  });

  const ask = async (query: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(server.url, { method: "POST", headers, body: JSON.stringify({ query }) });
    const answer = (await response.json()) as { data?: unknown; errors?: unknown };
    expect(answer.errors).toBeUndefined();
    return JSON.stringify(answer.data);
  };
  const askAll = async () => {
    const answers = new Map<string, string>();
    for (const query of QUESTIONS) answers.set(query, await ask(query));
    return answers;
  };

  it("get answers wholly of before or wholly of after", async () => {
    const { path, remove } = await folderOf(nextEdition("2027-01-01", "2027-07-01"));
    const before = await askAll();
    proxy.road = { kind: "SLOW", ms: 15 };
    const over = new AbortController();
    const got: { query: string; answer: string }[] = [];
    const read = async (start: number): Promise<void> => {
      for (let n = start; !over.signal.aborted; n++) {
        const query = QUESTIONS[n % QUESTIONS.length]!;
        got.push({ query, answer: await ask(query) });
      }
    };
    const readers = [0, 1, 2, 3, 0, 1].map(read);
    const applied = await run("units", database, ["apply", path]);
    // Those that were under way have ended, and some have begun since.
    const sent = got.length;
    while (got.length < sent + 12) await sleep(20);
    over.abort();
    await Promise.all(readers);
    await remove();
    proxy.road = { kind: "OPEN" };
    expect(applied).toMatchObject({ code: 0, err: "" });
    const after = await askAll();
    for (const query of QUESTIONS) expect(after.get(query)).not.toBe(before.get(query));
    const seen = { before: 0, after: 0 };
    for (const { query, answer } of got) {
      if (answer === before.get(query)) seen.before++;
      else {
        expect(answer).toBe(after.get(query));
        seen.after++;
      }
    }
    expect(seen.before).toBeGreaterThan(0);
    expect(seen.after).toBeGreaterThan(0);
  });

  it("get the answer of after where it was applied between their first statement and the next", async () => {
    const day = "2028-01-01";
    const renamed = [
      ...[closed("01294.2025", day), version("01294.2025", day, { name: "Lý Mới", full: "Xã Lý Mới" })],
      `04.2015,2027-01-01,${day},04,VN,PROVINCE,PROVINCE,Non Nước,Tỉnh Non Nước,Cao Bang,1/NQ-UBTVQH16`,
      version("04.2015", day, { name: "Pác Bó", full: "Tỉnh Pác Bó" }),
    ];
    const { path, remove } = await folderOf({ "unit-versions.csv": renamed, "successions.csv": [] });
    const question = `{ unit(code: "04", asOf: "${day}") { fullName children { code fullName parent { fullName } } } }`;
    const before = await ask(question);
    const hold = await holdAt(database, "audit_entry");
    const applying = applyUnits(database.orm.em.fork(), await readNextUnits(path), "test", NOW);
    await hold.waiter();
    proxy.road = { kind: "SLOW", ms: 150 };
    const asking = ask(question);
    // The first statement has been answered by the database, and the second is not yet sent.
    await sleep(225);
    await hold.letGo();
    await applying;
    const answer = await asking;
    proxy.road = { kind: "OPEN" };
    await hold.close();
    await remove();
    const after = await ask(question);
    expect(after).not.toBe(before);
    expect(after).toContain("Xã Lý Mới");
    expect(answer).toBe(after);
  });
});
