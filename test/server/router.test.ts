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

describe("what the router alone may ask", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("SEEDED", { gatewaySecret: SECRET, maxList: 5000 });
  });
  afterAll(() => service.close());

  const ask = (body: unknown, headers: Record<string, string> = {}) => post(service.server.url, body, headers);
  const asRouter = (body: unknown, headers: Record<string, string> = {}) => ask(body, { ...headers, "x-gateway-secret": SECRET });

  it.each<Record<string, string>>([{}, { "x-gateway-secret": "" }, { "x-gateway-secret": "guess" }, { "x-gateway-secret": `${SECRET}x` }])(
    "is refused with %j",
    async (headers) => {
      for (const body of [SERVICE, entities([UNIT]), { query: "{ x: _service { y: sdl } }" }]) {
        const answer = await ask(body, headers);
        expect([answer.status, codeOf(answer)]).toEqual([403, "FORBIDDEN"]);
        expect(messageOf(answer)).toMatch(/router alone/);
        expect(answer.body.data ?? null).toBeNull();
      }
    },
  );

  it("is answered with its secret", async () => {
    expect((await asRouter(SERVICE)).body.data).toMatchObject({ _service: { sdl: expect.stringContaining("type Unit") as string } });
    expect((await asRouter(entities([UNIT, { __typename: "Nothing" }]))).body.data).toEqual({ _entities: [{ name: "Đà Nẵng" }, null] });
  });

  it("is at most 1,000 references a call, whatever the limit of lists", async () => {
    const all = (count: number) => asRouter(entities(Array.from({ length: count }, () => UNIT)));
    const over = await all(1001);
    expect([over.status, codeOf(over)]).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(messageOf(over)).toMatch(/^representations: 1001 .* 1000 a call$/);
    expect((await all(1000)).body.data).toMatchObject({ _entities: { length: 1000 } });
  });

  it("is how long each field took, and others are not told", async () => {
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

  it("is refused a trace of what it does not know", async () => {
    const answer = await asRouter({ query: "query ($x: Int) { units(first: $x) { totalCount } }", variables: { x: "many" } }, TRACE);
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("without a secret", () => {
  it("what is public is open to all, and traces are not", async () => {
    const service = await startService();
    expect((await post(service.server.url, SERVICE)).status).toBe(200);
    expect((await post(service.server.url, entities([UNIT]))).body.data).toEqual({ _entities: [{ name: "Đà Nẵng" }] });
    expect((await post(service.server.url, { query: "{ __typename }" }, TRACE)).body.extensions).toEqual({
      cost: { requested: 0, maximum: 100_000 },
    });
    await service.close();
  });
});
