import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATEMENT_ROWS } from "../../../src/graphql/cost/fields.ts";
import { UNIT_KINDS } from "../../../src/hierarchy/unit.entity.ts";
import { type CostAnswer, askFor } from "../../support/cost.ts";
import { startService, type TestService } from "../../support/client.ts";
import { statementsOf } from "../../support/statements.ts";

const DAY = "2025-06-30";
const country = await readFile(new URL("../../support/country.graphql", import.meta.url), "utf8");

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ask = (query: string, variables?: object) => askFor(service.server, query, variables);
const costOf = async (query: string, variables?: object): Promise<number> => {
  const { errors, extensions } = await ask(query, variables);
  expect(errors).toBeUndefined();
  return extensions!.cost!.requested;
};
const count = async (condition: string, day = DAY): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from unit_version v where valid_from <= ${day} and (valid_to is null or valid_to > ${day}) and ${sql.raw(condition)}`.execute(
    service.database.orm.em.fork().getKysely(),
  );
  return rows[0]!.n;
};

describe("the cost of an operation", () => {
  it("is the exact number of units of a fixed list", async () => {
    const [provinces, districts, communes] = [
      await count("tier = 'PROVINCE'"),
      await count("tier = 'DISTRICT'"),
      await count("tier = 'COMMUNE'"),
    ];
    const at = (selection: string) => `{ unit(code: "VN", asOf: "${DAY}") { ${selection} } }`;
    expect(await costOf(at("name"))).toBe(1);
    expect(await costOf(at("children { name }"))).toBe(1 + provinces);
    expect(await costOf(at("children { children { name } }"))).toBe(1 + provinces + districts);
    expect(await costOf(at("children(tier: PROVINCE) { children(kinds: [TOWN]) { name } }"))).toBe(
      1 + provinces + (await count("kind = 'TOWN'")),
    );
    expect(await costOf(at("children { children { parent { parent { name } } } }"))).toBe(1 + provinces + 3 * districts);
    expect(await costOf(at("children { children { ancestors { name } } }"))).toBe(1 + provinces + 3 * districts);
    expect(await costOf(at("descendants(tier: DISTRICT, first: 1000) { nodes { name } }"))).toBe(1 + districts);
    expect(await costOf(at("descendants(tier: COMMUNE, first: 7) { nodes { parent { name } } }"))).toBe(1 + 7 + 7);
    expect(communes).toBeGreaterThan(1000);
    expect(await costOf(`{ units(tier: COMMUNE, first: 1000, asOf: "${DAY}") { nodes { name } } }`)).toBe(1000);
    expect(await costOf(`{ units(tier: PROVINCE, first: 1000, asOf: "${DAY}") { nodes { name } } }`)).toBe(provinces);
  });

  it("includes the units that are read for a count or a search", async () => {
    const everything = (await costOf(`{ units(first: 1, asOf: "${DAY}") { totalCount } }`)) - 1;
    // Agencies come and go between two days of change.
    expect(everything).toBeGreaterThanOrEqual(await count("true"));
    expect(await costOf(`{ units(first: 5, tier: PROVINCE, asOf: "${DAY}") { totalCount nodes { name } } }`)).toBe(everything + 5);
    expect(await costOf(`{ units(first: 5, search: "a", asOf: "${DAY}") { nodes { name } } }`)).toBe(everything + 5);
    const within = (await costOf(`{ units(first: 5, within: "04", asOf: "${DAY}") { totalCount } }`)) - 5;
    const below = await costOf(
      `{ unit(code: "04", asOf: "${DAY}") { descendants(first: 1000, kinds: [${UNIT_KINDS.join(", ")}]) { nodes { name } } } }`,
    );
    expect(within).toBe(below);
    expect(await costOf(`{ unit(code: "04", asOf: "${DAY}") { descendants(first: 5) { totalCount } } }`)).toBe(1 + 5 + within);
  });

  it("counts the maximum of a report, whatever it contains", async () => {
    expect(await costOf('{ report(id: "none") { figures { value } } }')).toBe(1 + 5000);
    expect(await costOf('{ reports(unit: "04", first: 10) { nodes { figures { value } } } }')).toBe(10 + 10 * 5000);
  });

  it("counts nothing for names of types and for the list of indicators", async () => {
    expect(await costOf("{ __typename indicators { __typename code name } }")).toBe(0);
  });

  it("counts the units of a page once, and their fields as often as they are requested", async () => {
    const page = (selection: string) => `{ units(first: 10, asOf: "${DAY}", tier: DISTRICT) { ${selection} } }`;
    expect(await costOf(page("nodes { name } edges { cursor node { name } } pageInfo { endCursor }"))).toBe(10);
    expect(await costOf(page("nodes { parent { name } } edges { node { parent { name } } }"))).toBe(30);
  });

  it("adds up aliases, and counts merged fields once", async () => {
    expect(await costOf('{ a: unit(code: "04") { name } b: unit(code: "04") { name } c: unit(code: "04") { name } }')).toBe(3);
    expect(
      await costOf('{ unit(code: "04") { parent { name } ...F ... on Unit { parent { kind } } } } fragment F on Unit { parent { code } }'),
    ).toBe(2);
  });

  it("is the same by literals, by variables, by their defaults and by those of arguments", async () => {
    const literal = await costOf(`{ unit(code: "VN", asOf: "${DAY}") { descendants(first: 300) { nodes { parent { name } } } } }`);
    expect(literal).toBe(601);
    const named = "unit(code: $code, asOf: $asOf) { descendants(first: $first) { nodes { parent { name } } } }";
    const values = { code: "VN", asOf: DAY, first: 300 };
    expect(await costOf(`query ($code: ID, $asOf: Date, $first: Int) { ${named} }`, values)).toBe(literal);
    expect(await costOf(`query ($code: ID = "VN", $asOf: Date! = "${DAY}", $first: Int! = 300) { ${named} }`)).toBe(literal);
    expect(await costOf(`query ($code: ID = "04", $asOf: Date = "${DAY}", $first: Int = 1) { ${named} }`, values)).toBe(literal);
    expect(await costOf(`{ unit(code: "VN", asOf: "${DAY}") { descendants { nodes { name } } } }`)).toBe(51);
    expect(await costOf(`query ($first: Int) { unit(code: "VN", asOf: "${DAY}") { descendants(first: $first) { nodes { name } } } }`)).toBe(
      51,
    );
  });

  it("excludes skipped fields", async () => {
    const query =
      'query ($yes: Boolean!) { unit(code: "04") { parent @skip(if: $yes) { name } ... @include(if: $yes) { a: parent { name } b: parent { name } } } }';
    expect(await costOf(query, { yes: true })).toBe(3);
    expect(await costOf(query, { yes: false })).toBe(2);
  });

  it("is at most 100000 for the whole country with its figures", async () => {
    const cost = await costOf(country, { asOf: DAY, period: "2024" });
    // A unit, its dossiers, its tasks and two indicators; on each of four levels three fields send statements.
    expect(cost).toBe(5 * (await count("tier is not null")) + 12 * STATEMENT_ROWS);
    expect(cost).toBe(54_215);
  });

  it("counts federated references, and the fields of their units", async () => {
    const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { parent { name } } } }";
    const references = [
      { code: "48", asOf: DAY },
      { id: "06.2015" },
      { code: "x" },
      { code: "48", asOf: "1999-01-01" },
      { code: "48", asOf: "x" },
    ];
    expect((await ask(query, { r: references.map((one) => ({ __typename: "Unit", ...one })) })).extensions!.cost!.requested).toBe(5 + 2);
  });

  it("counts the fields of references of each kind", async () => {
    const fields =
      "... on Unit { parent { name } children { name } } ... on Dossier { procedure { field { name } } } ... on Report { figures { value } }";
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ${fields} } }`;
    const kinds = [
      { __typename: "Unit", code: "48", asOf: DAY },
      { __typename: "Dossier", id: "x" },
      { __typename: "Report", id: "x" },
      { __typename: "Procedure", code: "x" },
      { __typename: "Nothing" },
    ];
    const cost = async (r: readonly object[]) => (await ask(query, { r })).extensions!.cost!.requested;
    const alone = await Promise.all(kinds.map((one) => cost([one])));
    // The unit, its parent and the districts below it; the dossier, its procedure and the field; the report and its figures; the others as such.
    expect(alone).toEqual([
      2 + (await count(`parent_id = (select id from unit where key = '48.2015') and tier is not null`)),
      3,
      5001,
      1,
      1,
    ]);
    expect(await cost([...kinds, ...kinds])).toBe(2 * alone.reduce((sum, one) => sum + one, 0));
  });

  it("follows units over the reform", async () => {
    const day = "2025-12-31";
    const { rows } = await sql<{ steps: number }>`
      select count(*)::int as steps from succession s join unit_version v on v.unit_id = s.successor_id
      where v.valid_to is null and v.tier = 'PROVINCE' and s.effective_on <= ${day}`.execute(service.database.orm.em.fork().getKysely());
    const query = `{ unit(code: "VN", asOf: "${day}") { children { predecessors { unit { children { name } } } } } }`;
    const { data, extensions } = await ask(query);
    const provinces = (data as { unit: { children: { predecessors: { unit: { children: unknown[] } }[] }[] } }).unit.children;
    const before = provinces.flatMap(({ predecessors }) => predecessors);
    expect(before).toHaveLength(rows[0]!.steps);
    const districts = before.reduce((sum, { unit }) => sum + unit.children.length, 0);
    expect(districts).toBeGreaterThan(500);
    expect(extensions!.cost!.requested).toBe(1 + provinces.length + before.length + districts);
  });

  it("continues after a cursor", async () => {
    const page = (after: string) => `{ units(tier: PROVINCE, first: 60, asOf: "${DAY}"${after}) { pageInfo { endCursor } } }`;
    const { data } = await ask(page(""));
    const { endCursor } = (data as { units: { pageInfo: { endCursor: string } } }).units.pageInfo;
    expect(await costOf(page(`, after: "${endCursor}"`))).toBe((await count("tier = 'PROVINCE'")) - 60);
  });
});

describe("an operation over the limit", () => {
  it.each([
    [
      "lists in lists by their defaults",
      `{ units { nodes { parent { descendants { nodes { parent { descendants { nodes { parent { descendants { nodes { name } } } } } } } } } } } }`,
    ],
    [
      "a long series of the whole country",
      `{ unit(code: "VN", asOf: "${DAY}") { children { children { dossiers(period: "2001/2020") { series(grain: MONTH) { received } } } } } }`,
    ],
    ["units up and down", `{ unit(code: "VN", asOf: "${DAY}") { ${"children { parent { ".repeat(6)} name ${"} }".repeat(6)} } }`],
    [
      "more references than it may read rows of",
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { descendants(first: 1000) { totalCount } } } }",
    ],
  ])("is one with %s", async (_, query) => {
    // This request loads the hierarchy.
    await ask('{ unit(code: "VN") { name } }');
    const r = Array.from({ length: 101 }, () => ({ __typename: "Unit", code: "VN" }));
    let answer!: CostAnswer;
    expect(await statementsOf(async () => void (answer = await ask(query, query.includes("$r") ? { r } : {})))).toEqual([]);
    const { requested } = answer.extensions!.cost!;
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(requested).toBeGreaterThan(100_000);
    expect(Number.isSafeInteger(requested)).toBe(true);
    const [error] = answer.errors!;
    expect(error!.message).toContain(`may read ${requested} rows; the maximum is 100000`);
    expect(error!.extensions).toEqual({ code: "LIMIT_EXCEEDED", requested, maximum: 100_000 });
    expect(answer.extensions).toEqual({ cost: { requested, maximum: 100_000 } });
  });

  it("leaves invalid operations to their own error", async () => {
    const refused = async (query: string, variables?: object) => {
      const { errors } = await ask(query, variables);
      expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
    };
    await refused("query ($n: Int) { units(first: $n) { totalCount } }", { n: "x" });
    await refused("{ units(first: 0) { nodes { name } } }");
    await refused("{ units(first: 1001) { nodes { name } } }");
    await refused('{ units(after: "x") { nodes { name } } }');
    await refused('{ units(within: "x") { nodes { name } } }');
    await refused('{ unit(code: "48", asOf: "2015-01-01") { name } }');
    await refused('{ unit(code: "48") { dossiers(period: "x") { received } } }');
    await refused('{ unit(code: "48") { dossiers(period: "2024-07") { series(grain: YEAR) { received } } } }');
    await refused('{ unit(code: "48") { correspondence(on: "x") { certain } } }');
    const { errors } = await ask("query A { __typename } query B { __typename }");
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["OPERATION_RESOLUTION_FAILURE"]);
  });
});
