import fc from "fast-check";
import { readdir, readFile } from "node:fs/promises";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { askFor } from "../../support/cost.ts";
import { codeOf, post } from "../../support/post.ts";
import { statementsOf } from "../../support/statements.ts";
import { runs, seed } from "../../support/property.ts";

const RUNS = runs(10);
const SEED = seed(20_251_107);
const MAXIMUM = 100_000;

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ask = (query: string, variables?: object) => askFor(service.server, query, variables);
/** What is estimated, whether or not it is then refused. */
const estimateOf = async (query: string): Promise<number> => (await ask(query)).extensions!.cost!.requested;
const times = (count: number, text: (n: number) => string): string => Array.from({ length: count }, (_, n) => text(n)).join(" ");

describe("introspection", () => {
  const doubled = (aliases: number) => `{ __schema { types { ${times(aliases, (n) => `a${n}: fields { ...F }`)} } } }
    fragment F on __Field { type { name ofType { ...G } ...G } }
    fragment G on __Type { ${times(aliases, (n) => `b${n}: fields { name description type { name kind } }`)} }`;

  it("of the whole schema, as tools ask for it, is far below the limit", async () => {
    const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true };
    for (const query of [getIntrospectionQuery(), getIntrospectionQuery(options), getIntrospectionQuery({ descriptions: false })]) {
      const { status, data, extensions } = await ask(query);
      expect(status).toBe(200);
      expect(data).toHaveProperty("__schema.types");
      expect(extensions!.cost!.requested).toBeGreaterThan(1000);
      expect(extensions!.cost!.requested).toBeLessThan(MAXIMUM / 10);
    }
  });

  it.each([
    ["fields of fields by fifteen names each", doubled(15)],
    [
      "texts by five names and by twenty-five",
      `{ __schema { types { ${times(5, (n) => `a${n}: fields { type { ...T ofType { ...T } } }`)} } } }
      fragment T on __Type { fields { ${times(25, (n) => `b${n}: description`)} } }`,
    ],
  ])("that multiplies %s is refused before it runs", async (_, query) => {
    expect(Buffer.byteLength(query)).toBeLessThan(3000);
    let answer!: Awaited<ReturnType<typeof ask>>;
    expect(await statementsOf(async () => void (answer = await ask(query)))).toEqual([]);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "LIMIT_EXCEEDED", maximum: MAXIMUM } }] });
    expect(answer.extensions!.cost!.requested).toBeGreaterThan(MAXIMUM);
  });

  it("rises with every alias, and is the same through variables and fragments", async () => {
    const costs: number[] = [];
    for (const aliases of [1, 2, 4, 8]) costs.push(await estimateOf(doubled(aliases)));
    for (const [n, cost] of costs.slice(1).entries()) expect(cost).toBeGreaterThan(3 * costs[n]!);
    const literal = await estimateOf('{ __type(name: "Unit") { fields(includeDeprecated: true) { name } } }');
    const query =
      "query ($name: String!, $all: Boolean!) { __type(name: $name) { ...T } } fragment T on __Type { fields(includeDeprecated: $all) { name } }";
    expect((await ask(query, { name: "Unit", all: true })).extensions!.cost!.requested).toBe(literal);
    expect(await estimateOf('{ __type(name: "Nothing") { fields { name } } }')).toBeLessThanOrEqual(1);
  });

  it("is left to its own error where its arguments are wrong", async () => {
    const answer = await post(service.server.url, { query: "query ($n: String!) { __type(name: $n) { name } }", variables: { n: 7 } });
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("fields that read far more than they return", () => {
  const COUNTRY = 'unit(code: "VN", asOf: "2025-12-31")';
  const series = (period: string, fields: string) =>
    `{ ${COUNTRY} { dossiers(period: "${period}") { series(grain: MONTH) { ${fields} } } } }`;

  it.each([
    ["what is covered in each of sixty months", series("2021/2025", "coverage { unitsCovered }")],
    ["what is incomplete in each of sixty months", series("2021/2025", "incomplete")],
    [
      "thirty runs of days",
      `{ ${COUNTRY} { ${times(30, (n) => `a${n}: dossiers(period: "1931-02-15/20${10 + (n % 15)}-0${1 + Math.floor(n / 15)}-14") { received }`)} } }`,
    ],
    ["thirty forms", `{ ${COUNTRY} { ${times(30, (n) => `a${n}: form06(period: "2025-0${1 + (n % 9)}") { total { toHandle } }`)} } }`],
    ["thirty means", `{ ${COUNTRY} { ${times(30, (n) => `a${n}: dossiers(period: "2025-0${1 + (n % 9)}") { averageWorkingDays }`)} } }`],
    ["thirty searches", `{ ${times(30, (n) => `a${n}: units(search: "phu${n}", first: 1) { nodes { name } }`)} }`],
    ["thirty numbers of units", `{ ${times(30, (n) => `a${n}: units(first: 1, asOf: "2025-06-${n + 1}") { totalCount }`)} }`],
  ])("are refused if requested thirty times or for a long series: %s", async (_, query) => {
    const answer = await ask(query);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
    expect(answer.extensions!.cost!.requested).toBeGreaterThan(MAXIMUM);
  });

  it("cost the units below, and counts of dossiers and audit entries cost thousands", async () => {
    const of = (unit: string, field: string) =>
      estimateOf(`{ unit(code: "${unit}", asOf: "2025-12-31") { dossiers(period: "2025") { ${field} } } }`);
    for (const field of ["coverage { unitsCovered }", "incomplete", "averageWorkingDays", "sources { id }", "parts { unit { code } }"]) {
      const [country, province, commune] = [await of("VN", field), await of("04", field), await of("01273", field)];
      expect(country, field).toBeGreaterThan(3000);
      expect(province, field).toBeGreaterThan(commune + 40);
      expect(commune, field).toBeLessThan(60);
    }
    for (const list of ["dossiers(filter: {}, first: 1)", 'auditTrail(unit: "04", first: 1)'])
      expect(await estimateOf(`{ ${list} { totalCount } }`)).toBeGreaterThan(4000);
  });

  it("leave the example operations below half of the maximum", async () => {
    const folder = new URL("../../../schema/operations/", import.meta.url);
    for (const file of await readdir(folder)) {
      const { extensions } = await ask(await readFile(new URL(file, folder), "utf8"));
      expect(extensions!.cost!.requested, file).toBeLessThan(MAXIMUM / 2);
    }
  });

  it("cost no less with another alias, a longer series, or more units", async () => {
    const field = fc.constantFrom(
      "received",
      "coverage { unitsCovered }",
      "incomplete",
      "averageWorkingDays",
      "byField { field { code } }",
      "parts { unit { code } }",
      "sources { id }",
      "byChannel { received }",
    );
    const unit = fc.constantFrom("04", "48", "VN", "01273");
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 1, maxLength: 4 }),
        field,
        unit,
        fc.integer({ min: 2015, max: 2024 }),
        async (fields, more, code, year) => {
          const named = (all: readonly string[]) => all.map((text, n) => `a${n}: ${text}`).join(" ");
          const query = (period: string, all: readonly string[]) =>
            `{ unit(code: "${code}") { dossiers(period: "${period}") { series(grain: QUARTER) { ${named(all)} } } } }`;
          const cost = await estimateOf(query(`${year}`, fields));
          expect(await estimateOf(query(`${year}`, [...fields, more]))).toBeGreaterThanOrEqual(cost);
          expect(await estimateOf(query(`${year}/2025`, fields))).toBeGreaterThanOrEqual(cost);
          const whole = query(`${year}`, fields).replace(`code: "${code}"`, 'code: "VN"');
          expect(await estimateOf(whole)).toBeGreaterThanOrEqual(cost);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
