import { composeByApollo } from "../suites/federation/routers.ts";
import { getNamedType, isObjectType } from "graphql";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSubgraph } from "../../src/graphql/schema/subgraph.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT } from "../support/dossiers.ts";
import { codeOf, messageOf, post, send } from "../support/post.ts";

const PAST = '{ unit(code: "048", asOf: "2022-12-31") { fullName dossiers(period: "2022") { received } } }';
const KEPT = "public, max-age=10, must-revalidate";

let service: TestService;
let key: string;
beforeAll(async () => {
  service = await startService("SEEDED", { keptAnswers: 1_000_000, gatewaySecret: "secret-of-the-router" });
  key = await givenDossiers(service);
});
afterAll(() => service.close());

type Headers = Readonly<Record<string, string>>;
const get = (query: string, headers: Headers = {}, others: Headers = {}) =>
  send(`${service.server.url}?${new URLSearchParams({ query, ...others }).toString()}`, {
    headers: { "apollo-require-preflight": "1", "accept-encoding": "identity", ...headers },
  });
const path = (name: string, headers: Headers = {}) =>
  send(new URL(name, service.server.url).href, { headers: { "accept-encoding": "identity", ...headers } });
const cacheOf = ({ headers }: { headers: globalThis.Headers }) => headers.get("cache-control");
const tagOf = ({ headers }: { headers: globalThis.Headers }) => headers.get("etag");

describe("an answer to GET without a key", () => {
  it("has a strong ETag, and is not sent again to a client that has it", async () => {
    const first = await get(PAST);
    const tag = tagOf(first)!;
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    expect(tagOf(await get(PAST))).toBe(tag);
    for (const valid of [tag, `W/${tag}`, `"other", ${tag}`, `"a",W/"b",${tag}`, "*", tag.replace(/"$/, '-gzip"')]) {
      const again = await get(PAST, { "if-none-match": valid });
      expect([again.status, again.text], valid).toEqual([304, ""]);
      expect([cacheOf(again), again.headers.get("vary")]).toEqual([KEPT, "authorization, accept, accept-encoding"]);
    }
    for (const other of ['"other"', tag.slice(1, -1), tag.replace(/"$/, '-zstd"'), ""])
      expect((await get(PAST, { "if-none-match": other })).status, other).toBe(200);
  });

  it("has another ETag when compressed, which is accepted as well", async () => {
    const query = '{ units(asOf: "2022-12-31", first: 50) { nodes { id code fullName } } }';
    const tags = new Map<string, string>();
    for (const coding of ["identity", "gzip", "br"]) {
      const answer = await get(query, { "accept-encoding": coding });
      tags.set(coding, tagOf(answer)!);
      expect(answer.headers.get("vary")).toContain("accept-encoding");
      const again = await get(query, { "accept-encoding": coding, "if-none-match": tagOf(answer)! });
      expect([again.status, tagOf(again), again.headers.get("content-encoding")]).toEqual([304, tagOf(answer), null]);
    }
    const plain = tags.get("identity")!.slice(0, -1);
    expect([...tags.values()]).toEqual([`${plain}"`, `${plain}-gzip"`, `${plain}-br"`]);
  });

  it("about the past is cacheable, and shows a correction at the next revalidation", async () => {
    const query = '{ unit(code: "01558", asOf: "2026-10-31") { dossiers(period: "2026-10") { received } } }';
    const before = await get(query);
    expect([cacheOf(before), before.body.data]).toEqual([KEPT, { unit: { dossiers: { received: null } } }]);
    const times = {
      receivedAt: "2026-10-05T08:00:00+07:00",
      endedAt: null,
      state: "RECEIVED",
      updatedAt: "2026-10-05T08:00:00+07:00",
    } as const;
    await service.ask<unknown, object>(IMPORT, { source: "s", dossiers: [dossier({ code: "n-1", unit: "01558", ...times })] }, key);
    const after = await get(query, { "if-none-match": tagOf(before)! });
    expect([after.status, after.body.data]).toEqual([200, { unit: { dossiers: { received: 1 } } }]);
    expect(tagOf(after)).not.toBe(tagOf(before));
  });

  it.each([
    ["a day in a variable", 'query ($d: Date!) { unit(code: "048", asOf: $d) { name } }', { d: "2022-12-31" }],
    ["a day by default", 'query ($d: Date = "2022-12-31") { unit(code: "048", asOf: $d) { name } }', {}],
    ["lists of units", '{ units(within: "04", asOf: "2022-12-31") { totalCount } }', {}],
    ["yesterday", '{ unit(code: "04", asOf: "2026-11-21") { dossiers(period: "2026-11-01/2026-11-14") { received } } }', {}],
    ["a year that is over", '{ unit(code: "48", asOf: "2022-12-31") { rankings(index: PAR, year: 2022) { year } } }', {}],
    ["a fragment", 'query { __typename ...F } fragment F on Query { unit(code: "04", asOf: "2022-12-31") { name } }', {}],
  ])("is cacheable for %s", async (_, query, variables) => {
    const answer = await get(query, {}, { variables: JSON.stringify(variables) });
    expect(answer.body.errors).toBeUndefined();
    expect(cacheOf(answer)).toBe(KEPT);
  });

  it.each([
    ["today", '{ unit(code: "04") { name } }', {}],
    ["today by null", 'query ($d: Date) { unit(code: "04", asOf: $d) { name } }', { d: null }],
    ["the present day", '{ unit(code: "04", asOf: "2026-11-22") { name } }', {}],
    ["a day to come", '{ unit(code: "04", asOf: "2027-01-01") { name } }', {}],
    ["one day of two", '{ a: unit(code: "04", asOf: "2022-12-31") { name } b: unit(code: "04") { name } }', {}],
    ["a period that runs", '{ unit(code: "04", asOf: "2022-12-31") { dossiers(period: "2026") { received } } }', {}],
    ["a period that ends today", '{ unit(code: "04", asOf: "2022-12-31") { dossiers(period: "2026-11-15/2026-11-22") { received } } }', {}],
    ["the running year", '{ unit(code: "48", asOf: "2022-12-31") { rankings(index: PAR, year: 2026) { year } } }', {}],
    ["the last year that there is", '{ unit(code: "48", asOf: "2022-12-31") { assessments { year } } }', {}],
    ["another day to come", '{ unit(code: "04", asOf: "2022-12-31") { correspondence(on: "2026-11-22") { certain } } }', {}],
    [
      "a condition that leaves today out",
      '{ unit(code: "04", asOf: "2022-12-31") { name } ... @skip(if: true) { x: unit(code: "04") { name } } }',
      {},
    ],
    ["what has no day", "{ indicators { code } }", {}],
    ["the catalogue", "{ procedures { totalCount } }", {}],
    ["the schema", "{ __schema { queryType { name } } }", {}],
    ["nothing", "{ __typename }", {}],
  ])("is not cacheable for %s, but has an ETag", async (_, query, variables) => {
    const answer = await get(query, {}, { variables: JSON.stringify(variables) });
    expect(answer.body.errors).toBeUndefined();
    expect([cacheOf(answer), tagOf(answer)]).toEqual(["no-store", expect.any(String)]);
    expect((await get(query, { "if-none-match": tagOf(answer)! }, { variables: JSON.stringify(variables) })).status).toBe(304);
  });
});

describe("responses that no cache may store, without an ETag:", () => {
  const day = 'unit(code: "048", asOf: "2022-12-31")';
  it.each([
    ["a part that is refused", `{ ${day} { name dossiers(period: "2022") { byField { count { received } } } } }`],
    ["an argument that cannot be", `{ ${day} { dossiers(period: "2022-13") { received } } }`],
    ["what is not valid", `{ ${day} { nothing } }`],
    ["what is no document", `{ ${day} {`],
  ])("%s", async (_, query) => {
    const answer = await get(query);
    expect(answer.body.errors).toHaveLength(1);
    expect([cacheOf(answer), tagOf(answer)]).toEqual(["no-store", null]);
  });

  it("an answer to POST", async () => {
    const answer = await post(service.server.url, { query: PAST }, { "if-none-match": "*" });
    expect([answer.status, cacheOf(answer), tagOf(answer)]).toEqual([200, "no-store", null]);
  });

  it("a response to a key, a token or a router, valid or not, with Vary on the credentials", async () => {
    const credentials: Headers[] = [{ authorization: `Bearer ${key}` }, { authorization: "Bearer none" }, { authorization: "" }];
    for (const headers of credentials)
      for (const valid of [{}, { "if-none-match": tagOf(await get(PAST))! }, { "if-none-match": "*" }]) {
        const answer = await get(PAST, { ...headers, ...valid });
        expect([cacheOf(answer), tagOf(answer)]).toEqual(["no-store", null]);
        expect(answer.status).not.toBe(304);
        expect(answer.headers.get("vary")).toContain("authorization");
      }
    const router = await get(PAST, { "x-gateway-secret": "secret-of-the-router" });
    expect([router.status, cacheOf(router)]).toEqual([200, "no-store"]);
    expect((await get(PAST)).headers.get("vary")).toContain("authorization");
  });
});

describe("every argument that contains a time", () => {
  it("is covered by the rule of past days", async () => {
    const { schema } = await createSubgraph();
    const types = Object.values(schema.getTypeMap()).filter(isObjectType);
    const fields = types.filter((type) => !/^(?:__|Mutation$)/.test(type.name)).flatMap((type) => Object.values(type.getFields()));
    const args = fields.flatMap((field) => field.args);
    const timed = args.filter(({ type }) => ["Date", "Period", "DateTime"].includes(getNamedType(type).name));
    expect(timed.length).toBeGreaterThan(8);
    // Whole numbers and texts that mean a time are added to src/graphql/execution/public-caching.ts.
    const others = args.filter(({ type }) => ["Int", "String"].includes(getNamedType(type).name)).map(({ name }) => name);
    expect([...new Set(others)].toSorted()).toEqual(["after", "first", "search", "year"]);
  });
});

describe("/schema.graphql", () => {
  it("is the committed schema, and not sent again to a client that has it", async () => {
    const answer = await path("/schema.graphql");
    expect(answer.text).toBe(await readFile(new URL("../../schema/subgraph.graphql", import.meta.url), "utf8"));
    expect([answer.headers.get("content-type"), cacheOf(answer)]).toEqual(["text/plain; charset=utf-8", "no-cache"]);
    expect((await path("/schema.graphql", { "if-none-match": tagOf(answer)! })).status).toBe(304);
    const head = await send(new URL("/schema.graphql", service.server.url).href, { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
    const composed = composeByApollo([{ name: "cchc", url: service.server.url, sdl: answer.text }]);
    expect(composed.errors).toEqual([]);
  });

  it("is not served where introspection is off", async () => {
    const closed = await startService("EMPTY", { introspection: false });
    const answer = await send(new URL("/schema.graphql", closed.server.url).href, {});
    expect([answer.status, codeOf(answer), messageOf(answer), cacheOf(answer)]).toEqual([
      403,
      "FORBIDDEN",
      "The schema is not served here: INTROSPECTION is off",
      "no-store",
    ]);
    await closed.close();
  });
});

describe("the page of the playground and its operations", () => {
  it("have an ETag, and are not sent again to a client that has it", async () => {
    const html = { accept: "text/html" };
    for (const [name, headers] of [
      ["/graphql", html],
      ["/graphql/operations.json", {}],
    ] as const) {
      const first = await path(name, headers);
      const again = await path(name, { ...headers, "if-none-match": tagOf(first)! });
      expect([first.status, again.status, again.text, tagOf(again)], name).toEqual([200, 304, "", tagOf(first)]);
    }
  });
});
