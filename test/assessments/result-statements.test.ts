import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statementsOf } from "../support/statements.ts";
import { CycleRoom, type Who } from "./cycle-room.ts";
import { publishCycle, scoredCycle } from "./scored-cycle.ts";

/** Three communes of Cao Bằng have published results of 2025 and 2026; reports state results of Đà Nẵng, and of units below it, of 2021. */
let room: CycleRoom;
const SCORES = { "01273": [10, 30, 39.5, 0.9], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] } as const;

beforeAll(async () => {
  room = await CycleRoom.start({ maxCost: 10_000_000 });
  for (const year of [2025, 2026]) await publishCycle(room, await scoredCycle(room, year, SCORES));
});
afterAll(() => room.service.close());

const ASSESSMENTS = /'assessment\.score'|\branking_publication\b/;
const ROLLUPS = /\b(dossier|task|service)_rollup\b/;
const UNITS = /\b(join|from) (unit|unit_version|contribution|edition)\b/;

const asked = async (query: string, who: Who | null = null) => {
  const ask = async () => {
    const { data, errors } = await room.ask<any>(who, query);
    expect(errors).toBeUndefined();
    return data;
  };
  await ask();
  let data: any;
  const statements = await statementsOf(async () => {
    data = await ask();
  });
  return { data, statements, own: statements.filter((text) => ASSESSMENTS.test(text) && !ROLLUPS.test(text)) };
};

const KINDS = 'dossiers(period: "2026") { received } tasks(period: "2026") { total } services(period: "2026") { procedures }';
const INDICATORS = 'indicators(period: "2026", codes: ["dossier-on-time", "task-on-time", "service-online"]) { rate { value } }';
const RESULT = "year score rank rankOf classification { code } rubric { name maxScore } sources { kind } unit { code }";
const FIELDS = `code ${KINDS} ${INDICATORS} assessments { ${RESULT} }`;
const treeOf = (levels: number): string => `${FIELDS} ${levels > 1 ? `children { ${treeOf(levels - 1)} }` : ""}`;

interface Tree {
  readonly code: string;
  readonly assessments: readonly { readonly year: number; readonly score: number | null; readonly sources: readonly { kind: string }[] }[];
  readonly children?: readonly Tree[];
}
const within = (tree: Tree): Tree[] => [tree, ...(tree.children ?? []).flatMap(within)];

describe("a tree of units with dossiers, tasks, indicators and assessments", () => {
  it.each([
    ["country", 1, "2026-11-15", 1, []],
    ["country → provinces → communes", 3, "2026-11-15", 3000, ["ASSESSMENT"]],
    ["country → provinces → districts → communes", 4, "2021-12-31", 10_000, ["REPORT"]],
  ])("%s reads its assessments by one statement, beside one for each kind of roll-up", async (_tree, levels, asOf, units, kinds) => {
    const { data, statements, own } = await asked(`{ unit(code: "VN", asOf: "${asOf}") { ${treeOf(levels)} } }`);
    const found = within(data.unit);
    expect(found.length).toBeGreaterThanOrEqual(units);
    const sources = found.flatMap(({ assessments }) => assessments.flatMap((one) => one.sources.map(({ kind }) => kind)));
    expect([...new Set(sources)]).toEqual(kinds);
    expect(statements.filter((text) => ROLLUPS.test(text))).toHaveLength(3);
    expect(own).toHaveLength(1);
    // Not even the version of the units is asked by a statement of its own.
    expect(statements).toHaveLength(4);
  });
});

describe("results", () => {
  it("of several years, indexes and units are read by one statement, and those of the years before by another", async () => {
    const results = `all: assessments { ${RESULT} } one: assessments(index: PAR, year: 2026) { score previous { year score } }`;
    const { data, statements } = await asked(
      `{ unit(code: "04") { children(tier: COMMUNE) { code ${results} } } d: unit(code: "48") { all: assessments { year } } }`,
    );
    const scored = data.unit.children.filter(({ all }: { all: unknown[] }) => all.length > 0);
    expect(scored.map(({ code, one }: any) => [code, one[0].previous.year])).toEqual(Object.keys(SCORES).map((code) => [code, 2025]));
    expect(statements).toHaveLength(2);
  });

  it("with drafts are read by one statement, once the drafts of the caller are known", async () => {
    const query = (evidence: string) => `{ unit(code: "04", evidence: ${evidence}) { children { assessments { ${RESULT} } } } }`;
    const [published, all] = [await asked(query("PUBLISHED"), "viewer"), await asked(query("ALL"), "viewer")];
    expect(all.data).toEqual(published.data);
    expect(all.own).toHaveLength(1);
  });

  it("are of units in memory, as no statement reads any", async () => {
    const ranked = "rankings(index: PAR, year: 2026) { entries { unit { code name validFrom } score rank } supersedes { version } }";
    const { statements, own } = await asked(
      `{ unit(code: "04") { assessments { ${RESULT} } ${ranked} children { code assessments { year } } } }`,
    );
    expect(own).toHaveLength(2);
    expect(statements.filter((text) => UNITS.test(text))).toEqual([]);
    // Where each statement has said the version of the units.
    expect(statements).toHaveLength(2);
  });

  it("are worked out again on newer units, of which their statement learns", async () => {
    const query = '{ unit(code: "04") { children(tier: COMMUNE) { name assessments(year: 2026) { unit { name } score } } } }';
    await asked(query);
    const db = room.service.database.orm.em.fork().getKysely();
    await sql`update unit_version set name = 'Tên mới' where code = '01273' and valid_to is null`.execute(db);
    await sql`update hierarchy_version set version = gen_random_uuid()`.execute(db);
    const { data } = await room.ask<any>(null, query);
    expect(data.unit.children.find(({ name }: { name: string }) => name === "Tên mới")).toMatchObject({
      assessments: [{ unit: { name: "Tên mới" }, score: 97.5 }],
    });
  });
});

describe("rankings", () => {
  const RANKING = `version ranked entries { ${RESULT} } sources { kind }`;
  it.each([
    ["04", "2026-11-15", 2026, ["ASSESSMENT"]],
    ["48", "2021-12-31", 2021, ["REPORT"]],
  ])("below %s on %s are read by one statement, whatever they rest on", async (code, asOf, year, kinds) => {
    const { data, statements } = await asked(
      `{ unit(code: "${code}", asOf: "${asOf}") { rankings(index: PAR, year: ${year}) { ${RANKING} } } }`,
    );
    const found = data.unit.rankings;
    expect(found.length).toBeGreaterThan(0);
    expect([...new Set(found.flatMap(({ sources }: any) => sources.map(({ kind }: any) => kind)))]).toEqual(kinds);
    expect(statements).toHaveLength(1);
  });

  it("below all provinces are, too", async () => {
    const { statements } = await asked(`{ unit(code: "VN") { children { code rankings(index: PAR, year: 2026) { ${RANKING} } } } }`);
    expect(statements).toHaveLength(1);
  });
});

describe("surveys, commendations and figures", () => {
  const fields =
    'surveys(period: "2016") { question } commendations(period: "2016") { form } figures(period: "2016") { measure scope unit { code } }';

  it("of a unit are read by one statement, which reads no units", async () => {
    const { data, statements } = await asked(`{ unit(code: "196", asOf: "2016-12-31") { ${fields} } }`);
    expect(data.unit.surveys.length).toBeGreaterThan(0);
    expect(data.unit.figures[0]).toMatchObject({ scope: null, unit: { code: "196" } });
    expect(statements).toHaveLength(1);
    expect(statements.filter((text) => UNITS.test(text))).toEqual([]);
  });

  it("of a tree, too", async () => {
    const { statements } = await asked(
      `{ unit(code: "VN", asOf: "2016-12-31") { ${fields} children { ${fields} children { ${fields} } } } }`,
    );
    expect(statements).toHaveLength(1);
  });
});
