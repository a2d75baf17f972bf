import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { buildSchema, getOperationAST, Kind, parse } from "graphql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../../../src/database/reader.ts";
import { createSubgraph } from "../../../src/graphql/schema/subgraph.ts";
import { STATEMENT_ROWS } from "../../../src/graphql/cost/reads.ts";
import { CEILING, Effort } from "../../../src/module/cost/unit-set.ts";
import { costTableOf } from "../../../src/graphql/cost/fields.ts";
import * as modules from "../../../src/modules.ts";
import { estimatedRows } from "../../../src/graphql/cost/walk.ts";
import { type RunningServer, startServer } from "../../../src/server/server.ts";
import { Hierarchy } from "../../../src/hierarchy/hierarchy.ts";
import { currentHierarchy } from "../../../src/hierarchy/hierarchy-size.ts";
import { NOW, TODAY, UNBOUNDED } from "../../support/client.ts";
import { askFor } from "../../support/cost.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { statementsOf } from "../../support/statements.ts";
import { END_ON_FAILURE, runs, seed } from "../../support/property.ts";

const COSTS = costTableOf(Object.values(modules));

const RUNS = runs(20);
const SEED = seed(20_251_107);
const DAY = "2025-06-30";
/** Of the servers whose answers are counted, so that none is large; a search looks through all units of its day. */
const SMALL = 2000;
const SEARCHED = 14_000;

const country = await readFile(new URL("../../support/country.graphql", import.meta.url), "utf8");

const OPTIONS = { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED };

let database: TestDatabase;
let small: RunningServer;
let searched: RunningServer;
beforeAll(async () => {
  database = await createDatabase();
  small = await startServer(() => database.pools, { ...OPTIONS, maxCost: SMALL });
  searched = await startServer(() => database.pools, { ...OPTIONS, maxCost: SEARCHED });
});
afterAll(async () => {
  await small.close();
  await searched.close();
  await database.close();
});

/** Units and roll-ups, each a row; a unit that was not found was looked for. */
const rowsIn = (data: unknown): number => unitsAndRollups(data) + STATEMENT_ROWS * rollupPlaces(data).size;

/** The places of roll-ups in an answer, each of which is read at once for all units there. */
const rollupPlaces = (data: unknown, path = "", found = new Set<string>()): Set<string> => {
  if (typeof data !== "object" || data === null) return found;
  if ((data as { __typename?: string }).__typename === "DossierRollup") found.add(path);
  for (const [name, part] of Object.entries(data)) rollupPlaces(part, Array.isArray(data) ? path : `${path} ${name}`, found);
  return found;
};

const unitsAndRollups = (data: unknown): number => {
  if (typeof data !== "object" || data === null) return 0;
  const own =
    (data as { unit?: unknown }).unit === null || ["Unit", "DossierRollup"].includes((data as { __typename?: string }).__typename ?? "");
  return Object.values(data).reduce((sum: number, part: unknown) => sum + unitsAndRollups(part), Number(own));
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
    fc.tuple(inner, first).map(([below, n]) => `descendants(first: ${n}) { edges { node { ${below} } } }`),
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
    expect(estimatedRows(bomb, { hierarchy, today: TODAY, costs: COSTS, effort: new Effort(100_000) })).toBe(CEILING);
    const wide = await asked(steps("parent { name }"));
    expect(estimatedRows(wide, { hierarchy, today: TODAY, costs: COSTS, effort: new Effort(10_000) })).toBe(CEILING);
    expect(estimatedRows(wide, { hierarchy, today: TODAY, costs: COSTS, effort: new Effort(1_000_000) })).toBeLessThan(CEILING);
  });

  it("covers the units in the answer, or more if only names decide", async () => {
    const seen = { exact: 0, atMost: 0, refused: 0, rows: 0 };
    await fc.assert(
      fc.asyncProperty(root, async ({ query, exact }) => {
        const { status, data, errors, extensions } = await askFor(exact ? small : searched, query);
        const { requested } = extensions!.cost!;
        if (requested > (exact ? SMALL : SEARCHED)) {
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
      { numRuns: RUNS * 2, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    expect(seen.exact).toBeGreaterThan(RUNS);
    expect(seen.atMost).toBeGreaterThan(RUNS / 20);
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.rows).toBeGreaterThan(RUNS * 20);
  });
});

describe("the input of an estimate", () => {
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
  /** All of them are refused, so that they cost no time. */
  const costs = async (of: TestDatabase) => {
    const strict = await startServer(() => of.pools, { ...OPTIONS, maxCost: 1 });
    try {
      const answers = await Promise.all(queries.map(([query, variables]) => askFor(strict, query, variables)));
      return answers.map(({ extensions }) => extensions!.cost!.requested);
    } finally {
      await strict.close();
    }
  };

  it("excludes drafts", async () => {
    const other = await createDatabase();
    await sql`
      with src as (
        insert into source (key, kind, title, unit_id, state) select 'draft', 'REPORT', 'A draft', id, 'DRAFT' from unit where key = '06.2015' returning id, unit_id
      )
      insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
      select src.id, n, src.unit_id, 'PROVINCE', '2021-01-01', '2021-12-31', 'dossier.received', n, '{}', 'draft' from src, generate_series(1, 200) n`.execute(
      other.orm.em.fork().getKysely(),
    );
    const theirs = await costs(other);
    await other.close();
    expect(theirs).toEqual(await costs(database));
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
      const [read, same] = await Promise.all([current.read(), current.read()]);
      expect(same).toBe(read);
      expect(current.known()).toBe(read);
      now += 29_000;
      expect(current.known()).toBe(read);
      now += 2000;
      expect(current.known()).toBeNull();
      expect(await statementsOf(() => current.read())).toHaveLength(1);
      expect(current.known()).toBe(read);
      await sql`update unit_version set valid_to = '2026-01-01' where code = '48' and valid_to is null`.execute(
        other.orm.em.fork().getKysely(),
      );
      now += 31_000;
      const changed = await current.read();
      expect(changed).not.toBe(read);
      expect(changed.find({ code: "48" }, 20_260_102, 20_261_122)).toBeNull();
      expect(read.find({ code: "48" }, 20_260_102, 20_261_122)).not.toBeNull();
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

describe("a field without its own rule", () => {
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
    ["{ reports { totalCount } }", 20 + 500],
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
    const place = { hierarchy, today: TODAY, costs: COSTS, effort: new Effort(10_000) };
    expect(estimatedRows({ schema, operation, variables: {}, fragments: new Map() }, place)).toBe(rows);
  });
});
