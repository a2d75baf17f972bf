import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { type Posted, post, send } from "../../support/post.ts";

const SECRET = "of the router";
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const QUERY = '{ unit(code: "48") { name } }';
const persisted = (persistedQuery: unknown, query?: string) => ({ query, extensions: { persistedQuery } });

let service: TestService;
let logged = "";
beforeAll(async () => {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  service = await startService("SEEDED", { log: pino({ level: "error" }, stream), gatewaySecret: SECRET });
});
afterAll(() => service.close());

type Asked = string | Readonly<Record<string, unknown>>;
const variables = (count: number) => Array.from({ length: count }, (_, n) => `$v${n}: Int!`).join(" ");
const uses = (count: number) => Array.from({ length: count }, (_, n) => `u${n}: units(first: $v${n}) { totalCount }`).join(" ");
const wrong = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, "x"]));

/** What was sent, and status, code and message of the first error. */
const REQUESTS: [string, Asked, number, string, RegExp][] = [
  ["an empty object", {}, 400, "BAD_REQUEST", /no keys/],
  ["a list of requests", "[{}]", 400, "BAD_REQUEST", /batching|POST body/],
  ["a number", "5", 400, "BAD_REQUEST", /POST body/],
  ["no document", { variables: {} }, 400, "BAD_REQUEST", /non-empty `query`/],
  ["an empty document", { query: "" }, 400, "BAD_REQUEST", /non-empty `query`/],
  ["a document of fragments only", { query: "fragment F on Unit { name }" }, 400, "GRAPHQL_VALIDATION_FAILED", /never used/],
  ["a document that is no text", { query: 5 }, 400, "BAD_REQUEST", /must be strings/],
  ["a parsed document", { query: { kind: "Document" } }, 400, "BAD_REQUEST", /must be strings/],
  ["variables in a text", { query: QUERY, variables: "{}" }, 400, "BAD_REQUEST", /`variables`/],
  ["variables in a list", { query: QUERY, variables: [1] }, 400, "BAD_REQUEST", /`variables`/],
  ["extensions in a list", { query: QUERY, extensions: [1] }, 400, "BAD_REQUEST", /`extensions`/],
  ["extensions in a text", { query: QUERY, extensions: "{}" }, 400, "BAD_REQUEST", /`extensions`/],
  ["a name that is a number", { query: QUERY, operationName: 5 }, 400, "BAD_REQUEST", /`operationName`/],
  ["a name that there is not", { query: QUERY, operationName: "A" }, 400, "OPERATION_RESOLUTION_FAILURE", /Unknown operation named "A"/],
  ["an empty name", { query: QUERY, operationName: "" }, 400, "OPERATION_RESOLUTION_FAILURE", /Unknown operation named ""/],
  [
    "no name of two",
    { query: "query A { __typename } query B { __typename }" },
    ...([400, "OPERATION_RESOLUTION_FAILURE", /Must provide operation name/] as const),
  ],
  ["a subscription", { query: "subscription { unit { name } }" }, 405, "BAD_USER_INPUT", /"subscription" is not accepted/],
  ["@defer", { query: '{ unit(code: "48") { ... @defer { name } } }' }, 400, "GRAPHQL_VALIDATION_FAILED", /Unknown directive "@defer"/],
  ["a hash of another document", persisted({ version: 1, sha256Hash: hashOf("other") }, QUERY), 400, "BAD_REQUEST", /sha does not match/],
  ["a hash that is empty", persisted({ version: 1, sha256Hash: "" }, QUERY), 400, "BAD_REQUEST", /sha does not match/],
  ["version 2", persisted({ version: 2, sha256Hash: hashOf(QUERY) }, QUERY), 400, "BAD_REQUEST", /Unsupported persisted query version/],
  ["no version", persisted({ sha256Hash: hashOf(QUERY) }), 400, "BAD_REQUEST", /Unsupported persisted query version/],
  ["a hash that is a number", persisted({ version: 1, sha256Hash: 5 }, QUERY), 400, "BAD_REQUEST", /sha does not match/],
  ["a hash that is a number, alone", persisted({ version: 1, sha256Hash: 5 }), 400, "BAD_USER_INPUT", /sha256Hash: 5 is not accepted/],
  ["no hash beside a document", persisted({ version: 1 }, QUERY), 400, "BAD_REQUEST", /sha does not match/],
  ["a hash that is no text, alone", persisted({ version: 1, sha256Hash: { toString: 1 } }), 400, "BAD_USER_INPUT", /sha256Hash: \{/],
  ["a hash that is null", persisted({ version: 1, sha256Hash: null }), 400, "BAD_USER_INPUT", /sha256Hash: null is not accepted/],
  ["no hash", persisted({ version: 1 }), 400, "BAD_USER_INPUT", /sha256Hash: nothing is not accepted/],
  ["a persisted query that is a text", persisted("x"), 400, "BAD_REQUEST", /Unsupported persisted query version/],
  ["a persisted query that is a list", persisted([1], QUERY), 400, "BAD_REQUEST", /Unsupported persisted query version/],
  ["a persisted query that is false", persisted(false), 400, "BAD_REQUEST", /non-empty `query`/],
  ["a hash that nobody has sent", persisted({ version: 1, sha256Hash: hashOf("never") }), 200, "PERSISTED_QUERY_NOT_FOUND", /NotFound/],
  [
    "one wrong variable",
    { query: `query (${variables(1)}) { ${uses(1)} }`, variables: wrong(1) },
    ...([400, "BAD_USER_INPUT", /^Variable "\$v0" got invalid value "x"/] as const),
  ],
  ["a variable that is not given", { query: `query (${variables(1)}) { ${uses(1)} }` }, 400, "BAD_USER_INPUT", /was not provided/],
  [
    "null for a variable that may not be null",
    { query: `query (${variables(1)}) { ${uses(1)} }`, variables: { v0: null } },
    ...([400, "BAD_USER_INPUT", /must not be null/] as const),
  ],
  [
    "a list for one value",
    { query: "query ($c: ID) { unit(code: $c) { name } }", variables: { c: ["48"] } },
    ...([400, "BAD_USER_INPUT", /Variable "\$c" got invalid value/] as const),
  ],
];

/** Found out only as the operation runs: variables, and where the error is. */
const RUNNING: [string, string, Readonly<Record<string, unknown>>, string, readonly string[] | undefined][] = [
  [
    "null in the condition of a root field",
    `query ($i: Boolean = true) { unit(code: "48") @include(if: $i) { name } }`,
    ...([{ i: null }, 'Argument "if" of non-null type "Boolean!" must not be null.', undefined] as const),
  ],
  [
    "null in the condition of a field",
    `query ($i: Boolean = true) { unit(code: "48") { name @skip(if: $i) code } }`,
    ...([{ i: null }, 'Argument "if" of non-null type "Boolean!" must not be null.', ["unit"]] as const),
  ],
  [
    "null in the condition of a fragment",
    `query ($i: Boolean = false) { unit(code: "48") { ...F @include(if: $i) code } } fragment F on Unit { name }`,
    ...([{ i: null }, 'Argument "if" of non-null type "Boolean!" must not be null.', ["unit"]] as const),
  ],
  [
    "null for an argument that must not be null",
    `query ($x: OnTimeBasis = RESOLVED) { unit(code: "48") { dossiers(period: "2021") { onTimeRate(basis: $x) { value } } } }`,
    ...([{ x: null }, 'Argument "basis" of non-null type "OnTimeBasis!" must not be null.', ["unit", "dossiers", "onTimeRate"]] as const),
  ],
  [
    "null in a list that holds none",
    `query ($c: ID = "48") { units(codes: ["04", $c]) { totalCount } }`,
    ...([{ c: null }, 'Argument "codes" has invalid value ["04", $c].', ["units"]] as const),
  ],
];

const firstOf = ({ body }: Posted) => body.errors![0]! as { message: string; path?: unknown; locations?: unknown; extensions: object };

describe("a mistake of the client is reported as a client error", () => {
  const isClients = ({ text }: Posted, before: string) => {
    expect(text).not.toContain("INTERNAL_SERVER_ERROR");
    expect(text).not.toContain("requestId");
    expect(logged).toBe(before);
  };

  it.each(REQUESTS)("%s", async (_, body, status, code, message) => {
    const before = logged;
    const answer = await post(service.server.url, body);
    expect([answer.status, firstOf(answer).extensions], answer.text).toEqual([status, expect.objectContaining({ code })]);
    expect(firstOf(answer).message).toMatch(message);
    isClients(answer, before);
  });

  it.each([1, 5, 6, 7, 15])("%i wrong variables", async (count) => {
    const before = logged;
    const query = `query (${variables(count)}) { ${uses(count)} }`;
    for (const headers of [{}, TRACED] as Record<string, string>[]) {
      const answer = await post(service.server.url, { query, variables: wrong(count) }, headers);
      const { errors = [] } = answer.body;
      expect([answer.status, errors.map(({ extensions }) => extensions["code"])], answer.text).toEqual([
        400,
        Array.from({ length: Math.min(count, 6) }, () => "BAD_USER_INPUT"),
      ]);
      if (count > 5) expect(errors[5]!.message).toMatch(/^Too many errors processing variables/);
      isClients(answer, before);
    }
  });

  it.each(RUNNING)("%s, traced or not, once or repeated", async (_, query, given, message, path) => {
    const before = logged;
    for (const headers of [{}, {}, TRACED, TRACED] as Record<string, string>[]) {
      const answer = await post(service.server.url, { query, variables: given }, headers);
      const { errors = [] } = answer.body;
      expect(errors).toHaveLength(1);
      expect(firstOf(answer)).toMatchObject({
        message,
        locations: [{ line: expect.any(Number) as number }],
        extensions: { code: "BAD_USER_INPUT" },
      });
      expect(firstOf(answer).path).toEqual(path);
      isClients(answer, before);
    }
  });

  it.each([
    ["a change by GET", `?query=${encodeURIComponent("mutation { __typename }")}`, 405, "BAD_REQUEST"],
    ["variables that are no JSON", `?query={__typename}&variables={`, 400, "BAD_REQUEST"],
    ["variables that are a list", `?query={__typename}&variables=[1]`, 400, "BAD_REQUEST"],
    ["two documents", "?query={__typename}&query={__typename}", 400, "BAD_REQUEST"],
    ["a wrong hash", `?query={__typename}&extensions={"persistedQuery":{"version":1,"sha256Hash":"a"}}`, 400, "BAD_REQUEST"],
    ["a hash that is a number", `?extensions={"persistedQuery":{"version":1,"sha256Hash":1}}`, 400, "BAD_USER_INPUT"],
    ["nothing", "", 400, "BAD_REQUEST"],
  ])("%s, in the address", async (_, search, status, code) => {
    const before = logged;
    const answer = await send(`${service.server.url}${search}`, { headers: { "apollo-require-preflight": "1" } });
    expect([answer.status, firstOf(answer).extensions], answer.text).toEqual([status, expect.objectContaining({ code })]);
    isClients(answer, before);
  });

  it.each([
    ["PUT", { method: "PUT", body: "{}", headers: { "content-type": "application/json" } }, 405],
    ["a form", { method: "POST", body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } }, 400],
    [
      "an answer in XML asked for",
      { method: "POST", body: '{"query":"{__typename}"}', headers: { "content-type": "application/json", accept: "text/xml" } },
      406,
    ],
  ])("%s", async (_, init, status) => {
    const before = logged;
    const answer = await send(service.server.url, init);
    expect([answer.status, firstOf(answer).extensions], answer.text).toEqual([status, expect.objectContaining({ code: "BAD_REQUEST" })]);
    isClients(answer, before);
  });
});

const TRACED = { "apollo-federation-include-trace": "ftv1", "x-gateway-secret": SECRET };
