import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { codeOf, messageOf, post } from "../support/post.ts";

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const nested = (count: number, open: string, inner: string): string => `${open.repeat(count)}${inner}${"}".repeat(count)}`;
const query = (text: string, variables?: unknown) => ({ query: text, variables });
const withText = (field: string) => `query ($x: ${field === "codes" ? "[ID!]" : "ID"}) { units(${field}: $x) { totalCount } }`;

const spreadTwice = (count: number): string =>
  `{ unit(code: "48") { ...F0 } } ${times(count, (i) => `fragment F${i} on Unit { ...F${i + 1} ...F${i + 1} }`)} fragment F${count} on Unit { name }`;

/** What is sent, with which status and code it is refused, and what the message names. */
const REFUSED: [string, unknown, number, string, RegExp][] = [
  [
    "nesting 50 deep",
    query(`{ unit(code: "48") { ${nested(50, "parent {", "name")} } }`),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_DEPTH: .* 52; .* 16$/,
  ],
  ["nesting 200 deep", query(`{ unit(code: "48") { ${nested(200, "parent {", "name")} } }`), 400, "LIMIT_EXCEEDED", /^MAX_DEPTH: .*64/],
  [
    "nesting through fragments",
    query(
      `{ unit(code: "48") { ...F0 } } ${times(20, (i) => `fragment F${i} on Unit { parent { ...F${i + 1} } }`)} fragment F20 on Unit { name }`,
    ),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_DEPTH: .* 22; .* 16$/,
  ],
  [
    "lists in lists",
    query(`{ units(codes: ${"[".repeat(1900)}${"]".repeat(1900)}) { totalCount } }`),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_DEPTH: /,
  ],
  ["1,000 aliases", query(`{ ${times(1000, (i) => `a${i}: __typename`)} }`), 400, "LIMIT_EXCEEDED", /^MAX_ALIASES: .* 1000; .* 30$/],
  ["10,000 directives", query(`{ __typename ${"@skip(if: false) ".repeat(10_000)} }`), 400, "LIMIT_EXCEEDED", /^MAX_TOKENS: .* 4000$/],
  [
    "100 directives",
    query(`{ ${times(100, () => "... @include(if: true) { __typename }")} }`),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_DIRECTIVES: .* 100; .* 50$/,
  ],
  [
    "circular fragments",
    query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    400,
    "GRAPHQL_VALIDATION_FAILED",
    /^Cannot spread fragment "A" within itself/,
  ],
  ["exponential fragments", query(spreadTwice(30)), 400, "LIMIT_EXCEEDED", /^MAX_SELECTIONS: .* 3000$/],
  [
    "exponential fragments beyond all numbers",
    query(spreadTwice(200)),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_SELECTIONS: .* 9007199254740991; .* 3000$/,
  ],
  [
    "a list of 1,001 in a variable",
    query("query ($x: [ID!]) { units(codes: $x) { totalCount } }", { x: Array.from({ length: 1001 }, String) }),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_LIST: codes has 1001 items; .* 1000$/,
  ],
  [
    "a list of 1,001 written out",
    query(`{ units(codes: [${times(1001, (i) => `"${i}"`)}]) { totalCount } }`),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_LIST: codes has 1001 items/,
  ],
  [
    "a list in a default",
    query(`query ($x: [ID!] = [${times(1001, (i) => `"${i}"`)}]) { units(codes: $x) { totalCount } }`),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_LIST: x has 1001 items/,
  ],
  [
    "nested introspection",
    query("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"),
    400,
    "GRAPHQL_VALIDATION_FAILED",
    /introspection depth/,
  ],
  [
    "a body of 3 MB",
    { query: "{ __typename }", variables: { x: "x".repeat(3_000_000) } },
    413,
    "LIMIT_EXCEEDED",
    /300\d{4} bytes; the maximum is 2000000/,
  ],
  [
    "bytes that are no UTF-8",
    new Uint8Array([...new TextEncoder().encode('{"query":"{ __typename }","x":"'), 0xff, 0xc0, 0x22, 0x7d]),
    400,
    "BAD_REQUEST",
    /not UTF-8/,
  ],
  [
    "bytes that are half a surrogate pair",
    new Uint8Array([...new TextEncoder().encode('{"query":"{ __typename }","x":"'), 0xed, 0xa0, 0x80, 0x22, 0x7d]),
    400,
    "BAD_REQUEST",
    /not UTF-8/,
  ],
  ["NUL in a variable", query(withText("within"), { x: "48\u0000" }), 400, "BAD_USER_INPUT", /^variables\.x: "48\\u0000".*U\+0000/],
  ["NUL in a list", query(withText("codes"), { x: ["48", "\u0000"] }), 400, "BAD_USER_INPUT", /^variables\.x\.1: /],
  [
    "NUL in variables that look like a reference",
    query("query ($x: ID, $__typename: ID) { units(within: $x) { totalCount } }", { __typename: "Unit", x: "48\u0000" }),
    400,
    "BAD_USER_INPUT",
    /^variables\.x: "48\\u0000".*U\+0000/,
  ],
  [
    "NUL in an input that looks like a reference",
    query("query ($x: DossierFilter!) { dossiers(filter: $x) { totalCount } }", { x: { __typename: "Dossier", within: "48\u0000" } }),
    400,
    "BAD_USER_INPUT",
    /__typename/,
  ],
  ["NUL written out", query('{ unit(code: "48\\u0000") { name } }'), 400, "BAD_USER_INPUT", /^code: "48\\u0000"/],
  [
    "a lone surrogate in a variable",
    '{"query":"query ($x: ID) { units(within: $x) { totalCount } }","variables":{"x":"\\ud800"}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.x: "\\ud800".*surrogates/,
  ],
  [
    "a lone surrogate in a key",
    '{"query":"query ($x: ID) { unit(code: $x) { name } }","variables":{"x":{"\\udc00":1}}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.x: .*surrogates/,
  ],
  ["a lone surrogate written out", query('{ unit(code: "\\uD800") { name } }'), 400, "GRAPHQL_PARSE_FAILED", /Unicode/],
  [
    "__proto__ in variables",
    '{"query":"{ __typename }","variables":{"__proto__":{"viewer":1}}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.__proto__: /,
  ],
  [
    "constructor in variables",
    '{"query":"query ($x: ID) { unit(code: $x) { name } }","variables":{"x":{"constructor":{"prototype":1}}}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.x\.constructor: /,
  ],
  ["__proto__ beside the query", '{"query":"{ __typename }","__proto__":{"viewer":1}}', 400, "BAD_USER_INPUT", /^__proto__: /],
  ["__proto__ as an alias", query("{ __proto__: __typename }"), 400, "BAD_USER_INPUT", /^query: "__proto__"/],
  [
    "__proto__ as a variable",
    query('query ($__proto__: ID = "48") { unit(code: $__proto__) { name } }'),
    400,
    "BAD_USER_INPUT",
    /^query: "__proto__"/,
  ],
  [
    "JSON 100,000 deep",
    `{"query":"query ($x: ID) { unit(code: $x) { name } }","variables":{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    400,
    "BAD_USER_INPUT",
    /^variables\.x: .*32 levels/,
  ],
  ["NaN in JSON", '{"query":"{ __typename }","variables":{"x":NaN}}', 400, "BAD_REQUEST", /^Invalid JSON/],
  ["NaN written out", query("{ units(first: NaN) { totalCount } }"), 400, "GRAPHQL_VALIDATION_FAILED", /Int/],
  ["Infinity in JSON", '{"query":"{ __typename }","variables":{"x":-Infinity}}', 400, "BAD_REQUEST", /^Invalid JSON/],
  [
    "1e400 in JSON",
    '{"query":"query ($x: Int) { units(first: $x) { totalCount } }","variables":{"x":1e400}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.x: .*finite/,
  ],
  [
    "-1e400 in JSON",
    '{"query":"query ($x: Int) { units(first: $x) { totalCount } }","variables":{"x":-1e400}}',
    400,
    "BAD_USER_INPUT",
    /^variables\.x: "-Infinity".*finite/,
  ],
  ["1e400 written out", query("{ units(first: 1e400) { totalCount } }"), 400, "GRAPHQL_VALIDATION_FAILED", /Int cannot represent/],
  [
    "1e400 written out where anything goes",
    query('{ _entities(representations: [{ __typename: "Unit", id: 1e400 }]) { __typename } }'),
    400,
    "BAD_USER_INPUT",
    /^id: "1e400".*finite/,
  ],
  ["2^53 written out", query("{ units(first: 9007199254740992) { totalCount } }"), 400, "GRAPHQL_VALIDATION_FAILED", /32-bit/],
  ["2^53 in a variable", query("query ($x: Int) { units(first: $x) { totalCount } }", { x: 2 ** 53 }), 400, "BAD_USER_INPUT", /32-bit/],
  ["a batch", [query("{ __typename }"), query("{ __typename }")], 400, "BAD_REQUEST", /batching disabled/],
  ["an empty body", "", 400, "BAD_REQUEST", /POST body missing/],
  ["half of a body", '{"query":', 400, "BAD_REQUEST", /^Invalid JSON/],
  [
    "an operation that is not there",
    { query: "query A { __typename }", operationName: "B" },
    400,
    "OPERATION_RESOLUTION_FAILURE",
    /^Unknown operation named "B"/,
  ],
  [
    "no name for two operations",
    { query: "query A { __typename } query B { __typename }" },
    400,
    "OPERATION_RESOLUTION_FAILURE",
    /^Must provide operation name/,
  ],
  ["a subscription", query("subscription { units }"), 405, "BAD_USER_INPUT", /^operation: "subscription"/],
  ["no document", { query: "" }, 400, "BAD_REQUEST", /non-empty/],
  ["a document that is none", query("qwerty { abc }"), 400, "GRAPHQL_PARSE_FAILED", /^Syntax Error/],
  [
    "1,001 references",
    query("query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }", {
      r: Array.from({ length: 1001 }, () => ({ __typename: "Unit", code: "48" })),
    }),
    400,
    "LIMIT_EXCEEDED",
    /^MAX_LIST: representations has 1001 items/,
  ],
];

/** What is answered as anything else is: the query, its data, and what its error says. */
const ANSWERED: [string, string, unknown, RegExp | null][] = [
  ["year 0 of a day", '{ unit(code: "48", asOf: "0000-01-01") { name } }', { unit: null }, /^asOf: "0000-01-01"/],
  ["year 9999 of a day", '{ unit(code: "48", asOf: "9999-12-31") { name } }', { unit: { name: "Đà Nẵng" } }, null],
  ["year 0 of a period", '{ unit(code: "48") { tasks(period: "0000") { total } } }', { unit: null }, /^period: "0000"/],
  ["year 9999 of a period", '{ unit(code: "48") { tasks(period: "9999") { total } } }', { unit: null }, /^period: "9999"/],
  [
    "years 0 and 9999 as numbers",
    '{ unit(code: "48") { assessments(year: 0) { rank } rankings(year: 9999, index: PAR) { ranked } } }',
    { unit: { assessments: [], rankings: [] } },
    null,
  ],
  [
    "names that objects inherit",
    "{ constructor: __typename toString: __typename hasOwnProperty: __typename }",
    { constructor: "Query", toString: "Query", hasOwnProperty: "Query" },
    null,
  ],
];

describe("hostile input", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(REFUSED)("%s is refused", async (_, body, status, code, message) => {
    const answer = await post(service.server.url, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(messageOf(answer)).toMatch(message);
    expect(answer.body.errors!.length).toBeLessThan(7);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  });

  it.each(ANSWERED)("%s is answered", async (_, text, data, message) => {
    const answer = await post(service.server.url, query(text));
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual(data);
    expect(messageOf(answer)).toMatch(message ?? /^$/);
    expect(codeOf(answer)).toBe(message ? "BAD_USER_INPUT" : undefined);
  });

  it("decomposed Vietnamese matches composed Vietnamese", async () => {
    const search = async (text: string) =>
      (
        await post(
          service.server.url,
          query('query ($x: String) { units(search: $x, asOf: "2024-12-31") { nodes { code name } } }', { x: text }),
        )
      ).body.data;
    const composed = await search("Uông Bí");
    expect(composed).toMatchObject({ units: { nodes: [{ name: "Uông Bí" }] } });
    expect("Uông Bí".normalize("NFD")).not.toBe("Uông Bí");
    expect(await search("Uông Bí".normalize("NFD"))).toEqual(composed);
  });

  it("introspection and GraphiQL's queries are answered by default", async () => {
    const all = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    };
    for (const text of [getIntrospectionQuery(), getIntrospectionQuery(all)]) {
      const answer = await post(service.server.url, query(text));
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty("errors");
    }
  });
});
