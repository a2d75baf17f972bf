import { GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApollo } from "../../../src/server/apollo.ts";
import { CompiledOperations } from "../../../src/graphql/execution/compiled-operations.ts";
import { createHttp } from "../../../src/server/http/http.ts";
import { checkDocumentText } from "../../../src/graphql/limits/limits.ts";
import { TextCache } from "../../../src/graphql/execution/text-cache.ts";
import { startService, type TestService } from "../../support/client.ts";
import { codeOf, messageOf, post } from "../../support/post.ts";

describe("limits that are set otherwise", () => {
  let service: TestService;
  beforeAll(async () => {
    const limits = { maxTokens: 60, maxDepth: 3, maxAliases: 2, maxDirectives: 1, maxSelections: 10, maxList: 2 };
    service = await startService("EMPTY", { ...limits, bodyLimit: 1000 });
  });
  afterAll(() => service.close());

  it.each([
    ["{ a: __typename b: __typename }", "{ a: __typename b: __typename c: __typename }", /^MAX_ALIASES: .* 3; .* 2$/],
    ["{ indicators { code code code } }", "{ indicators { code code code code } }", /^MAX_ALIASES: .* 3; .* 2$/],
    ["{ units { nodes { id } } }", "{ units { nodes { parent { id } } } }", /^MAX_DEPTH: .* 4; .* 3$/],
    ["{ __typename @skip(if: true) }", "{ indicators @skip(if: true) { code @skip(if: true) } }", /^MAX_DIRECTIVES: .* 2; .* 1$/],
    ["{ units(codes: [1, 2]) { totalCount } }", "{ units(codes: [1, 2, 3]) { totalCount } }", /^MAX_LIST: codes has 3 items; .* 2$/],
    [
      "{ indicators { ...F ...F ...F } } fragment F on Indicator { code name }",
      "{ indicators { ...F ...F ...F ...F } } fragment F on Indicator { code name }",
      /^MAX_SELECTIONS: .* 13; .* 10$/,
    ],
    [`{ __typename${" # x".repeat(20)} }`.replace(" }", "\n}"), `{ ${"__typename ".repeat(60)} }`, /^MAX_TOKENS: .* 60$/],
  ])("let %s pass and refuse %s", async (good, bad, message) => {
    expect((await post(service.server.url, { query: good })).status).toBe(200);
    const answer = await post(service.server.url, { query: bad });
    expect([answer.status, codeOf(answer)]).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(messageOf(answer)).toMatch(message);
  });

  it("apply before validation, and besides other errors", async () => {
    const { body } = await post(service.server.url, { query: "{ a: nothing b: __typename c: __typename }" });
    expect(body.errors!.map(({ extensions }) => extensions["code"])).toEqual(["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"]);
  });
});

describe("the text of a document", () => {
  const limits = { maxTokens: 10, maxDepth: 1, maxAliases: 0, maxDirectives: 0, maxSelections: 0, maxList: 0 };
  it("is counted without comments and texts, and left to the parser where it is none", () => {
    expect(() => checkDocumentText(`{ a(b: """{{{{{{{{{{""") } ${"#{{{{{{".repeat(20)}`, limits)).not.toThrow();
    expect(() => checkDocumentText("{ \u0007", limits)).not.toThrow();
    expect(() => checkDocumentText("{{{{{", limits)).toThrow(/^MAX_DEPTH/);
    expect(() => checkDocumentText("a ".repeat(11), limits)).toThrow(/^MAX_TOKENS/);
    expect(() => checkDocumentText("a ".repeat(10), limits)).not.toThrow();
  });
});

describe("long lists", () => {
  it("are higher for figures and dossiers of callers who may send them", async () => {
    const list = { type: new GraphQLList(GraphQLInt) };
    const count = { type: GraphQLString, args: { figures: list, codes: list }, resolve: () => "counted" };
    const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields: { count } }) });
    const apollo = createApollo<{ officer: boolean }>(schema, { maxList: 10, longLists: ({ officer }) => (officer ? 5 : 1) });
    await apollo.start();
    const app = await createHttp(apollo, { context: async ({ headers }) => ({ officer: headers.authorization !== undefined }) });
    const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql`;
    const ask = (name: string, length: number, headers = {}) =>
      post(url, { query: `query ($x: [Int]) { count(${name}: $x) }`, variables: { x: Array.from({ length }, () => 1) } }, headers);
    const officer = { authorization: "Bearer x" };
    expect(messageOf(await ask("figures", 11))).toBe("MAX_LIST: figures has 11 items; the maximum is 10");
    expect((await ask("figures", 50, officer)).body.data).toEqual({ count: "counted" });
    expect(messageOf(await ask("figures", 51, officer))).toBe("MAX_LIST: figures has 51 items; the maximum is 50");
    expect(messageOf(await ask("codes", 11, officer))).toBe("MAX_LIST: codes has 11 items; the maximum is 10");
    await app.close();
    await apollo.stop();
  });
});

describe("cached documents", () => {
  it("of compiled operations is bounded by their size", () => {
    const operations = new CompiledOperations<object>(10);
    const operation = {};
    for (const [key, size] of [
      ["a", 4],
      ["b", 4],
      ["a", 4],
      ["c", 4],
    ] as const)
      operations.keep(key, operation, () => size);
    expect(["a", "b", "c"].map((key) => operations.get(key) !== undefined)).toEqual([true, false, true]);
    operations.keep("large", operation, () => 100);
    expect(["a", "c", "large"].map((key) => operations.get(key) !== undefined)).toEqual([false, false, true]);
    operations.keep("small", operation, () => 1);
    expect(["large", "small"].map((key) => operations.get(key) !== undefined)).toEqual([false, true]);
  });

  it("of persisted queries is bounded by their bytes", async () => {
    const cache = new TextCache(100);
    for (const key of ["a", "b"]) await cache.set(key, "x".repeat(20));
    await cache.get("a");
    await cache.set("c", "x".repeat(20));
    expect(await Promise.all(["a", "b", "c"].map((key) => cache.get(key)))).toEqual(["x".repeat(20), undefined, "x".repeat(20)]);
    await cache.set("d", "x".repeat(50));
    expect(await cache.get("d")).toBeUndefined();
    expect(await cache.get("a")).toBe("x".repeat(20));
  });
});
