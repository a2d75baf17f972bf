import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { RequestContext } from "../../src/access/request-context.ts";
import { type Cut, cutsOn } from "../../src/counters/cut.ts";
import { cutLoaders } from "../../src/counters/cut.loaders.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import type { UnitView } from "../../src/hierarchy/unit-view.ts";
import { rollupLoaders } from "../../src/rollups/rollup.loaders.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { fillCommunes } from "../support/synthetic.ts";

/** Cao Bằng has dossiers of 2026 in two communes, all communes have figures of 2024, and nobody reported anything of 2023. */
let service: TestService;
let viewer: string;

beforeAll(async () => {
  service = await startService();
  const officer = await givenDossiers(service);
  viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
  await fillCommunes(service.database.orm.em.fork(), parsePeriod("period", "2024"));
  const dossiers = [dossier({ code: "one" }), dossier({ code: "two", unit: "01561", receivedAt: "2026-05-04T08:00:00+07:00" })];
  const { errors } = await service.ask(IMPORT, { source: "cao-bang", dossiers }, officer);
  expect(errors).toBeUndefined();
});
afterAll(() => service.close());

const ROLLUPS = /\b(rollup_set|record_unit|record_range|(dossier|task)_(tree|unit)_count|(dossier|task|service)_rollup)\b/;

/** The answer, and the statements about roll-ups, once the sets of figures are stored. */
const asked = async (query: string, bearer?: string) => {
  await service.ask(query, {}, bearer);
  let data: unknown;
  const statements = await statementsOf(async () => {
    const answer = await service.ask<unknown, object>(query, {}, bearer);
    expect(answer.errors).toBeUndefined();
    data = answer.data;
  });
  return { data: data as any, count: statements.filter((text) => ROLLUPS.test(text)).length, all: statements.length };
};

const FIELDS = "received resolved inProcess onTimeRate { value coverage } exact b: bounds(measure: RECEIVED) { high }";
const year = (code: string, period: string, asOf = "2026-11-15") =>
  `{ unit(code: "${code}", asOf: "${asOf}") { fullName dossiers(period: "${period}") { ${FIELDS} } } }`;

describe("the roll-up of one unit and year is read by one statement", () => {
  it("from records, which reads the version of the units, too", async () => {
    const { data, count, all } = await asked(year("01558", "2026"));
    expect(data.unit.dossiers).toMatchObject({ received: 1, exact: true });
    expect([count, all]).toEqual([1, 1]);
  });

  it("from records in the hierarchy of another day, whose counters are added up", async () => {
    const { data, count } = await asked(year("04", "2026", "2024-12-31"));
    expect(data.unit.dossiers).toMatchObject({ received: 2, exact: true });
    expect(count).toBe(1);
  });

  it("from figures, of which roll-ups are stored", async () => {
    const { data, count } = await asked(year("00001", "2024", "2025-06-30"));
    expect(data.unit.dossiers.received).toBeGreaterThan(1000);
    expect(count).toBe(1);
  });

  it("where nobody reported anything", async () => {
    const { data, count } = await asked(year("48", "2023"));
    expect(data.unit.dossiers).toMatchObject({ received: null, exact: true });
    expect(count).toBe(1);
  });

  it("of single days, which are read within the caller's scope", async () => {
    const { data, count } = await asked(year("01558", "2026-03-02/2026-03-05"), viewer);
    expect(data.unit.dossiers).toMatchObject({ received: 1 });
    expect(count).toBe(1);
  });
});

describe("the roll-ups of many units are read by one statement for each kind", () => {
  const kinds = 'dossiers(period: "2026") { received } tasks(period: "2026") { total } services(period: "2026") { procedures }';
  const indicators = 'indicators(period: "2026", codes: ["dossier-on-time", "task-on-time", "service-online"]) { rate { value } }';

  it("whatever fields and indicators are asked of it", async () => {
    const page = (first: number) =>
      `{ units(first: ${first}, asOf: "2026-11-15", tier: COMMUNE) { nodes { code ${kinds} ${indicators} } } }`;
    expect((await asked(page(2))).count).toBe(3);
    expect((await asked(page(200))).count).toBe(3);
  });

  it("also in the hierarchy of another day, and for the country beside its provinces", async () => {
    const { data, count } = await asked(
      `{ unit(code: "VN", asOf: "2024-12-31") { children { code dossiers(period: "2026") { received } } } }`,
    );
    expect(data.unit.children.find(({ code }: { code: string }) => code === "04").dossiers).toEqual({ received: 2 });
    expect(data.unit.children.filter(({ dossiers }: any) => dossiers.received !== null)).toHaveLength(1);
    expect(count).toBe(1);
  });

  it("and their coverage by two more that find the sets and what covers the units", async () => {
    const { data, count } = await asked(
      '{ units(first: 20, asOf: "2026-11-15", tier: COMMUNE) { nodes { dossiers(period: "2026") { received coverage { unitsExpected unitsCovered } } } } }',
    );
    expect(data.units.nodes).toHaveLength(20);
    expect(count).toBe(3);
  });

  it("of a tree of any depth, whose units are in memory", async () => {
    const fields = `${kinds} ${indicators} assessments { score }`;
    const tree = (levels: number): string => `code ${fields} ${levels > 1 ? `children { ${tree(levels - 1)} }` : ""}`;
    const readOf = (levels: number) => {
      const query = `{ unit(code: "VN", asOf: "2026-11-15") { ${tree(levels)} } }`;
      return statementsOf(async () => expect(await service.ask(query)).not.toHaveProperty("errors"));
    };
    for (const levels of [1, 3]) {
      await readOf(levels);
      const statements = await readOf(levels);
      expect(statements.filter((text) => ROLLUPS.test(text))).toHaveLength(3);
      // And one of assessments; all of them read the version of the units, too.
      expect(statements).toHaveLength(4);
    }
  });

  it("of all tiers of the country, where all are asked for at once", async () => {
    const { rows: units } = await sql<UnitView>`
      select v.unit_id as no, v.tier, '2026-11-15' as "asOf" from unit_version v where v.tier is not null and v.valid_to is null`.execute(
      service.database.orm.em.fork().getKysely(),
    );
    const received = async (): Promise<readonly (number | null)[]> => {
      const context = new RequestContext(service.database.pools, NOW);
      await context.hierarchy.takeLatest();
      const { dossierRollup } = context.use(rollupLoaders);
      const { cutOf } = context.use(cutLoaders);
      const period = parsePeriod("period", "2026");
      const keys = units.map((unit) => ({ unit, period, handledBy: null, cut: cutOf(unit) as Cut }));
      return Promise.all(keys.map(async (key) => (await dossierRollup.load(key)).sum("received")));
    };
    await received();
    let sums: readonly (number | null)[] = [];
    const statements = await statementsOf(async () => {
      sums = await received();
    });
    expect(statements).toHaveLength(1);
    expect(sums.length).toBeGreaterThan(3000);
    // The country, the province and two communes.
    expect(sums.filter((sum) => sum !== null).toSorted((one, other) => one - other)).toEqual([1, 1, 2, 2]);
  });

  it("of a unit that is there twice, as with records up to different days, both of which are after the period", async () => {
    const context = new RequestContext(service.database.pools, NOW);
    const { unitByReference } = context.use(unitLoaders);
    const { dossierRollup } = context.use(rollupLoaders);
    const unitOf = async (code: string) => unitByReference.load({ code, asOf: "2026-11-15" });
    const units = await Promise.all(["04", "01558", "01561"].map(unitOf));
    const period = parsePeriod("period", "2026-H1");
    const cuts = Object.values(cutsOn(context.today));
    const keys = units.flatMap((unit) => cuts.map((cut) => ({ unit: unit!, period, handledBy: null, cut })));
    const sums = await Promise.all(keys.map(async (key) => (await dossierRollup.load(key)).sum("received")));
    expect(sums).toEqual([2, 2, 1, 1, 1, 1]);
  });
});
