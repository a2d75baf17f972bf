import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScope } from "../../src/access/scope.ts";
import { Reader } from "../../src/db/reader.ts";
import { CHANNELS, DOSSIER_STATES } from "../../src/dossiers/dossier-state.ts";
import { TIMELINESS, timelinessOn } from "../../src/dossiers/timeliness.ts";
import { dayOf, type Day, epochDay, instantText } from "../../src/time/date.ts";
import { parsePeriod } from "../../src/time/period.ts";
import { startService, type TestService, TODAY } from "../support/client.ts";
import { derivedOf, insertDossiers } from "../support/dossier-rows.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { viewerOf } from "../support/viewer.ts";
import { at, factsOf, supplement } from "./facts.ts";
import { makeDossiers, type MadeDossier } from "./world.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 20_261_124);
const COUNT = 400;

const LIST = `query ($filter: DossierFilter!, $first: Int, $after: String) { dossiers(filter: $filter, first: $first, after: $after) {
  nodes { code source { id } } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;
const ONE = `query ($code: ID!, $source: ID, $asOf: Date) { dossier(code: $code, source: $source) {
  code state channel submittedAt receivedAt dueAt dueProvisional currentDueAt endedAt returnedAt timeliness(asOf: $asOf)
  procedure { code field { code name } } unit { id asOf } receivedBy { id asOf } source { id kind } pauses { reason from to } } }`;

interface Page {
  readonly nodes: readonly { readonly code: string; readonly source: { readonly id: string } }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

let service: TestService;
let made: MadeDossier[];
const keys: Record<"VN" | "04" | "48", string> = { VN: "", "04": "", "48": "" };

beforeAll(async () => {
  service = await startService("SEEDED", { maxCost: 100_000 });
  made = await makeDossiers(service.database.orm.em.fork(), COUNT, SEED);
  for (const unit of ["VN", "04", "48"] as const) keys[unit] = await issueKey(service.database, `viewer of ${unit}`, { [unit]: "VIEWER" });
});
afterAll(() => service.close());

const list = async (filter: object, key = keys.VN, page: object = { first: 1000 }): Promise<Page> => {
  const { data, errors } = await service.ask<{ dossiers: Page }, object>(LIST, { filter, ...page }, key);
  expect(errors).toBeUndefined();
  return data.dossiers;
};
const errorOf = async (query: string, variables: object, key?: string) => {
  const { errors } = await service.ask<unknown, object>(query, variables, key);
  return { code: errors?.[0]?.extensions["code"], message: errors?.[0]?.message, extensions: errors?.[0]?.extensions };
};
const one = async (variables: object, key = keys.VN) => {
  const { data, errors } = await service.ask<{ dossier: Record<string, unknown> | null }, object>(ONE, variables, key);
  expect(errors).toBeUndefined();
  return data.dossier;
};

const namesOf = ({ nodes }: Page) => nodes.map(({ code, source }) => `${source.id} ${code}`);
const nameOf = ({ code, source }: MadeDossier) => `${source} ${code}`;

/** The ids of units that contribute certainly to the one that held the code on the day. */
const certainlyIn = async (code: string, day: Day): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ id: string }>`
    select u.key as id from unit_version v join contribution c on c.target_id = v.unit_id and c.certain join unit u on u.id = c.unit_id
    where v.code = ${code} and v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})
      and c.edition_id = (select id from edition where starts_on <= ${day} order by starts_on desc limit 1)`.execute(
    service.database.orm.em.fork().getKysely(),
  );
  return new Set(rows.map(({ id }) => id));
};

const newestFirst = (dossiers: readonly MadeDossier[]) =>
  dossiers.toSorted((a, b) => {
    if (a.datedOn !== b.datedOn) return a.datedOn < b.datedOn ? 1 : -1;
    return b.sourceNo - a.sourceNo || (a.code < b.code ? 1 : -1);
  });

describe("who may see dossiers", () => {
  it("is nobody without a key", async () => {
    expect(await errorOf(LIST, { filter: {} })).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await errorOf(ONE, { code: made[0]!.code })).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("is nobody whose role is on other units: the list is empty and each dossier null", async () => {
    const stranger = await issueKey(service.database, "stranger", { "01273": "VIEWER" });
    expect(await list({}, stranger)).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await list({ within: "48" }, stranger)).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await one({ code: made[0]!.code, source: made[0]!.source }, stranger)).toBeNull();
  });

  it("is each VIEWER for what contributes certainly to its unit", async () => {
    for (const unit of ["04", "48"] as const) {
      const covered = await certainlyIn(unit, TODAY);
      const expected = newestFirst(made.filter((dossier) => covered.has(dossier.unit)));
      expect(expected.length).toBeGreaterThan(20);
      const page = await list({}, keys[unit]);
      expect(namesOf(page)).toEqual(expected.map(nameOf));
      expect(page.totalCount).toBe(expected.length);
      const [inside, outside] = [expected[0]!, made.find((dossier) => !covered.has(dossier.unit))!];
      expect(await one({ code: inside.code, source: inside.source }, keys[unit])).toMatchObject({ code: inside.code });
      expect(await one({ code: outside.code, source: outside.source }, keys[unit])).toBeNull();
    }
  });

  it("is also decided by row-level security, whatever a statement asks for", async () => {
    const reader = new Reader(service.database.pools);
    const count = sql<{ dossiers: number; pauses: number }>`
      select (select count(*)::int from dossier) as dossiers, (select count(*)::int from dossier_pause) as pauses`;
    expect(await reader.rows(count)).toEqual([{ dossiers: 0, pauses: 0 }]);
    const viewer = await viewerOf(service.database, "04", { "04": "VIEWER" });
    const covered = await certainlyIn("04", TODAY);
    const seen = made.filter((dossier) => covered.has(dossier.unit));
    expect(await reader.scoped(readScope(viewer.grants)).rows(count)).toEqual([
      { dossiers: seen.length, pauses: seen.reduce((sum, { facts }) => sum + facts.pauses.length, 0) },
    ]);
  });
});

describe("one dossier", () => {
  it("shows what is known of it, its units as they were on the day of receipt, and its pauses in order", async () => {
    const given = made.find(({ code }) => code === "H.0")!;
    const facts = factsOf({
      ...{ state: "RESULT_RETURNED", submittedAt: at("2025-03-01T08:00"), dueAt: at("2025-03-10T17:00"), dueProvisional: true },
      ...{ endedAt: at("2025-03-14T10:00"), returnedAt: at("2025-03-15T10:00") },
      pauses: [supplement("2025-03-06T08:00", "2025-03-07T09:00"), supplement("2025-03-04T08:00", "2025-03-05T09:00")],
    });
    const [unitNo, receivedByNo] = [
      made.find(({ unit }) => unit === "492.2015")!.unitNo,
      made.find(({ unit }) => unit === "48.2015")!.unitNo,
    ];
    const draft = { ...given, code: "known", facts, unitNo, receivedByNo, channel: "POSTAL" } as const;
    await insertDossiers(service.database.orm.em.fork(), [draft]);
    expect(await one({ code: "known" })).toEqual({
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
    const on = async (asOf: Day) => (await one({ code: "known", asOf }))!["timeliness"];
    expect(await on("2025-03-02")).toBe("NOT_DUE");
    expect(await on("2025-03-04")).toBe("PAUSED");
    expect(await on("2025-03-05")).toBe("NOT_DUE");
    expect(await on("2025-03-13")).toBe("OVERDUE");
    await sql`delete from dossier_pause where code = 'known'`.execute(service.database.orm.em.fork().getKysely());
    await sql`delete from dossier where code = 'known'`.execute(service.database.orm.em.fork().getKysely());
  });

  it("is null where there is none, and a conflict that names the sources where there are two", async () => {
    expect(await one({ code: "nothing" })).toBeNull();
    const twin = made.at(-1)!;
    const sources = made.filter(({ code }) => code === twin.code).map(({ source }) => source);
    expect(sources).toHaveLength(2);
    const { code, message, extensions } = await errorOf(ONE, { code: twin.code }, keys.VN);
    expect(code).toBe("CONFLICT");
    for (const source of sources) expect(message).toContain(source);
    expect(extensions!["sources"]).toEqual(sources.toSorted());
    for (const source of sources) expect(await one({ code: twin.code, source })).toMatchObject({ source: { id: source } });
    expect(await one({ code: twin.code, source: "elsewhere" })).toBeNull();
  });

  it("has no timeliness on a day that is still to come", async () => {
    const { code, source } = made[0]!;
    for (const asOf of ["2026-11-23", "soon"]) {
      const error = await errorOf(ONE, { code, source, asOf }, keys.VN);
      expect(error).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringMatching(/^asOf: /) as string });
    }
  });
});

const comparePages = async (): Promise<void> => {
  for (const first of fc.sample(fc.integer({ min: 7, max: 150 }), { numRuns: 6, seed: SEED })) {
    const found: string[] = [];
    let after: string | null = null;
    for (let isMore = true; isMore;) {
      const page: Page = await list({}, keys.VN, { first, after });
      expect(page.totalCount).toBe(made.length);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      found.push(...namesOf(page));
      ({ endCursor: after, hasNextPage: isMore } = page.pageInfo);
    }
    expect(found).toEqual(newestFirst(made).map(nameOf));
  }
};

describe("lists of dossiers", () => {
  it("are the same in pages of any size", () => comparePages());

  it.each([
    ["filter.within", { within: "nowhere" }],
    ["filter.asOf", { within: "48", asOf: "2010-01-01" }],
    ["filter.asOf", { asOf: "2025-01-01" }],
    ["filter.procedure", { procedure: "T.9" }],
    ["filter.field", { field: "F.9" }],
    ["filter.received", { received: "2021-13" }],
    ["filter.resolved", { resolved: "soon" }],
  ])("refuse what is unknown, naming %s", async (argument, filter) => {
    const { code, message } = await errorOf(LIST, { filter }, keys.VN);
    expect(code).toBe("BAD_USER_INPUT");
    expect(message).toMatch(new RegExp(`^${argument}: `));
  });

  it.each(["xyz", "OTk5OTk5OTp4OmEK", Buffer.from("99999999:1:x").toString("base64url"), Buffer.from("9999:x").toString("base64url")])(
    "refuse the cursor %s, which they have not given",
    async (after) => {
      expect(await errorOf(LIST, { filter: {}, after }, keys.VN)).toMatchObject({ code: "BAD_USER_INPUT" });
    },
  );

  it("keep nothing for an empty list of states or of timeliness", async () => {
    expect(await list({ states: [] })).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await list({ timeliness: [] })).toMatchObject({ nodes: [], totalCount: 0 });
  });
});

const PLACES = [
  ["48", null],
  ["48", "2025-06-30"],
  ["492", "2025-06-30"],
  ["04", "2022-12-31"],
  ["048", "2025-01-01"],
  ["01558", null],
  ["20242", "2026-01-01"],
  ["VN", null],
] as const;
const PERIODS = ["2019", "2025", "2025-H1", "2024@ND09", "2018/2022", "2020-02-01/2026-01-31", "2026-11"] as const;

const filters = fc.record(
  {
    place: fc.constantFrom(...PLACES),
    procedure: fc.constantFrom("T.1", "T.2", "T.3"),
    field: fc.constantFrom("F.1", "F.2"),
    channel: fc.constantFrom(...CHANNELS),
    states: fc.subarray([...DOSSIER_STATES]),
    timeliness: fc.subarray([...TIMELINESS]),
    received: fc.constantFrom(...PERIODS),
    resolved: fc.constantFrom(...PERIODS),
  },
  { requiredKeys: [] },
);
type Filter = typeof filters extends fc.Arbitrary<infer T> ? T : never;

const isIn = (day: Day | null, period: string | undefined): boolean => {
  if (period === undefined) return true;
  const { from, to } = parsePeriod("period", period);
  return day !== null && from <= day && day <= to;
};

const keeps = (filter: Filter, units: ReadonlySet<string> | null) => {
  const { procedure, field, channel, states, timeliness, received, resolved } = filter;
  return (dossier: MadeDossier): boolean => {
    const { facts } = dossier;
    const isAccepted = facts.state !== "SUBMITTED" && facts.state !== "NOT_ACCEPTED";
    const isResolved = facts.state === "RESOLVED" || facts.state === "RESULT_RETURNED";
    const standing = timelinessOn(derivedOf(facts), epochDay(TODAY));
    return (
      (units === null || units.has(dossier.unit)) &&
      (procedure === undefined || dossier.procedure === procedure) &&
      (field === undefined || dossier.field === field) &&
      (channel === undefined || dossier.channel === channel) &&
      (states === undefined || states.includes(facts.state)) &&
      (timeliness === undefined || (standing !== null && timeliness.includes(standing))) &&
      isIn(isAccepted ? dayOf(new Date(facts.receivedAt!)) : null, received) &&
      isIn(isResolved ? dayOf(new Date(facts.endedAt!)) : null, resolved)
    );
  };
};

const compare = async ({ place, ...filter }: Filter): Promise<number> => {
  const [within, asOf] = place ?? [undefined, undefined];
  const page = await list({ ...filter, ...(within !== undefined && { within, asOf }) });
  const units = within === undefined ? null : await certainlyIn(within, asOf ?? TODAY);
  const expected = newestFirst(made.filter(keeps(filter, units)));
  expect(namesOf(page)).toEqual(expected.map(nameOf));
  expect(page.totalCount).toBe(expected.length);
  return expected.length;
};

describe("filters of dossiers", () => {
  it("each keep what a naive filter keeps", async () => {
    const each: Filter[] = [
      ...PLACES.map((place) => ({ place })),
      ...PERIODS.flatMap((period) => [{ received: period }, { resolved: period }]),
      ...DOSSIER_STATES.map((state) => ({ states: [state] })),
      ...TIMELINESS.map((timeliness) => ({ timeliness: [timeliness] })),
      ...CHANNELS.map((channel) => ({ channel })),
      ...[{ procedure: "T.1" as const }, { field: "F.1" as const }],
    ];
    let empty = 0;
    for (const filter of each) if ((await compare(filter)) === 0) empty++;
    expect(empty).toBeLessThan(each.length / 5);
  });

  it("keep together what a naive filter keeps", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => void (await compare(filter))),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env["PROPERTY_SHRINK"] !== "1" },
    );
  });

  it("keep by timeliness what shows it today, of those that are accepted", async () => {
    const query = "query ($filter: DossierFilter!) { dossiers(filter: $filter, first: 1000) { nodes { state receivedAt timeliness } } }";
    for (const timeliness of TIMELINESS) {
      const { data } = await service.ask<{ dossiers: { nodes: { receivedAt: string | null; timeliness: string }[] } }, object>(
        query,
        { filter: { timeliness: [timeliness] } },
        keys.VN,
      );
      expect(data.dossiers.nodes.length).toBeGreaterThan(0);
      for (const node of data.dossiers.nodes) {
        expect(node.timeliness).toBe(timeliness);
        expect(node.receivedAt).not.toBeNull();
      }
    }
  });
});

describe("the number of statements for a list of dossiers", () => {
  it("does not grow with the dossiers", async () => {
    const query = `query ($filter: DossierFilter!, $first: Int) { dossiers(filter: $filter, first: $first) { totalCount nodes {
      code timeliness pauses { reason } unit { name } receivedBy { name } procedure { name field { name } } source { title } } } }`;
    const costOf = async (first: number) => {
      const ask = () =>
        service.ask<unknown, object>(query, { filter: { within: "VN", procedure: "T.1", states: DOSSIER_STATES }, first }, keys.VN);
      expect((await ask()).errors).toBeUndefined();
      return (await statementsOf(ask)).length;
    };
    expect(await costOf(100)).toBe(await costOf(10));
  });
});

describe("lists of dossiers of so many units that they are read from the newest on", () => {
  beforeAll(async () => {
    await sql`
      insert into record_unit (province_id, unit_id, kind, source_id, records, last_import_at)
      select 0, id, 'DOSSIERS', 0, 0, now() from unit where id in (select unit_id from unit_version where tier = 'COMMUNE') limit 9000`.execute(
      service.database.orm.em.fork().getKysely(),
    );
  });

  it("are the same in pages of any size", () => comparePages());

  it("keep what a naive filter keeps", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => void (await compare(filter))),
      { numRuns: Math.ceil(RUNS / 3), seed: SEED + 1, endOnFailure: process.env["PROPERTY_SHRINK"] !== "1" },
    );
  });
});
