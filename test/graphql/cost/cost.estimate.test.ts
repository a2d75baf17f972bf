import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { parse } from "graphql";
import { buildExecutionContext } from "graphql/execution/execute.js";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subgraph } from "../../../src/graphql/schema/subgraph.ts";
import { STATEMENT_ROWS } from "../../../src/graphql/cost/fields.ts";
import { CEILING, Effort } from "../../../src/module/cost/unit-set.ts";
import { costTableOf } from "../../../src/graphql/cost/fields.ts";
import * as modules from "../../../src/modules.ts";
import { estimatedRows } from "../../../src/graphql/cost/walk.ts";
import { type RunningServer, startServer } from "../../../src/server/server.ts";
import { currentHierarchyOf } from "../../../src/hierarchy/current-hierarchy.ts";
import { NOW, TODAY, UNBOUNDED } from "../../support/client.ts";
import { askFor } from "../../support/cost.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { drawnCall, type UnitField, unitFieldsOf, written } from "./unit-arguments.ts";
import { END_ON_FAILURE, runs, seed } from "../../support/property.ts";

const COSTS = costTableOf(Object.values(modules));

const RUNS = runs(10);
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

const { schema } = await subgraph();
const FIELDS = unitFieldsOf(schema);
const fieldNamed = (name: string) => FIELDS.find((field) => field.name === name)!;
const paged = (field: UnitField): string[] => (field.samples.has("first") ? ["first"] : []);

const { unit } = fc.letrec<{ unit: string; field: string }>((tie) => ({
  unit: fc.oneof(
    { maxDepth: 3, depthSize: "large" },
    { weight: 1, arbitrary: fc.constant("__typename") },
    {
      weight: 4,
      arbitrary: fc
        .array(tie("field"), { minLength: 1, maxLength: 2 })
        .map((fields) => ["__typename", ...fields.map((text, n) => `a${n}: ${text}`)].join(" ")),
    },
  ),
  field: fc.oneof(
    ...FIELDS.filter(({ isRoot }) => !isRoot).map((field) => drawnCall(field, tie("unit"), { always: paged(field) })),
    fc.constant('dossiers(period: "2024") { __typename received }'),
  ),
}));
const [one, list] = [fieldNamed("Query.unit"), fieldNamed("Query.units")];
const exactly = (call: string) => ({ exact: true, query: `{ ${call} }` });
const root = fc.oneof(
  drawnCall(one, unit, { always: ["code"], without: ["id"] }).map(exactly),
  drawnCall(one, unit, { always: ["id"], without: ["code", "asOf"] }).map(exactly),
  drawnCall(list, unit, { always: ["first"], without: ["search"] }).map(exactly),
  drawnCall(list, unit, { always: ["first", "within", "codes"], without: ["search"] }).map(exactly),
  drawnCall(list, unit, { always: ["first", "search"] }).map((call) => ({ exact: false, query: `{ ${call} }` })),
);

/** Calls of the field that differ by the value of one argument. */
const callsWith = (field: UnitField, argument: string, value: string | null): string[] => {
  const needed = field.required.filter((name) => name !== argument).map((name) => [name, field.samples.get(name)![0]!]);
  const named = field === one && argument !== "id" && argument !== "code" ? [["code", '"48"']] : [];
  const args = written(Object.fromEntries([...needed, ...named, ...(value === null ? [] : [[argument, value]])]) as Record<string, string>);
  const call = `${field.field}${args} ${field.selects[0]!("__typename id asOf evidence")}`;
  return field.isRoot ? [`{ ${call} }`] : ["VN", "48"].map((code) => `{ unit(code: "${code}", asOf: "${DAY}") { __typename ${call} } }`);
};
const ARGUMENTS = FIELDS.flatMap((field) =>
  [...field.samples.keys()].map((argument) => [`${field.name}(${argument}:)`, field, argument] as const),
);

describe("an estimate", () => {
  const asked = async (query: string) => {
    const context = buildExecutionContext({ schema, document: parse(query) });
    if (!("schema" in context)) throw new Error(String(context));
    return context;
  };
  const steps = (query: string) => `{ unit(code: "VN", asOf: "${DAY}") { children { children { children { ${query} } } } } }`;

  it("ends where an operation is too large to be estimated", async () => {
    const hierarchy = await currentHierarchyOf(database.pools).read();
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

  it.each(ARGUMENTS)("equals the number of units that %s selects, or exceeds it if only names decide", async (name, field, argument) => {
    const answers = new Set<string>();
    for (const value of field.samples.get(argument)!) {
      for (const query of callsWith(field, argument, value)) {
        const { data, errors, extensions } = await askFor(argument === "search" ? searched : small, query);
        expect(errors, query).toBeUndefined();
        const message = `the estimate of ${name} must follow this argument, as unit.cost.ts does for others: ${query}`;
        if (argument === "search") expect(extensions!.cost!.requested, message).toBeGreaterThanOrEqual(rowsIn(data));
        else expect(extensions!.cost!.requested, message).toBe(rowsIn(data));
        answers.add(JSON.stringify(data));
      }
    }
    expect(answers.size, `the values drawn for ${name} must differ in what they select`).toBeGreaterThan(field.isRoot ? 1 : 2);
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
      { numRuns: RUNS * 3, seed: SEED, endOnFailure: END_ON_FAILURE },
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
});
