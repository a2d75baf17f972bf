import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
});
afterAll(() => service.close());

const send = (dossiers: readonly Sent[], options: object = {}, bearer: string | undefined = officer) =>
  service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier), ...options }, bearer);

const ROLLUP = `query ($code: ID!, $period: Period!) { unit(code: $code) { dossiers(period: $period) {
  received receivedDirect carriedOver resolved resolvedEarly resolvedOnTime resolvedOverdue inProcess inProcessNotDue inProcessOverdue
  exact incomplete coverage { unitsExpected unitsCovered } onTimeRate { value coverage } sources { title kind } } } }`;

describe("importing dossiers", () => {
  it("is refused without a key and without the role", async () => {
    const anonymous = await service.ask(IMPORT, { source: "x", dossiers: [dossier({ code: "1" })] });
    expect(anonymous.errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
    const viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
    expect((await send([{ code: "1" }], {}, viewer)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  it("counts immediately in the unit and in all units above it", async () => {
    const sent = await send([
      { code: "early", state: "RESOLVED", endedAt: "2026-03-05T10:00:00+07:00" },
      { code: "late", state: "RESOLVED", endedAt: "2026-03-20T10:00:00+07:00" },
      { code: "open" },
      { code: "new", state: "SUBMITTED", receivedAt: null, submittedAt: "2026-03-03T08:00:00+07:00" },
    ]);
    expect(sent.errors).toBeUndefined();
    expect(sent.data.importDossiers.report).toMatchObject({ created: 4, updated: 0, unchanged: 0, stale: 0, rejected: 0, problems: [] });
    for (const code of ["01558", "04", "VN"]) {
      const { data, errors } = await service.ask<{ unit: { dossiers: object } }, object>(ROLLUP, { code, period: "2026-03" });
      expect(errors).toBeUndefined();
      expect(data.unit.dossiers, code).toMatchObject({
        ...{ received: 3, receivedDirect: 3, carriedOver: 0, resolved: 2, resolvedEarly: 1, resolvedOnTime: 0, resolvedOverdue: 1 },
        ...{ inProcess: 1, inProcessNotDue: 0, inProcessOverdue: 1, exact: true, sources: [{ title: "cao-bang", kind: "RECORDS" }] },
        ...{ coverage: { unitsCovered: 1 }, onTimeRate: { value: 0.5, coverage: 1 } },
      });
    }
  });

  it("changes nothing when sent again, takes the later word, and ignores the earlier one", async () => {
    const first = { code: "a", updatedAt: "2026-10-01T08:00:00+07:00" };
    const later = { code: "a", state: "RESOLVED", endedAt: "2026-03-10T08:00:00+07:00", updatedAt: "2026-10-02T08:00:00+07:00" } as const;
    const options = { source: "again" };
    expect((await send([first], options)).data.importDossiers.report).toMatchObject({ created: 1 });
    expect((await send([first], options)).data.importDossiers.report).toMatchObject({ created: 0, updated: 0, unchanged: 1, stale: 0 });
    expect((await send([later], options)).data.importDossiers.report).toMatchObject({ updated: 1 });
    expect((await send([first], options)).data.importDossiers.report).toMatchObject({ stale: 1, updated: 0 });
    const other = await send([{ ...later, digitised: true }], options);
    expect(other.data.importDossiers.report).toMatchObject({
      ...{ isKept: false, rejected: 1 },
      problems: [{ row: 1, record: "a", field: "updatedAt", code: "CONFLICT", message: expect.stringContaining("updatedAt") }],
    });
    const ahead = await send([{ code: "a", updatedAt: "2026-11-22T12:00:31+07:00" }], options);
    expect(ahead.data.importDossiers.report).toMatchObject({ isKept: false, problems: [{ code: "UPDATED_IN_FUTURE" }] });
  });

  it("stores the latest of rows with one code, whatever their order", async () => {
    const at = (day: number, more: object = {}) => ({ code: "twice", updatedAt: `2026-10-0${day}T08:00:00+07:00`, ...more });
    const ended = { state: "RESOLVED", endedAt: "2026-03-10T08:00:00+07:00" } as const;
    const options = { source: "order" };
    expect((await send([at(1), at(3, ended), at(2), at(3, ended)], options)).data.importDossiers.report).toMatchObject({
      created: 1,
      stale: 2,
      unchanged: 1,
    });
    const torn = await send([at(4), at(4, ended)], options);
    expect(torn.data.importDossiers.report.problems).toMatchObject([
      { row: 1, code: "CONFLICT" },
      { row: 2, code: "CONFLICT" },
    ]);
    expect((await send([at(3, ended)], options)).data.importDossiers.report).toMatchObject({ unchanged: 1 });
  });

  it("F21: is atomic, stores the valid rows with partial, and nothing in a dry run", async () => {
    const rows = [{ code: "good" }, { code: "bad", state: "RESOLVED", endedAt: "2026-03-02T08:00:00+07:00" } as const];
    const options = { source: "rows" };
    const whole = await send(rows, options);
    // Bad rows are no error of the operation.
    expect(whole.errors).toBeUndefined();
    expect(whole.data.importDossiers.report).toMatchObject({
      ...{ isKept: false, created: 1, rejected: 1 },
      problems: [{ row: 2, record: "bad", field: "endedAt", code: "ENDED_BEFORE_RECEIVED" }],
    });
    const dry = await send([{ code: "good" }], { ...options, dryRun: true });
    expect(dry.data.importDossiers.report).toMatchObject({ isKept: false, created: 1 });
    const partial = await send(rows, { ...options, partial: true });
    expect(partial.data.importDossiers.report).toMatchObject({ isKept: true, created: 1, rejected: 1, problems: [{ row: 2 }] });
  });

  it("does not change or reveal another system's file", async () => {
    await send([{ code: "mine" }], { source: "province" });
    const neighbour = await issueKey(service.database, "Hà Tĩnh", { "42": "OFFICER" });
    const given = [{ code: "mine", unit: "18073" }];
    const taken = await send(given, { source: "province" }, neighbour);
    // It is a source, and a dossier, of their own.
    expect(taken.data.importDossiers.report).toMatchObject({ isKept: true, created: 1, updated: 0 });
    expect((await send([{ code: "mine" }], { source: "province" })).data.importDossiers.report).toMatchObject({ unchanged: 1 });
    const elsewhere = await send([{ code: "mine" }], { source: "neighbour" }, neighbour);
    expect(elsewhere.data.importDossiers.report).toMatchObject({ isKept: false, problems: [{ code: "OUTSIDE_SCOPE", field: "unit" }] });
  });

  it("retracts dossiers atomically, and the audit trail stores them", async () => {
    const paused = [{ reason: "SUPPLEMENT" as const, from: "2026-03-04T08:00:00+07:00", to: "2026-03-06T08:00:00+07:00" }];
    await send([{ code: "wrong-1", pauses: paused }, { code: "wrong-2" }], { source: "wrong" });
    const retract =
      "mutation ($source: ID!, $codes: [ID!]!, $reason: String!) { retractDossiers(input: { source: $source, codes: $codes, reason: $reason }) { report { isKept updated problems { row code record } } } }";
    const take = (codes: readonly string[], bearer = officer) =>
      service.ask(retract, { source: "wrong", codes, reason: "sent by mistake" }, bearer);
    const neighbour = await issueKey(service.database, "Quảng Ninh", { "22": "OFFICER" });
    expect((await take(["wrong-1"], neighbour)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    expect((await take(["wrong-1", "unknown"])).data).toMatchObject({
      retractDossiers: { report: { isKept: false, problems: [{ row: 2, record: "unknown", code: "UNKNOWN_DOSSIER" }] } },
    });
    expect((await take(["wrong-1", "wrong-2", "wrong-1"])).data).toMatchObject({ retractDossiers: { report: { updated: 2 } } });
    const entries = await service.database.orm.em
      .getConnection()
      .execute<{ subject: string; before: { state: number; paused: unknown[] } | null }[]>(
        "select subject, before from audit_entry where operation = 'retractDossiers' order by id",
      );
    expect(entries.map(({ subject, before }) => [subject, before?.state, before?.paused.length])).toEqual([
      [expect.stringMatching(/^[0-9a-f-]{36}$/), undefined, undefined],
      ["wrong wrong-1", 4, 1],
      ["wrong wrong-2", 4, 0],
    ]);
    expect((await send([{ code: "wrong-1" }], { source: "wrong" })).data.importDossiers.report).toMatchObject({ created: 1 });
  });
});
