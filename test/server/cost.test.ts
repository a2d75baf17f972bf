import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { buildSchema, getOperationAST, Kind, parse } from "graphql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../../src/db/reader.ts";
import { createSubgraph } from "../../src/federation/subgraph.ts";
import { CEILING, Effort } from "../../src/server/cost/unit-set.ts";
import { rowsOf } from "../../src/server/cost/walk.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { Hierarchy } from "../../src/units/hierarchy.ts";
import { currentHierarchy } from "../../src/units/hierarchy-size.ts";
import { NOW, TODAY } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 20_251_107);
const DAY = "2025-06-30";
/** Of the server whose answers are counted, so that none is large. */
const SMALL = 2000;

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
  readonly extensions?: { cost?: { requested: number; maximum: number } };
}

const country = await readFile(new URL("../support/country.graphql", import.meta.url), "utf8");

let database: TestDatabase;
let server: RunningServer;
let small: RunningServer;
beforeAll(async () => {
  database = await createDatabase();
  const options = { host: "127.0.0.1", port: 0, clock: () => NOW };
  server = await startServer(() => database.pools, options);
  small = await startServer(() => database.pools, { ...options, maxCost: SMALL });
});
afterAll(async () => {
  await server.close();
  await small.close();
  await database.close();
});

const askOn = async ({ url }: RunningServer, query: string, variables?: object): Promise<Answer> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as object) };
};
const ask = (query: string, variables?: object) => askOn(server, query, variables);
const costOf = async (query: string, variables?: object): Promise<number> => {
  const { errors, extensions } = await ask(query, variables);
  expect(errors).toBeUndefined();
  return extensions!.cost!.requested;
};
const count = async (condition: string, day = DAY): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from unit_version v where valid_from <= ${day} and (valid_to is null or valid_to > ${day}) and ${sql.raw(condition)}`.execute(
    database.orm.em.fork().getKysely(),
  );
  return rows[0]!.n;
};

describe("the cost of an operation", () => {
  it("is the number of its units where they are known", async () => {
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
    expect(await costOf(`{ units(tier: COMMUNE, first: 1000, asOf: "${DAY}") { totalCount } }`)).toBe(1000);
    expect(await costOf(`{ units(tier: PROVINCE, first: 1000, asOf: "${DAY}") { totalCount } }`)).toBe(provinces);
  });

  it("counts a row for each roll-up, and for each part of one", async () => {
    const at = (selection: string) => `{ unit(code: "04", asOf: "${DAY}") { ${selection} } }`;
    expect(
      await costOf(
        at('dossiers(period: "2024") { received onTimeRate { value } bounds(measure: RECEIVED) { high } coverage { unitsCovered } }'),
      ),
    ).toBe(2);
    expect(await costOf(at('dossiers(period: "2024") { series(grain: MONTH) { received byTier { rollup { received } } } }'))).toBe(
      2 + 12 + 12 * 4,
    );
    expect(
      await costOf(
        at('dossiers(period: "2021/2024") { byTier { rollup { series(grain: YEAR) { series(grain: QUARTER) { received } } } } }'),
      ),
    ).toBe(2 + 4 + 4 * 4 + 4 * 4 * 4);
    expect(await costOf(at('tasks(period: "2024") { total } services(period: "2024") { online onlineRate { value } }'))).toBe(3);
    expect(
      await costOf(
        at('indicators(period: "2024", codes: ["task-on-time", "dossier-online"]) { indicator { name } rate { value } unit { name } }'),
      ),
    ).toBe(1 + 2 + 2);
    const { data } = await ask("{ indicators { code } }");
    const all = (data as { indicators: unknown[] }).indicators.length;
    expect(await costOf(at('indicators(period: "2024") { rate { value } }'))).toBe(1 + all);
  });

  it("counts nothing for introspection and for the list of indicators", async () => {
    expect(await costOf("{ __typename __schema { types { name fields { name } } } indicators { code name } }")).toBe(0);
  });

  it("counts the units of a page once, and what is asked of them as often as it is asked", async () => {
    const page = (selection: string) => `{ units(first: 10, asOf: "${DAY}", tier: DISTRICT) { ${selection} } }`;
    expect(await costOf(page("nodes { name } edges { cursor node { name } } pageInfo { endCursor } totalCount"))).toBe(10);
    expect(await costOf(page("nodes { parent { name } } edges { node { parent { name } } }"))).toBe(30);
  });

  it("adds up aliases, and counts once what is merged into one field", async () => {
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
    expect(await costOf(`{ unit(code: "VN", asOf: "${DAY}") { descendants { totalCount } } }`)).toBe(51);
    expect(await costOf(`query ($first: Int) { unit(code: "VN", asOf: "${DAY}") { descendants(first: $first) { totalCount } } }`)).toBe(51);
  });

  it("leaves out what is skipped", async () => {
    const query =
      'query ($yes: Boolean!) { unit(code: "04") { parent @skip(if: $yes) { name } ... @include(if: $yes) { a: parent { name } b: parent { name } } } }';
    expect(await costOf(query, { yes: true })).toBe(3);
    expect(await costOf(query, { yes: false })).toBe(2);
  });

  it("is at most 100000 for the whole country with its figures", async () => {
    const cost = await costOf(country, { asOf: DAY, period: "2024" });
    // A unit, its dossiers, its tasks and two indicators.
    expect(cost).toBe(5 * (await count("tier is not null")));
    expect(cost).toBe(53_975);
  });

  it("counts federated references, and what is asked of their units", async () => {
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

  it("follows units over the reform", async () => {
    const day = "2025-12-31";
    const { rows } = await sql<{ steps: number }>`
      select count(*)::int as steps from succession s join unit_version v on v.unit_id = s.successor_id
      where v.valid_to is null and v.tier = 'PROVINCE' and s.effective_on <= ${day}`.execute(database.orm.em.fork().getKysely());
    const query = `{ unit(code: "VN", asOf: "${day}") { children { predecessors { unit { children { name } } } } } }`;
    const { data, extensions } = await ask(query);
    const provinces = (data as { unit: { children: { predecessors: { unit: { children: unknown[] } }[] }[] } }).unit.children;
    const before = provinces.flatMap(({ predecessors }) => predecessors);
    expect(before).toHaveLength(rows[0]!.steps);
    const districts = before.reduce((sum, { unit }) => sum + unit.children.length, 0);
    expect(districts).toBeGreaterThan(500);
    expect(extensions!.cost!.requested).toBe(1 + provinces.length + before.length + districts);
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
    // The hierarchy is known.
    await ask('{ unit(code: "VN") { name } }');
    const r = Array.from({ length: 101 }, () => ({ __typename: "Unit", code: "VN" }));
    let answer!: Answer;
    expect(await statementsOf(async () => void (answer = await ask(query, { r })))).toEqual([]);
    const { requested } = answer.extensions!.cost!;
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(requested).toBeGreaterThan(100_000);
    expect(Number.isSafeInteger(requested)).toBe(true);
    const [error] = answer.errors!;
    expect(error!.message).toContain(`may read ${requested} rows; accepted are at most 100000`);
    expect(error!.extensions).toEqual({ code: "LIMIT_EXCEEDED", requested, maximum: 100_000 });
    expect(answer.extensions).toEqual({ cost: { requested, maximum: 100_000 } });
  });
});

describe("an estimate", () => {
  const asked = async (query: string) => {
    const { schema } = await createSubgraph();
    const document = parse(query);
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    const named = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    return { schema, operation: getOperationAST(document)!, variables: {}, fragments: named };
  };
  const steps = (query: string) => `{ unit(code: "VN", asOf: "${DAY}") { children { children { children { ${query} } } } } }`;

  it("ends where an operation is too large to be estimated", async () => {
    const hierarchy = await currentHierarchy(
      () => new Reader(database.pools),
      () => NOW,
    ).read();
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    const doubled = letters.map((letter, n) => {
      const next = letters[n + 1] ? `...${letters[n + 1]}` : "name";
      return `fragment ${letter} on Unit { a: children { parent { ${next} } } b: children { parent { ${next} } } }`;
    });
    const bomb = await asked(`{ unit(code: "48", asOf: "${DAY}") { ...A } } ${doubled.join(" ")}`);
    expect(rowsOf(bomb, { hierarchy, today: TODAY, effort: new Effort(100_000) })).toBe(CEILING);
    const wide = await asked(steps("parent { name }"));
    expect(rowsOf(wide, { hierarchy, today: TODAY, effort: new Effort(10_000) })).toBe(CEILING);
    expect(rowsOf(wide, { hierarchy, today: TODAY, effort: new Effort(1_000_000) })).toBeLessThan(CEILING);
  });

  it("leaves what is not valid to its own error", async () => {
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

  it("goes on after a cursor", async () => {
    const page = (after: string) => `{ units(tier: PROVINCE, first: 60, asOf: "${DAY}"${after}) { pageInfo { endCursor } } }`;
    const { data } = await ask(page(""));
    const { endCursor } = (data as { units: { pageInfo: { endCursor: string } } }).units.pageInfo;
    expect(await costOf(page(`, after: "${endCursor}"`))).toBe((await count("tier = 'PROVINCE'")) - 60);
  });

  it("is that of the units in the answer, or of more where only names tell which they are", async () => {
    const seen = { exact: 0, atMost: 0, refused: 0, rows: 0 };
    await fc.assert(
      fc.asyncProperty(root, async ({ query, exact }) => {
        const { status, data, errors, extensions } = await askOn(small, query);
        const { requested } = extensions!.cost!;
        if (requested > SMALL) {
          seen.refused++;
          expect(status).toBe(400);
          return;
        }
        expect(errors, query).toBeUndefined();
        if (exact) expect(requested, query).toBe(rowsIn(data));
        else expect(requested, query).toBeGreaterThanOrEqual(rowsIn(data));
        seen[exact ? "exact" : "atMost"]++;
        seen.rows += rowsIn(data);
      }),
      { numRuns: RUNS * 2, seed: SEED, endOnFailure: process.env["PROPERTY_SHRINK"] !== "1" },
    );
    expect(seen.exact).toBeGreaterThan(RUNS);
    expect(seen.atMost).toBeGreaterThan(RUNS / 20);
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.rows).toBeGreaterThan(RUNS * 20);
  });
});

describe("what an estimate rests on", () => {
  const queries: [string, object?][] = [
    [country, { asOf: DAY, period: "2024" }],
    [
      '{ unit(code: "06", asOf: "2021-12-31") { figures(period: "2021") { source { title } } dossiers(period: "2021") { sources { title } } ' +
        "rankings(index: PAR, year: 2021) { entries { unit { name } } } assessments { sources { id } previous { score } unit { parent { name } } } " +
        'surveys(period: "2021") { question } commendations(period: "2021") { form } services(period: "2021") { byAuthority { name } } } }',
    ],
    ['{ unit(code: "06", evidence: ALL) { dossiers(period: "2021") { received sources { id } } } }'],
    ['{ units(search: "b", kinds: [DEPARTMENT]) { nodes { figures(period: "2021") { quote } } } }'],
  ];
  const costs = () => Promise.all(queries.map(([query, variables]) => costOf(query, variables)));

  it("is not what a draft holds", async () => {
    const before = await costs();
    const other = await createDatabase();
    await sql`
      with src as (
        insert into source (key, kind, title, unit_id, state) select 'draft', 'REPORT', 'A draft', id, 'DRAFT' from unit where key = '06.2015' returning id, unit_id
      )
      insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
      select src.id, n, src.unit_id, 'PROVINCE', '2021-01-01', '2021-12-31', 'dossier.received', n, '{}', 'draft' from src, generate_series(1, 200) n`.execute(
      other.orm.em.fork().getKysely(),
    );
    const [open, theirs] = [server, await startServer(() => other.pools, { host: "127.0.0.1", port: 0, clock: () => NOW })];
    server = theirs;
    try {
      expect(await costs()).toEqual(before);
    } finally {
      server = open;
      await theirs.close();
      await other.close();
    }
  });

  it("is read again after half a minute, and sent again only where it has changed", async () => {
    const other = await createDatabase();
    let now = NOW.getTime();
    const current = currentHierarchy(
      () => new Reader(other.pools),
      () => new Date(now),
    );
    try {
      expect(current.known()).toBeNull();
      const [first, same] = await Promise.all([current.read(), current.read()]);
      expect(same).toBe(first);
      expect(current.known()).toBe(first);
      now += 29_000;
      expect(current.known()).toBe(first);
      now += 2000;
      expect(current.known()).toBeNull();
      expect(await statementsOf(() => current.read())).toHaveLength(1);
      expect(current.known()).toBe(first);
      await sql`update unit_version set valid_to = '2026-01-01' where code = '48' and valid_to is null`.execute(
        other.orm.em.fork().getKysely(),
      );
      now += 31_000;
      const changed = await current.read();
      expect(changed).not.toBe(first);
      expect(changed.find({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
      expect(first.find({ code: "48" }, 20_260_102, 20_261_122)).not.toBeNull();
    } finally {
      await other.close();
    }
    // The database is gone: what was known before is good enough.
    now += 31_000;
    expect(current.known()).toBeNull();
    expect((await current.read()).find({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
    await expect(
      currentHierarchy(
        () => new Reader(other.pools),
        () => new Date(now),
      ).read(),
    ).rejects.toThrow();
  });
});

describe("a field without a rule of its own", () => {
  const schema = buildSchema(`
    type Query { reports(first: Int = 20, after: String): ReportConnection!  latest(first: Int): [Report!]!  report: Report  lists: [Report!]!  count(of: [Int!]): Int }
    type Mutation { submit(title: String, figures: [Numbers!]!): Report }
    input Numbers { value: Int  parts: [Int!] }
    type ReportConnection { edges: [ReportEdge!]!  nodes: [Report!]!  pageInfo: PageInfo!  totalCount: Int! }
    type ReportEdge { cursor: String!  node: Report! }
    type PageInfo { hasNextPage: Boolean! }
    type Report { id: ID  next: Report  notes(first: Int! = 5): [Note!]!  rate: Rate }
    type Note { text: String  report: Report }
    type Rate { value: Float }`);
  const hierarchy = new Hierarchy([], []);
  it.each([
    ["{ reports { totalCount } }", 20],
    ["{ reports(first: 7) { nodes { id rate { value } } edges { cursor node { id } } pageInfo { hasNextPage } } }", 7],
    ["{ reports(first: 7) { nodes { next { id } } edges { node { next { id } } } } }", 21],
    ["{ reports(first: 7) { edges { node { notes { text report { id } } } } } }", 7 + 7 * 5 + 7 * 5],
    ["{ report { notes(first: 2) { report { notes(first: 3) { text } } } } }", 1 + 2 + 2 + 6],
    ["{ latest(first: 4) { next { id } } }", 8],
    ["{ count(of: [1, 2, 3]) }", 3],
    ["{ lists { next { id } } }", 40],
    ["mutation { submit(figures: [{ value: 1 }, { parts: [1, 2, 3] }]) { id } }", 1 + 2 + 3],
  ])("is counted by its shape: %s", (query, rows) => {
    const operation = getOperationAST(parse(query))!;
    const place = { hierarchy, today: TODAY, effort: new Effort(10_000) };
    expect(rowsOf({ schema, operation, variables: {}, fragments: new Map() }, place)).toBe(rows);
  });
});

/** Units and roll-ups, each a row; a unit that was not found was looked for. */
const rowsIn = (data: unknown): number => {
  if (typeof data !== "object" || data === null) return 0;
  const own =
    (data as { unit?: unknown }).unit === null || ["Unit", "DossierRollup"].includes((data as { __typename?: string }).__typename ?? "");
  return Object.values(data).reduce((sum: number, part: unknown) => sum + rowsIn(part), Number(own));
};

const day = fc.constantFrom("2015-08-31", "2019-12-31", "2021-12-31", "2025-01-01", DAY, "2025-07-01", "2026-01-01");
const tier = fc.constantFrom(
  "",
  "tier: PROVINCE",
  "tier: DISTRICT",
  "tier: COMMUNE",
  "kinds: [TOWN, WARD]",
  "kinds: [DEPARTMENT, DIVISION, COMMUNE]",
);
const first = fc.constantFrom(1, 3, 20, 200);
const { unit } = fc.letrec<{ unit: string; field: string }>((tie) => {
  const inner = tie("unit");
  const field = fc.oneof(
    fc.tuple(inner).map(([below]) => `parent { ${below} }`),
    fc.tuple(inner).map(([below]) => `ancestors { ${below} }`),
    fc.tuple(inner, tier).map(([below, keeps]) => `children${keeps && `(${keeps})`} { ${below} }`),
    fc.tuple(inner, tier, first).map(([below, keeps, n]) => `descendants(first: ${n} ${keeps}) { nodes { ${below} } }`),
    fc.tuple(inner, first).map(([below, n]) => `descendants(first: ${n}) { edges { node { ${below} } } totalCount }`),
    fc.tuple(inner).map(([below]) => `predecessors { unit { ${below} } }`),
    fc.tuple(inner).map(([below]) => `successors { unit { ${below} } }`),
    fc.tuple(inner, day).map(([below, on]) => `correspondence(on: "${on}") { unit { ${below} } }`),
    fc.constant('dossiers(period: "2024") { __typename received }'),
  );
  return {
    unit: fc.oneof(
      { maxDepth: 3, depthSize: "large" },
      { weight: 1, arbitrary: fc.constant("__typename") },
      {
        weight: 4,
        arbitrary: fc
          .array(field, { minLength: 1, maxLength: 2 })
          .map((fields) => ["__typename", ...fields.map((text, n) => `a${n}: ${text}`)].join(" ")),
      },
    ),
    field,
  };
});
const code = fc.constantFrom("VN", "48", "06", "04", "01", "01843", "058", "196", "x", "48", "40");
const root = fc.oneof(
  fc.tuple(code, fc.option(day), unit).map(([held, asOf, below]) => ({
    exact: true,
    query: `{ unit(code: "${held}"${asOf ? `, asOf: "${asOf}"` : ""}) { ${below} } }`,
  })),
  fc.tuple(fc.constantFrom("06.2015", "48.2015", "01843.2025"), unit).map(([id, below]) => ({
    exact: true,
    query: `{ unit(id: "${id}") { ${below} } }`,
  })),
  fc.tuple(first, tier, day, unit).map(([n, keeps, asOf, below]) => ({
    exact: true,
    query: `{ units(first: ${n}, ${keeps}, asOf: "${asOf}") { nodes { ${below} } } }`,
  })),
  fc.tuple(first, tier, day, unit).map(([n, keeps, asOf, below]) => ({
    exact: true,
    query: `{ units(first: ${n}, within: "48", codes: ["490", "20194", "x", "48", "491", "490"] ${keeps}, asOf: "${asOf}") { nodes { ${below} } } }`,
  })),
  fc
    .tuple(fc.constantFrom("an", "uong bi", "b", "phu"), fc.constantFrom(1, 3, 20), tier, day, unit)
    .map(([search, n, keeps, asOf, below]) => ({
      exact: false,
      query: `{ units(first: ${n}, search: "${search}", ${keeps}, asOf: "${asOf}") { nodes { ${below} } } }`,
    })),
);
