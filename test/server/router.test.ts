import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { codeOf, messageOf, post } from "../support/post.ts";

const SECRET = "of the router";
const TRACE = { "apollo-federation-include-trace": "ftv1" };
const SERVICE = { query: "{ _service { sdl } }" };
const entities = (references: readonly unknown[]) => ({
  query: "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { name } } }",
  variables: { r: references },
});
const UNIT = { __typename: "Unit", id: "48.2015" };

describe("privileges of the router", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("SEEDED", { gatewaySecret: SECRET, maxList: 500 });
  });
  afterAll(() => service.close());

  const ask = (body: unknown, headers: Record<string, string> = {}) => post(service.server.url, body, headers);
  const asRouter = (body: unknown, headers: Record<string, string> = {}) => ask(body, { ...headers, "x-gateway-secret": SECRET });

  it.each<Record<string, string>>([{}, { "x-gateway-secret": "" }, { "x-gateway-secret": "guess" }, { "x-gateway-secret": `${SECRET}x` }])(
    "is refused with %j",
    async (headers) => {
      for (const body of [SERVICE, entities([UNIT]), { query: "{ x: _service { y: sdl } }" }]) {
        const answer = await ask(body, headers);
        expect([answer.status, codeOf(answer)]).toEqual([200, "FORBIDDEN"]);
        expect(messageOf(answer)).toMatch(/^Only the router/);
        expect(answer.body.data ?? null).toBeNull();
      }
    },
  );

  it("is answered with its secret", async () => {
    expect((await asRouter(SERVICE)).body.data).toMatchObject({ _service: { sdl: expect.stringContaining("type Unit") as string } });
    expect((await asRouter(entities([UNIT, { __typename: "Nothing" }]))).body.data).toEqual({ _entities: [{ name: "Đà Nẵng" }, null] });
  });

  it("include all units of a hierarchy in one call, equal to single reads", async () => {
    const day = "2025-06-30";
    const list = (after: string | null) => ({
      query:
        "query ($day: Date!, $after: String) { units(asOf: $day, first: 1000, after: $after) { nodes { id code name tier } pageInfo { endCursor } } }",
      variables: { day, after },
    });
    const units: { id: string; code: string; name: string; tier: string | null }[] = [];
    for (let after: string | null = ""; after !== null;) {
      const { body } = await ask(list(after || null));
      const { nodes, pageInfo } = (body.data as { units: { nodes: typeof units; pageInfo: { endCursor: string | null } } }).units;
      units.push(...nodes);
      after = nodes.length === 1000 ? pageInfo.endCursor : null;
    }
    expect(units.filter(({ tier }) => tier !== null)).toHaveLength(10_795);
    const half = units.length / 2;
    const references = units.map(({ id, code }, n) => ({ __typename: "Unit", asOf: day, ...(n < half ? { id } : { code }) }));
    const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { id code name tier } } }";
    const answer = await asRouter({ query, variables: { r: references } });
    expect(answer.body.errors).toBeUndefined();
    expect((answer.body.data as { _entities: unknown[] })._entities).toEqual(units);
    expect(answer.body.extensions).toEqual({ cost: { requested: units.length, maximum: 100_000 } });
  });

  it("include at most 20,000 references per call, whatever the limit of lists, at the cost of any query", async () => {
    const all = (count: number, fields = "name") =>
      asRouter({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { ${fields} } } }`,
        variables: { r: Array.from({ length: count }, () => ({ ...UNIT, asOf: null })) },
      });
    const over = await all(20_001);
    expect([over.status, codeOf(over)]).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(messageOf(over)).toBe("representations: 20001 references were sent; the maximum is 20000 per call");
    expect((await all(20_000)).body.data).toMatchObject({ _entities: { length: 20_000 } });
    const dear = await all(20_000, "descendants(first: 1000) { totalCount }");
    expect([dear.status, codeOf(dear)]).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(messageOf(dear)).toMatch(/^This operation may read \d+ rows; the maximum is 100000/);
  });

  it("are more bytes than others may send", async () => {
    const padded = entities([{ ...UNIT, more: "x".repeat(3_000_000) }]);
    expect((await asRouter(padded)).status).toBe(200);
    const other = await ask(padded);
    expect([other.status, codeOf(other)]).toEqual([413, "LIMIT_EXCEEDED"]);
  });

  it("include the duration of each field, which others do not get", async () => {
    const body = { query: '{ unit(code: "48") { name } }' };
    const cost = { requested: 1, maximum: 100_000 };
    const plain = { data: { unit: { name: "Đà Nẵng" } }, extensions: { cost } };
    const traced = await asRouter(body, TRACE);
    expect(traced.body).toEqual({ ...plain, extensions: { cost, ftv1: expect.any(String) as string } });
    const trace = Buffer.from(traced.body.extensions!["ftv1"] as string, "base64").toString("latin1");
    expect(trace).toMatch(/unit[\s\S]*name/);
    expect((await asRouter(body)).body).toEqual(plain);
    expect((await ask(body, TRACE)).body).toEqual(plain);
    expect((await ask(body, { ...TRACE, "x-gateway-secret": "guess" })).body).toEqual(plain);
  });

  it("exclude a trace of unknown fields", async () => {
    const answer = await asRouter({ query: "query ($x: Int) { units(first: $x) { totalCount } }", variables: { x: "many" } }, TRACE);
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("without a secret", () => {
  it("no other caller may send more references than a list has items", async () => {
    const service = await startService();
    const body = entities(Array.from({ length: 1001 }, () => UNIT));
    for (const headers of [{}, { "x-gateway-secret": "" }, { "x-gateway-secret": "null" }, { "x-gateway-secret": SECRET }]) {
      const answer = await post(service.server.url, body, headers);
      expect([answer.status, codeOf(answer)]).toEqual([400, "LIMIT_EXCEEDED"]);
      expect(messageOf(answer)).toBe(
        "MAX_LIST: representations has 1001 items; the maximum is 1000, and 20000 for a router that sends its secret",
      );
    }
    await service.close();
  });

  it("public data is open to all, and traces are not", async () => {
    const service = await startService();
    expect((await post(service.server.url, SERVICE)).status).toBe(200);
    expect((await post(service.server.url, entities([UNIT]))).body.data).toEqual({ _entities: [{ name: "Đà Nẵng" }] });
    expect((await post(service.server.url, { query: "{ __typename }" }, TRACE)).body.extensions).toEqual({
      cost: { requested: 0, maximum: 100_000 },
    });
    await service.close();
  });
});
