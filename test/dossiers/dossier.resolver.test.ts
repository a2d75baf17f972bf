import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScope } from "../../src/access/scope.ts";
import { Reader, rowsOf } from "../../src/database/reader.ts";
import { countOfDossiers, dossierPage, pageOfDossiers } from "../../src/dossiers/dossier-list.ts";
import { DOSSIER_STATES } from "../../src/dossiers/dossier-state.ts";
import { type Day, instantText } from "../../src/lib/time/date.ts";
import { TODAY } from "../support/client.ts";
import { derivedOf, insertDossiers } from "../support/dossier-rows.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { viewerOf } from "../support/viewer.ts";
import { DossierClient, LIST, nameOf, namesOf, newestFirst, ONE } from "./dossier-client.ts";
import { at, factsOf, supplement } from "./facts.ts";

let asking: DossierClient;
beforeAll(async () => {
  asking = await DossierClient.start();
});
afterAll(() => asking.service.close());

describe("access to dossiers", () => {
  it("is denied without a key", async () => {
    expect(await asking.errorOf(LIST, { filter: {} })).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await asking.errorOf(ONE, { code: asking.made[0]!.code })).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("is denied for a role on other units: the list is empty and each dossier null", async () => {
    const stranger = await issueKey(asking.service.database, "stranger", { "01273": "VIEWER" });
    expect(await asking.list({}, stranger)).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await asking.list({ within: "48" }, stranger)).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await asking.one({ code: asking.made[0]!.code, source: asking.made[0]!.source }, stranger)).toBeNull();
  });

  it("is granted to VIEWERs for units that certainly contribute to theirs", async () => {
    for (const unit of ["04", "48"] as const) {
      const covered = await asking.certainlyIn(unit, TODAY);
      const expected = newestFirst(asking.made.filter((dossier) => covered.has(dossier.unit)));
      expect(expected.length).toBeGreaterThan(20);
      const page = await asking.list({}, asking.keys[unit]);
      expect(namesOf(page)).toEqual(expected.map(nameOf));
      expect(page.totalCount).toBe(expected.length);
      const [inside, outside] = [expected[0]!, asking.made.find((dossier) => !covered.has(dossier.unit))!];
      expect(await asking.one({ code: inside.code, source: inside.source }, asking.keys[unit])).toMatchObject({ code: inside.code });
      expect(await asking.one({ code: outside.code, source: outside.source }, asking.keys[unit])).toBeNull();
    }
  });

  it("is also enforced by row-level security", async () => {
    const reader = new Reader(asking.service.database.pools);
    const count = sql<{ dossiers: number; pauses: number }>`
      select (select count(*)::int from dossier) as dossiers, (select count(*)::int from dossier_pause) as pauses`;
    expect(await reader.rows(count)).toEqual([{ dossiers: 0, pauses: 0 }]);
    const viewer = await viewerOf(asking.service.database, "04", { "04": "VIEWER" });
    const covered = await asking.certainlyIn("04", TODAY);
    const seen = asking.made.filter((dossier) => covered.has(dossier.unit));
    expect(await reader.scoped(readScope(viewer.grants)).rows(count)).toEqual([
      { dossiers: seen.length, pauses: seen.reduce((sum, { facts }) => sum + facts.pauses.length, 0) },
    ]);
  });

  it("is decided by the statements too, for a role that row-level security does not bind", async () => {
    const { grants } = await viewerOf(asking.service.database, "04", { "04": "VIEWER" });
    const covered = await asking.certainlyIn("04", TODAY);
    const seen = newestFirst(asking.made.filter((dossier) => covered.has(dossier.unit)));
    const condition = {
      ...{ within: null, procedureNo: null, fieldNo: null, channel: null, states: null, timeliness: null },
      today: TODAY,
    };
    const list = { grants, condition: { ...condition, received: null, resolved: null } };
    const owner = rowsOf(asking.service.database.orm.em.fork());
    const rows = await owner.rows(pageOfDossiers(list, dossierPage(1000, null).from));
    expect(rows.map(({ code }) => code)).toEqual(seen.map(({ code }) => code));
    expect(await owner.rows(countOfDossiers(list))).toEqual([{ total: seen.length }]);
  });
});

describe("one dossier", () => {
  it("shows its facts, its units as of the day of receipt, and its pauses in order", async () => {
    const given = asking.made.find(({ code }) => code === "H.0")!;
    const facts = factsOf({
      ...{ state: "RESULT_RETURNED", submittedAt: at("2025-03-01T08:00"), dueAt: at("2025-03-10T17:00"), dueProvisional: true },
      ...{ endedAt: at("2025-03-14T10:00"), returnedAt: at("2025-03-15T10:00") },
      pauses: [supplement("2025-03-06T08:00", "2025-03-07T09:00"), supplement("2025-03-04T08:00", "2025-03-05T09:00")],
    });
    const [unitNo, receivedByNo] = [
      asking.made.find(({ unit }) => unit === "492.2015")!.unitNo,
      asking.made.find(({ unit }) => unit === "48.2015")!.unitNo,
    ];
    const draft = { ...given, code: "known", facts, unitNo, receivedByNo, channel: "POSTAL" } as const;
    await insertDossiers(asking.service.database.orm.em.fork(), [draft]);
    expect(await asking.one({ code: "known" })).toEqual({
      ...{
        code: "known",
        state: "RESULT_RETURNED",
        channel: "POSTAL",
        timeliness: "OVERDUE",
        dueProvisional: derivedOf(facts).dueProvisional,
      },
      ...{
        submittedAt: "2025-03-01T08:00:00.000+07:00",
        receivedAt: "2025-03-03T09:00:00.000+07:00",
        dueAt: "2025-03-10T17:00:00.000+07:00",
      },
      ...{ currentDueAt: instantText(derivedOf(facts).currentDueAt!), endedAt: "2025-03-14T10:00:00.000+07:00" },
      returnedAt: "2025-03-15T10:00:00.000+07:00",
      procedure: { code: given.procedure, field: { code: given.field, name: `Lĩnh vực ${given.field}` } },
      unit: { id: "492.2015", asOf: "2025-03-03" },
      receivedBy: { id: "48.2015", asOf: "2025-03-03" },
      source: { id: given.source, kind: "RECORDS" },
      pauses: [
        { reason: "SUPPLEMENT", from: "2025-03-04T08:00:00.000+07:00", to: "2025-03-05T09:00:00.000+07:00" },
        { reason: "SUPPLEMENT", from: "2025-03-06T08:00:00.000+07:00", to: "2025-03-07T09:00:00.000+07:00" },
      ],
    });
    const on = async (asOf: Day) => (await asking.one({ code: "known", asOf }))!["timeliness"];
    expect(await on("2025-03-02")).toBe("NOT_DUE");
    expect(await on("2025-03-04")).toBe("PAUSED");
    expect(await on("2025-03-05")).toBe("NOT_DUE");
    expect(await on("2025-03-13")).toBe("OVERDUE");
    await sql`delete from dossier_pause where code = 'known'`.execute(asking.service.database.orm.em.fork().getKysely());
    await sql`delete from dossier where code = 'known'`.execute(asking.service.database.orm.em.fork().getKysely());
  });

  it("is null where there is none, and a conflict that names the sources where there are two", async () => {
    expect(await asking.one({ code: "nothing" })).toBeNull();
    const twin = asking.made.at(-1)!;
    const sources = asking.made.filter(({ code }) => code === twin.code).map(({ source }) => source);
    expect(sources).toHaveLength(2);
    const { code, message, extensions } = await asking.errorOf(ONE, { code: twin.code }, asking.keys.VN);
    expect(code).toBe("CONFLICT");
    for (const source of sources) expect(message).toContain(source);
    expect(extensions!["sources"]).toEqual(sources.toSorted());
    for (const source of sources) expect(await asking.one({ code: twin.code, source })).toMatchObject({ source: { id: source } });
    expect(await asking.one({ code: twin.code, source: "elsewhere" })).toBeNull();
  });

  it("has no timeliness on a day that is still to come", async () => {
    const { code, source } = asking.made[0]!;
    for (const asOf of ["2026-11-23", "soon"]) {
      const error = await asking.errorOf(ONE, { code, source, asOf }, asking.keys.VN);
      expect(error).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringMatching(/^asOf: /) as string });
    }
  });
});

describe("lists of dossiers", () => {
  it("are the same in pages of any size", () => asking.comparePages());

  it.each([
    ["filter.within", { within: "nowhere" }],
    ["filter.asOf", { within: "48", asOf: "2010-01-01" }],
    ["filter.asOf", { asOf: "2025-01-01" }],
    ["filter.procedure", { procedure: "T.9" }],
    ["filter.field", { field: "F.9" }],
    ["filter.received", { received: "2021-13" }],
    ["filter.resolved", { resolved: "soon" }],
  ])("refuse an unknown %s by name", async (argument, filter) => {
    const { code, message } = await asking.errorOf(LIST, { filter }, asking.keys.VN);
    expect(code).toBe("BAD_USER_INPUT");
    expect(message).toMatch(new RegExp(`^${argument}: `));
  });

  it.each(["xyz", "OTk5OTk5OTp4OmEK", Buffer.from("99999999:1:x").toString("base64url"), Buffer.from("9999:x").toString("base64url")])(
    "refuse the cursor %s, which they have not given",
    async (after) => {
      expect(await asking.errorOf(LIST, { filter: {}, after }, asking.keys.VN)).toMatchObject({ code: "BAD_USER_INPUT" });
    },
  );

  it("select nothing for an empty list of states or of timeliness", async () => {
    expect(await asking.list({ states: [] })).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await asking.list({ timeliness: [] })).toMatchObject({ nodes: [], totalCount: 0 });
  });
});

describe("the number of statements for a list of dossiers", () => {
  it("does not grow with the dossiers", async () => {
    const query = `query ($filter: DossierFilter!, $first: Int) { dossiers(filter: $filter, first: $first) { totalCount nodes {
      code timeliness pauses { reason } unit { name } receivedBy { name } procedure { name field { name } } source { title } } } }`;
    const costOf = async (first: number) => {
      const ask = () =>
        asking.service.ask<unknown, object>(
          query,
          { filter: { within: "VN", procedure: "T.1", states: DOSSIER_STATES }, first },
          asking.keys.VN,
        );
      expect((await ask()).errors).toBeUndefined();
      return (await statementsOf(ask)).length;
    };
    expect(await costOf(100)).toBe(await costOf(10));
  });
});
