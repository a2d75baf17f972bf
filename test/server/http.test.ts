import { ApolloServer } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { once } from "node:events";
import { request } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import type { ErrorCode } from "../../src/lib/error-codes.ts";
import { DomainError } from "../../src/lib/errors.ts";
import { createApollo } from "../../src/server/apollo.ts";
import { createHttp, type HttpOptions } from "../../src/server/http/http.ts";
import { codeOf, messageOf, post, send } from "../support/post.ts";

interface Asked {
  readonly signal: AbortSignal;
  readonly viewer: Viewer | null;
}

let waiting = Promise.withResolvers<AbortSignal>();
const fails = (code: ErrorCode, extensions = {}) => ({
  type: GraphQLString,
  resolve: () => {
    throw new DomainError(code, "as asked", extensions);
  },
});

const isForbidden = { ...fails("FORBIDDEN"), type: new GraphQLNonNull(GraphQLString) };

/** A schema that has nothing of ours. */
const schema = new GraphQLSchema({
  mutation: new GraphQLObjectType({ name: "Mutation", fields: { isForbidden } }),
  query: new GraphQLObjectType<unknown, Asked>({
    name: "Query",
    fields: {
      name: { type: GraphQLString, resolve: (_root, _args, { viewer }) => viewer?.name ?? "nobody" },
      waits: {
        type: GraphQLString,
        resolve: (_root, _args, { signal }) => {
          waiting.resolve(signal);
          return new Promise((done) => signal.addEventListener("abort", () => done("gone")));
        },
      },
      unavailable: fails("SERVICE_UNAVAILABLE", { retryAfter: 7 }),
      timeout: fails("TIMEOUT"),
      unauthenticated: fails("UNAUTHENTICATED"),
      forbidden: fails("FORBIDDEN"),
      limited: fails("LIMIT_EXCEEDED"),
      waitsItsTurn: fails("LIMIT_EXCEEDED", { retryAfter: 2 }),
      badInput: fails("BAD_USER_INPUT"),
      isForbidden,
      echo: { type: GraphQLString, args: { a: { type: GraphQLString } }, resolve: (_root, { a }: { a?: string }) => a },
    },
  }),
});

const serve = async (options: Partial<HttpOptions<Asked>> = {}): Promise<{ url: string; app: FastifyInstance; port: number }> => {
  waiting = Promise.withResolvers();
  const apollo = createApollo<Asked>(schema);
  await apollo.start();
  const app = await createHttp(apollo, { context: async ({ viewer }, _reply, signal) => ({ viewer, signal }), ...options });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
    await apollo.stop();
  });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/graphql`, app, port };
};

const NAME = { query: "{ name }" };
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

describe("the address", () => {
  it("may ask a query, and has the same rules", async () => {
    const { url } = await serve();
    const headers = { "apollo-require-preflight": "1" };
    expect((await send(`${url}?query={name}`, { headers })).body).toEqual({ data: { name: "nobody" } });
    expect(messageOf(await send(`${url}?query=%ff`, { headers }))).toMatch(/not UTF-8/);
    expect(messageOf(await send(`${url}?query={name}&variables={"__proto__":1}`, { headers }))).toMatch(/^variables\.__proto__/);
    expect((await send(`${url}?query={name}&query={name}`, { headers })).status).toBe(400);
  });

  it("that does not exist is answered like an error", async () => {
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
  it("is found out before the body is read", async () => {
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
    const { url } = await serve();
    const hangUp = new AbortController();
    const asked = fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ waits }"}',
      signal: hangUp.signal,
    });
    const signal = await waiting.promise;
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

  it.each([
    ["headers", "POST /graphql HTTP/1.1\r\nHost: x\r\n"],
    ["a body", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"],
  ])("that sends %s too slowly loses its connection", async (_, start) => {
    const { port } = await serve({ timeouts: { headers: 200, request: 300 } });
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes) => (text += String(bytes)));
    socket.on("error", () => {});
    const closed = new Promise<void>((done) => socket.once("close", () => done()));
    socket.write(start);
    await closed;
    expect(text).toMatch(/^(HTTP\/1\.1 408|$)/);
  });
});

describe("connections", () => {
  const opened = async (port: number) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes) => (text += String(bytes))).on("error", () => {});
    const closed = new Promise<string>((done) => socket.once("close", () => done(text)));
    await once(socket, "connect");
    return { socket, closed };
  };
  const countOf = ({ server }: FastifyInstance) => new Promise((done) => server.getConnections((_error, count) => done(count)));
  const asked = (port: number) =>
    new Promise<number | undefined>((done, fail) => {
      const body = JSON.stringify(NAME);
      const headers = { "content-type": "application/json", "content-length": body.length };
      const options = { port, host: "127.0.0.1", path: "/graphql", method: "POST", agent: false, headers };
      request(options, (answer) => answer.resume().once("end", () => done(answer.statusCode)))
        .on("error", fail)
        .end(body);
    });

  it("beyond as many as there may be are closed unanswered, until others make room", async () => {
    const { app, port } = await serve({ maxConnections: 3 });
    const valid = [await opened(port), await opened(port), await opened(port)];
    await expect.poll(() => countOf(app)).toBe(3);
    for (let n = 0; n < 5; n++) expect(await (await opened(port)).closed).toBe("");
    await expect(asked(port)).rejects.toThrow();
    expect(await countOf(app)).toBe(3);
    valid[0]!.socket.end();
    await valid[0]!.closed;
    await expect.poll(() => countOf(app)).toBe(2);
    expect(await asked(port)).toBe(200);
  });

  it("without traffic are closed, before a first request and after one", async () => {
    const { app, port } = await serve({ maxConnections: 2, timeouts: { headers: 200, request: 300, idle: 200 } });
    const silent = await opened(port);
    const used = await opened(port);
    used.socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"query":"{ name }"}`,
    );
    expect(await used.closed).toMatch(/^HTTP\/1\.1 200 [^]*nobody/);
    await silent.closed;
    await expect.poll(() => countOf(app)).toBe(0);
    expect(await asked(port)).toBe(200);
  });
});

it("carries any Apollo server", async () => {
  const apollo = new ApolloServer({ typeDefs: "type Query { one: Int }", resolvers: { Query: { one: () => 1 } } });
  await apollo.start();
  const app = await createHttp(apollo, { context: async () => ({}) });
  const answer = await app.inject({ method: "POST", url: "/graphql", payload: { query: "{ one }" } });
  expect(answer.json()).toEqual({ data: { one: 1 } });
  await app.close();
  await apollo.stop();
});
