import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { NOW, startService, type TestService } from "../support/client.ts";
import { fillCatalogue, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { countsOf, expectRecounted, type Sender, senderOf } from "./importing.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let now = NOW.getTime();
const instant = (ms: number): string => new Date(ms).toISOString();

const startAt = async (moment: number): Promise<{ service: TestService; officer: string }> => {
  now = moment;
  const service = await startService("SEEDED", { clock: () => new Date(now) });
  await fillCatalogue(service.database);
  return { service, officer: await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" }) };
};

describe("clocks that differ by ten minutes", () => {
  let service: TestService;
  let officer: string;
  beforeAll(async () => {
    ({ service, officer } = await startAt(NOW.getTime()));
  });
  afterAll(() => service.close());

  const sender = (source: string): Sender => senderOf(service, source, officer);
  const open = (code: string, updated: number): Sent => ({ code, updatedAt: instant(updated) });
  const resolved = (code: string, updated: number): Sent => ({
    ...{ code, updatedAt: instant(updated), state: "RESOLVED", endedAt: "2026-03-05T08:00:00+07:00" },
  });

  it("F30: an instant in the future is refused by name, and accepted when it has passed", async () => {
    now = NOW.getTime();
    const { send } = sender("ahead");
    const ahead = [open("ahead", now + 10 * MINUTE), open("by-half-a-minute", now + 30 * SECOND)];
    expect((await send(ahead)).data.importDossiers.report).toMatchObject({
      isKept: false,
      problems: [{ row: 1, record: "ahead", field: "updatedAt", code: "UPDATED_IN_FUTURE" }],
    });
    expect((await send(ahead, { partial: true })).data.importDossiers.report).toMatchObject({ created: 1, rejected: 1 });
    const event = { ...open("event", now), receivedAt: instant(now + 10 * MINUTE) };
    expect((await send([event])).data.importDossiers.report.problems).toMatchObject([{ row: 1, field: "receivedAt" }]);
    now += 10 * MINUTE;
    expect((await send(ahead)).data.importDossiers.report).toMatchObject({ created: 1, unchanged: 1 });
    await expectRecounted(service.database);
  });

  it("F30: a system whose clock is behind is heard in its own order, whatever others say and whenever it is heard", async () => {
    now = NOW.getTime();
    const [behind, right] = [sender("behind"), sender("right")];
    expect((await right.send([open("d", now)])).data.importDossiers.report).toMatchObject({ created: 1 });
    expect((await behind.send([open("d", now - 10 * MINUTE)])).data.importDossiers.report).toMatchObject({ created: 1 });
    now += MINUTE;
    expect((await behind.send([resolved("d", now - 10 * MINUTE)])).data.importDossiers.report).toMatchObject({ updated: 1 });
    expect((await behind.send([open("d", now - 11 * MINUTE)])).data.importDossiers.report).toMatchObject({ stale: 1 });
    expect((await right.send([resolved("d", now)])).data.importDossiers.report).toMatchObject({ updated: 1 });
    expect((await behind.send([resolved("d", now - 10 * MINUTE)])).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    await expectRecounted(service.database);
  });

  it("F30: if the server's clock goes back, stored data stays, and the audit trail keeps the order of events", async () => {
    now = NOW.getTime() + 20 * MINUTE;
    const { send } = sender("server");
    const told = [resolved("s", now)];
    expect((await send(told)).data.importDossiers.report).toMatchObject({ created: 1 });
    const before = await countsOf(service, "01558", "2026-03");
    const back = (now -= 10 * MINUTE);
    expect(await countsOf(service, "01558", "2026-03")).toEqual(before);
    expect((await send(told)).data.importDossiers.report.problems).toMatchObject([{ code: "UPDATED_IN_FUTURE" }]);
    expect((await send([open("s", now)])).data.importDossiers.report).toMatchObject({ stale: 1 });
    const { rows } = await sql<{ minute: number; operation: string }>`
      select (extract(epoch from at) * 1000 - ${back}::bigint)::int / ${MINUTE}::int as minute, operation from audit_entry where subject = (select key from source where name = 'server') order by id`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    expect(rows.map(({ operation, minute }) => [operation, minute])).toEqual([
      ["register source", 10],
      ["importDossiers", 10],
      ["importDossiers", 0],
    ]);
    const { data } = await service.ask<{ unit: { records: { lastImportAt: string }[] } }, object>(
      '{ unit(code: "01558") { records { lastImportAt } } }',
      {},
      officer,
    );
    expect(data.unit.records.map(({ lastImportAt }) => Date.parse(lastImportAt))).toEqual([back + 10 * MINUTE]);
    now += 10 * MINUTE;
    expect((await send(told)).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    await expectRecounted(service.database);
  });
});

describe("the last second of the year", () => {
  it("F31: belongs to the old year in Việt Nam, and the next one to the new year, with the process in the west and the database in the east", async () => {
    const given = process.env["TZ"];
    process.env["TZ"] = "America/Los_Angeles";
    onTestFinished(() => {
      if (given === undefined) delete process.env["TZ"];
      else process.env["TZ"] = given;
    });
    expect(new Date(2026, 0, 1).getTimezoneOffset()).toBe(480);
    const { service, officer } = await startAt(Date.parse("2025-12-31T23:59:59+07:00"));
    onTestFinished(() => service.close());
    // The service's connections come later.
    await sql`alter database ${sql.id(service.database.name)} set timezone to 'Pacific/Kiritimati'`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    const told = { updatedAt: "2025-12-31T16:59:59Z" };
    const { send } = senderOf(service, "new-year", officer);
    const sent = await send([
      { code: "open", receivedAt: "2025-12-30T08:00:00+07:00", dueAt: "2025-12-31T08:00:00+07:00", ...told },
      { code: "done", receivedAt: "2025-12-30T08:00:00+07:00", ...told, state: "RESOLVED", endedAt: "2025-12-31T23:59:59+07:00" },
      { code: "last", procedure: "1.000003", receivedAt: "2025-12-31T16:59:59Z", ...told },
    ]);
    expect(sent.errors).toBeUndefined();
    const { rows } = await sql<{ zone: string }>`select current_setting('timezone') as zone`.execute(
      service.database.pools.requests.em.fork().getKysely(),
    );
    expect(rows).toEqual([{ zone: "Pacific/Kiritimati" }]);
    const old = { received: 3, carriedOver: 0, resolved: 1, inProcess: 2, inProcessNotDue: 2, inProcessOverdue: 0 };
    const periods = async (...names: string[]) => Promise.all(names.map((name) => countsOf(service, "04", name, { bearer: officer })));
    expect(await periods("2025", "2025-12", "2025-Q4")).toEqual([old, old, old]);
    expect(await periods("2026", "2026-01")).toMatchObject([{ received: null }, { received: null }]);
    now += SECOND;
    const first = { code: "first", procedure: "1.000003", receivedAt: "2025-12-31T09:00:00-08:00", updatedAt: "2025-12-31T17:00:00Z" };
    expect((await send([first])).data.importDossiers.report).toMatchObject({ created: 1 });
    const fresh = { received: 1, carriedOver: 2, resolved: 0, inProcess: 3, inProcessNotDue: 2, inProcessOverdue: 1 };
    expect(await periods("2025", "2025-12", "2025-Q4")).toEqual([old, old, old]);
    expect(await periods("2026", "2026-01", "2026-Q1")).toEqual([fresh, fresh, fresh]);
    await expectRecounted(service.database);
  });
});
