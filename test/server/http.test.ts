import { ApolloServer } from "@apollo/server";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { DomainError } from "../../src/lib/errors.ts";
import { createHttp } from "../../src/server/http/http.ts";
import { codeOf, messageOf, post, send } from "../support/post.ts";
import { NAME, serve } from "./serve-schema.ts";

const officer: Viewer = {
  actor: "key:1",
  name: "officer",
  grants: [{ role: "OFFICER", unitNo: 1, asOf: "2026-01-01", editionId: 1, ended: false }],
};

describe("a body", () => {
  it("is read up to the limit of its request, declared or not", async () => {
    const { url } = await serve({
      viewer: async ({ headers }) => (headers.authorization ? officer : null),
      bodyLimit: ({ viewer }) => (viewer ? 10_000 : 1000),
    });
    const large = JSON.stringify({ ...NAME, x: "x".repeat(5000) });
    const declared = await post(url, large);
    expect([declared.status, codeOf(declared), messageOf(declared)]).toEqual([
      413,
      "LIMIT_EXCEEDED",
      "The body has 5027 bytes; the maximum is 1000 bytes",
    ]);
    const chunked = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob([large]).stream(),
      duplex: "half",
    } as RequestInit;
    const undeclared = await send(url, chunked);
    expect([undeclared.status, messageOf(undeclared)]).toEqual([413, "The body has more than 1000 bytes; the maximum is 1000 bytes"]);
    expect((await post(url, large, { authorization: "Bearer x" })).body.data).toEqual({ name: "officer" });
    expect((await post(url, large.padEnd(10_001), { authorization: "Bearer x" })).status).toBe(413);
  });

  it.each([
    ["application/json; charset=utf-16", 415],
    ["application/json; charset=latin1", 415],
    ["application/xml", 415],
    ["application/octet-stream", 415],
    ["application/x-www-form-urlencoded", 400],
    ["multipart/form-data; boundary=x", 400],
    ["text/plain", 400],
    ["application/json; charset=UTF-8", 200],
    ['application/json; charset="utf-8"', 200],
    ["application/JSON", 200],
  ])("of type %s is answered %i", async (type, status) => {
    const { url } = await serve();
    const answer = await post(url, NAME, { "content-type": type });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(codeOf(answer)).toBe("BAD_REQUEST");
  });
});

describe("a URL", () => {
  it("may contain a query, under the same rules", async () => {
    const { url } = await serve();
    const headers = { "apollo-require-preflight": "1" };
    expect((await send(`${url}?query={name}`, { headers })).body).toEqual({ data: { name: "nobody" } });
    expect(messageOf(await send(`${url}?query=%ff`, { headers }))).toMatch(/not UTF-8/);
    expect(messageOf(await send(`${url}?query={name}&variables={"__proto__":1}`, { headers }))).toMatch(/^variables\.__proto__/);
    expect((await send(`${url}?query={name}&query={name}`, { headers })).status).toBe(400);
  });

  it("that does not exist returns an error", async () => {
    const { url } = await serve();
    for (const [path, status] of [
      ["/nothing", 404],
      ["/%ff", 400],
      ["/graphql/x", 404],
    ] as const) {
      const answer = await send(new URL(path, url).href, {});
      expect([answer.status, codeOf(answer)]).toEqual([status, status === 404 ? "NOT_FOUND" : "BAD_REQUEST"]);
    }
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const answer = await send(url, { method, headers: { "apollo-require-preflight": "1" } });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
    }
  });
});

describe("the status", () => {
  it.each([
    ["{ name unavailable }", 503, ["retry-after", "7"]],
    ["{ name timeout }", 504, null],
    ["{ unauthenticated }", 200, null],
    ["{ name unauthenticated }", 200, null],
    ["{ forbidden }", 200, null],
    ["{ name forbidden }", 200, null],
    ["{ limited }", 200, null],
    ["{ waitsItsTurn }", 200, null],
    ["{ badInput }", 200, null],
    ["{ isForbidden }", 200, null],
    ["mutation { isForbidden }", 200, null],
    ["{ nothing }", 400, null],
    ["{", 400, null],
    ["query ($a: String!) { echo(a: $a) }", 400, null],
  ] as const)("of %s is %i, whatever form of JSON is asked for", async (query, status, header) => {
    const { url } = await serve();
    const answer = await post(url, { query });
    expect(answer.status).toBe(status);
    const other = await post(url, { query }, { accept: "application/graphql-response+json" });
    expect([other.status, other.headers.get("content-type")]).toEqual([status, "application/graphql-response+json; charset=utf-8"]);
    expect(answer.body.errors).toHaveLength(1);
    if (header) expect(answer.headers.get(header[0])).toBe(header[1]);
  });

  it("of an answer has headers that protect it", async () => {
    const { url } = await serve();
    for (const { headers } of [await post(url, NAME), await post(url, "{")])
      expect([headers.get("x-content-type-options"), headers.get("referrer-policy"), headers.get("cache-control")]).toEqual([
        "nosniff",
        "no-referrer",
        "no-store",
      ]);
  });
});

describe("the caller", () => {
  it("is verified before the body is read", async () => {
    let read = false;
    const { url } = await serve({
      viewer: async () => {
        throw new DomainError("UNAUTHENTICATED", "This key is none");
      },
      bodyLimit: () => {
        read = true;
        return 1000;
      },
    });
    const answer = await post(url, NAME);
    expect([answer.status, codeOf(answer), answer.headers.get("www-authenticate")]).toEqual([401, "UNAUTHENTICATED", "Bearer"]);
    expect(read).toBe(false);
  });

  it("that cannot be verified now gets 503", async () => {
    const { url } = await serve({
      viewer: async () => {
        throw new DomainError("SERVICE_UNAVAILABLE", "The database does not answer");
      },
    });
    const answer = await post(url, NAME);
    expect([answer.status, codeOf(answer), answer.headers.get("retry-after")]).toEqual([503, "SERVICE_UNAVAILABLE", "1"]);
  });

  it("does not see internal errors", async () => {
    const { url } = await serve({ viewer: () => Promise.reject(new Error("password of the database")) });
    const answer = await post(url, NAME);
    expect([answer.status, codeOf(answer)]).toEqual([500, "INTERNAL_SERVER_ERROR"]);
    expect(answer.text).not.toContain("password");
  });

  it("gets the status of an error in its context", async () => {
    const { url } = await serve({
      context: async () => {
        throw new DomainError("SERVICE_UNAVAILABLE", "Not yet", { retryAfter: 3 });
      },
    });
    const answer = await post(url, NAME);
    expect([answer.status, codeOf(answer), answer.headers.get("retry-after")]).toEqual([503, "SERVICE_UNAVAILABLE", "3"]);
  });
});

describe("a client", () => {
  it("that disconnects early ends its statements", async () => {
    const { url, signal: waiting } = await serve();
    const hangUp = new AbortController();
    const asked = fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ waits }"}',
      signal: hangUp.signal,
    });
    const signal = await waiting;
    expect(signal.aborted).toBe(false);
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it("that has its answer ends nothing", async () => {
    const signals: AbortSignal[] = [];
    const { url } = await serve({ context: async ({ viewer }, _reply, signal) => (signals.push(signal), { viewer, signal }) });
    await post(url, NAME);
    await sleep(50);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

it("createHttp serves any Apollo server", async () => {
  const apollo = new ApolloServer({ typeDefs: "type Query { one: Int }", resolvers: { Query: { one: () => 1 } } });
  await apollo.start();
  const app = await createHttp(apollo, { context: async () => ({}) });
  const answer = await app.inject({ method: "POST", url: "/graphql", payload: { query: "{ one }" } });
  expect(answer.json()).toEqual({ data: { one: 1 } });
  await app.close();
  await apollo.stop();
});
