import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { codeOf, messageOf, post, type Posted, send } from "../support/post.ts";

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const query = (text: string, variables?: unknown) => ({ query: text, variables });

describe("with introspection, playground and suggestions off", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("SEEDED", { introspection: false, playground: false, suggestions: "off", gatewaySecret: "of the router" });
  });
  afterAll(() => service.close());

  const get = (text: string, headers: Record<string, string> = {}) =>
    send(`${service.server.url}?query=${encodeURIComponent(text)}`, { headers });
  const form = (text: string): Promise<Posted> => send(service.server.url, { method: "POST", body: new URLSearchParams({ query: text }) });

  /** What a scanner tries, and the refusal that it then sees. */
  const SCANS: [string, () => Promise<Posted>, number, RegExp][] = [
    [
      "alias overloading",
      () => post(service.server.url, query(`query cop { ${times(101, (i) => `alias${i}: __typename`)} }`)),
      400,
      /MAX_ALIASES/,
    ],
    [
      "batches",
      () =>
        post(
          service.server.url,
          Array.from({ length: 10 }, () => query("query cop { __typename }")),
        ),
      400,
      /batching/,
    ],
    [
      "directive overloading",
      () => post(service.server.url, query(`query cop { __typename ${"@aa".repeat(10)} }`)),
      400,
      /^Unknown directive "@aa"/,
    ],
    [
      "field duplication",
      () => post(service.server.url, query(`query cop { ${"__typename ".repeat(500)} }`)),
      400,
      /MAX_ALIASES: .* repeated is 499/,
    ],
    [
      "circular introspection",
      () =>
        post(
          service.server.url,
          query("query cop { __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"),
        ),
      400,
      /introspection/,
    ],
    [
      "introspection",
      () => post(service.server.url, query("query cop { __schema { types { name fields { name } } } }")),
      400,
      /introspection/,
    ],
    [
      "field suggestions",
      () => post(service.server.url, query("query cop { unitt { name } }")),
      400,
      /^Cannot query field "unitt" on type "Query"\.$/,
    ],
    ["the playground", () => send(service.server.url, { headers: { accept: "text/html" } }), 400, /CSRF/],
    ["queries by GET", () => get("query cop { __typename }"), 400, /CSRF/],
    [
      "mutations by GET",
      () => get("mutation cop { __typename }", { "apollo-require-preflight": "1" }),
      405,
      /GET requests only support query operations/,
    ],
    ["a form", () => form("query cop { __typename }"), 400, /CSRF/],
    ["unhandled errors", () => post(service.server.url, query("qwerty cop { abc }")), 400, /^Syntax Error/],
    ["the schema by _service", () => post(service.server.url, query("{ _service { sdl } }")), 200, /^Only the router/],
  ];

  it.each(SCANS)("a scanner finds nothing by %s", async (_, scan, status, message) => {
    const answer = await scan();
    expect(answer.status).toBe(status);
    expect(messageOf(answer)).toMatch(message);
    expect(answer.body.data ?? null).toBeNull();
    expect(answer.body.errors).not.toHaveLength(10);
    expect(answer.text).not.toMatch(/did you mean|stacktrace|exception|node_modules|graphiql/i);
  });

  it("a scanner finds no tracing", async () => {
    const answer = await post(service.server.url, query("{ __typename }"), {
      "apollo-federation-include-trace": "ftv1",
      "x-apollo-tracing": "1",
    });
    expect(answer.body).toEqual({ data: { __typename: "Query" }, extensions: { cost: { requested: 0, maximum: 100_000 } } });
  });

  it("nothing is suggested for variables either", async () => {
    const answer = await post(service.server.url, query("query ($t: Tier) { units(tier: $t) { totalCount } }", { t: "COMUNE" }));
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
    expect(messageOf(answer)).toMatch(/"COMUNE" does not exist in "Tier" enum\.$/);
  });
});
