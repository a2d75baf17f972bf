import { execute, type GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from "graphql";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSubgraph } from "../../../src/graphql/schema/subgraph.ts";
import { createApollo } from "../../../src/server/apollo.ts";
import { RequestContext } from "../../../src/access/request-context.ts";
import { startService, type TestService, NOW } from "../../support/client.ts";

const UNIT = "name tier parent { name } dossiers(period: $period) { received bounds(measure: RECEIVED) { high } }";

/** Query and variables: what compiled code could do otherwise than graphql-js. */
const OPERATIONS: [string, string, Record<string, unknown>?][] = [
  ["a default of a variable that is not null", `query ($code: ID! = "04", $period: Period! = "2022") { unit(code: $code) { ${UNIT} } }`],
  ["a default of a nullable variable", `query ($code: ID = "04", $period: Period! = "2022") { unit(code: $code) { ${UNIT} } }`],
  [
    "a given variable over its default",
    `query ($code: ID! = "04", $period: Period! = "2022") { unit(code: $code) { ${UNIT} } }`,
    { code: "48" },
  ],
  ["an explicit null", "query ($code: ID) { unit(code: $code) { name } }", { code: null }],
  ["skip and include", 'query ($yes: Boolean!) { unit(code: "04") { name @skip(if: $yes) code @include(if: $yes) } }', { yes: true }],
  ...[true, false].map((j): [string, string, Record<string, unknown>] => [
    `a fragment that is reached under a condition (${j}) and without one`,
    `query ($j: Boolean!) { unit(code: "01558", asOf: "2022-12-31") { ...G @include(if: $j) parent { ...G } } } fragment G on Unit { name }`,
    { j },
  ]),
  ...[true, false].map((i): [string, string, Record<string, unknown>] => [
    `all fields left out (${i})`,
    'query ($i: Boolean!) { unit(code: "04") { parent { ... on Unit @skip(if: $i) { name } } name @skip(if: $i) ...F @skip(if: true) } } fragment F on Unit { code }',
    { i },
  ]),
  [
    "null in a condition",
    'query ($i: Boolean = true) { unit(code: "04") { name @include(if: $i) } other: unit(code: "48") { name } }',
    { i: null },
  ],
  [
    "aliases and fragments",
    'query { a: unit(code: "04") { ...F } b: unit(code: "48") { ...F ... on Unit { kind } } } fragment F on Unit { __typename n: name }',
  ],
  ["merged selections", 'query { unit(code: "04") { parent { name } parent { code } } }'],
  ["errors beside data", 'query { unit(code: "04") { name tasks(period: "x") { total } } other: unit(code: "48") { name } }'],
  [
    "an enum and a list in variables",
    "query ($k: [UnitKind!], $t: Tier) { units(kinds: $k, tier: $t, first: 2) { totalCount nodes { code } } }",
    { k: ["WARD"], t: "COMMUNE" },
  ],
  ["a variable of the wrong type", "query ($n: Int) { units(first: $n) { totalCount } }", { n: "x" }],
  ["introspection", '{ __schema { queryType { name } } __type(name: "Rate") { fields { name } } }'],
];

it("changes one after the other", async () => {
  const seen: string[] = [];
  const slow = (name: string, ms: number) => ({
    type: GraphQLString,
    resolve: async () => {
      seen.push(`${name} begins`);
      await sleep(ms);
      seen.push(`${name} ends`);
      return name;
    },
  });
  const fields = { a: slow("a", 30), b: slow("b", 1) };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields }),
    mutation: new GraphQLObjectType({ name: "Mutation", fields }),
  });
  const apollo = createApollo(schema);
  await apollo.executeOperation({ query: "mutation { a b }" });
  expect(seen.splice(0)).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  await apollo.executeOperation({ query: "{ a b }" });
  expect(seen).toEqual(["a begins", "b begins", "b ends", "a ends"]);
  await apollo.stop();
});

/** All of an error but its code, which is ours. */
const toldOf = (error: GraphQLError) => ({ ...error.toJSON(), extensions: undefined });

describe("compiled execution answers as graphql-js does", () => {
  let service: TestService;
  let schema: Awaited<ReturnType<typeof createSubgraph>>["schema"];
  beforeAll(async () => {
    service = await startService();
    ({ schema } = await createSubgraph());
  });
  afterAll(() => service.close());

  it.each(OPERATIONS)("with %s", async (_, query, variableValues = {}) => {
    const contextValue = new RequestContext(service.database.pools, NOW);
    const expected = await execute({ schema, document: parse(query), variableValues, contextValue });
    // What has conditions is compiled when it is asked again.
    for (let time = 0; time < 3; time++) {
      const { data, errors } = await service.ask(query, variableValues);
      expect(JSON.stringify(data ?? null)).toBe(JSON.stringify(expected.data ?? null));
      expect(errors?.map((error) => ({ ...error, extensions: undefined }))).toEqual(expected.errors?.map(toldOf));
    }
  });

  it("never runs text of a client as code", async () => {
    // The words by which graphql-jit marks values that JSON does not have.
    const code = "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.breached=true";
    const queries = [
      `{ units(search: "${code}") { totalCount } }`,
      `{ units(codes: ["${code}", "04"]) { totalCount } }`,
      `{ unit(code: "${code}") { name } }`,
      `{ a: unit(code: "04") { dossiers(period: "${code}") { received } } }`,
      `query ($s: String = "${code}") { units(search: $s) { totalCount } }`,
      `query ${code.replace("globalThis.breached=true", "")} { units(search: """${code}""") { ${code.split("global")[0]!}: totalCount } }`,
      `{ _entities(representations: [{ __typename: "Unit", code: "${code}" }]) { __typename } }`,
    ];
    for (const query of queries) {
      for (let time = 0; time < 2; time++) expect(JSON.stringify(await service.ask(query))).not.toContain("INTERNAL");
      expect(globalThis, query).not.toHaveProperty("breached");
    }
    expect((await service.ask<{ units: { totalCount: number } }, object>(queries[1]!)).data.units.totalCount).toBe(1);
  });
});
