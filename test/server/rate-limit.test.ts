import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import { limitRates, networkOf } from "../../src/server/limits/rate-limit.ts";
import { type ServerOptions, startServer } from "../../src/server/server.ts";
import { newSecret } from "../../src/access/secret.ts";
import { readEnv } from "../../src/server/env.ts";
import { createLog } from "../../src/server/running/log.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { createDatabase } from "../support/database.ts";

const ask = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: '{"query":"{ __typename }"}' });

const statuses = async (url: string, count: number, headers?: Record<string, string>): Promise<number[]> => {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await ask(url, headers)).status);
  return all;
};

const served = async (options: ServerOptions) => {
  const service = await startService("EMPTY", options);
  onTestFinished(() => service.close());
  return service;
};

describe("requests of an address", () => {
  it("are counted, and get Retry-After beyond the limit; probes are not counted", async () => {
    const { server } = await served({ rateAddress: 3, metricsPort: 0 });
    expect(await statuses(server.url, 3)).toEqual([200, 200, 200]);
    const refused = await ask(server.url);
    expect(refused.status).toBe(429);
    const after = Number(refused.headers.get("retry-after"));
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED", retryAfter: after } }] });
    expect((await fetch(new URL("/readyz", server.url))).status).toBe(200);
    expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    expect(await (await fetch(server.metricsUrl!)).text()).toContain('cchc_rate_limited_total{by="address"} 1');
  });

  it("count for the connecting address, whatever its headers claim", async () => {
    const { server } = await served({ rateAddress: 2 });
    const spoofed = await Promise.all(["1.1.1.1", "2.2.2.2", "3.3.3.3"].map((address) => ask(server.url, { "x-forwarded-for": address })));
    expect(spoofed.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
  });

  it("are those of the address that a trusted proxy speaks for", async () => {
    const { server } = await served({ rateAddress: 2, trustedProxies: "127.0.0.1, 10.0.0.0/8" });
    expect(await statuses(server.url, 3, { "x-forwarded-for": "1.1.1.1" })).toEqual([200, 200, 429]);
    expect(await statuses(server.url, 2, { "x-forwarded-for": "2.2.2.2, 10.0.0.1" })).toEqual([200, 200]);
    // What stands before the last address that no trusted proxy has, anybody may have written.
    expect(await statuses(server.url, 1, { "x-forwarded-for": "9.9.9.9, 2.2.2.2" })).toEqual([429]);
  });

  it("count as one for a whole network of IPv6", () => {
    expect(networkOf("2001:db8:0:1::7")).toBe(networkOf("2001:db8:0:1:ffff::"));
    expect(networkOf("2001:db8::1:0:0:0:1")).not.toBe(networkOf("2001:db8::2:0:0:0:1"));
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
    expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  });
});

describe("requests with a key", () => {
  const keyed = async () => {
    const app = fastify();
    limitRates(app, { rateAddress: 2, rateKey: 3, rateStore: "memory", pools: () => null });
    app.addHook("onRequest", async (request, reply) => {
      const key = /^Bearer (\w+)$/.exec(request.headers.authorization ?? "")?.[1];
      const viewer: Viewer | null = key === "bad" || !key ? null : { actor: `key:${key}`, name: key, grants: [] };
      Object.assign(request, { viewer });
      return viewer || !key ? undefined : reply.code(401).send({});
    });
    app.post("/graphql", async () => ({}));
    onTestFinished(() => app.close());
    return `${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql`;
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  it("are counted by key, not by address", async () => {
    const url = await keyed();
    expect(await statuses(url, 4, bearer("one"))).toEqual([200, 200, 200, 429]);
    expect(await statuses(url, 3, bearer("two"))).toEqual([200, 200, 200]);
    expect(await statuses(url, 3)).toEqual([200, 200, 429]);
  });

  it("that does not hold are counted by address, and then not looked at", async () => {
    const url = await keyed();
    expect(await statuses(url, 2, bearer("bad"))).toEqual([401, 401]);
    await expect.poll(async () => (await ask(url, bearer("bad"))).status).toBe(429);
    await expect.poll(async () => (await ask(url)).status).toBe(429);
  });
});

describe("keys that are real", () => {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const CREATE = "mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret } }";
  const made = async (service: TestService, maker: string, unit: string): Promise<string> => {
    const input = { name: "one more", grants: [{ unit, role: "ADMIN" }] };
    const { data } = await service.ask<{ createAccessKey: { secret: string } }, object>(CREATE, { input }, maker);
    return data.createAccessKey.secret;
  };

  it("get no more requests together by being more, whoever makes them", async () => {
    const service = await startService("SEEDED", { rateKey: 8, clock: () => NOW });
    onTestFinished(() => service.close());
    const { url } = service.server;
    const first = await issueKey(service.database, "first", { "48": "ADMIN" });
    const others = [
      await made(service, first, "48"),
      await made(service, first, "20194"),
      await issueKey(service.database, "second", { "48": "VIEWER" }),
    ];
    expect(await statuses(url, 6, bearer(first))).toEqual([200, 200, 200, 200, 200, 200]);
    // Those that the first made, for whatever unit, and those that somebody else made for its unit.
    for (const other of others) expect(await statuses(url, 1, bearer(other))).toEqual([429]);
    expect(await statuses(url, 1, bearer(first))).toEqual([429]);
    const [, refused] = [await ask(url, bearer(others[1]!)), await ask(url, bearer(others[2]!))];
    expect(((await refused.json()) as { errors: { message: string }[] }).errors[0]!.message).toMatch(
      /^Too many requests from the keys and tokens of this unit within a minute; try again in \d+ s$/,
    );
    expect(await statuses(url, 1, bearer(await issueKey(service.database, "elsewhere", { "04": "VIEWER" })))).toEqual([200]);
  });

  it("are not shut out by wrong ones of their address, whether they were used before or not", async () => {
    const service = await startService("SEEDED", { rateAddress: 3, rateStore: "memory" });
    onTestFinished(() => service.close());
    const { url } = service.server;
    const [known, fresh, revoked] = [
      await issueKey(service.database, "known", { "48": "VIEWER" }),
      await issueKey(service.database, "fresh", { "48": "VIEWER" }),
      await issueKey(service.database, "revoked", { "48": "VIEWER" }),
    ];
    expect(await statuses(url, 1, bearer(known))).toEqual([200]);
    expect(await statuses(url, 1, bearer(revoked))).toEqual([200]);
    expect(await statuses(url, 3, bearer(newSecret()))).toEqual([401, 401, 401]);
    await expect.poll(async () => (await ask(url, bearer(newSecret()))).status).toBe(429);
    // As many wrong ones as somebody likes are told nothing, and one that holds is answered all the same.
    for (let n = 0; n < 30; n++) expect(await statuses(url, 1, bearer(newSecret()))).toEqual([429]);
    expect(await statuses(url, 5, bearer(known))).toEqual([200, 200, 200, 200, 200]);
    await expect.poll(async () => (await ask(url, bearer(fresh))).status, { timeout: 10_000, interval: 200 }).toBe(200);
    for (let n = 0; n < 30; n++) expect(await statuses(url, 1, bearer(newSecret()))).toEqual([429]);
    expect(await statuses(url, 2, bearer(fresh))).toEqual([200, 200]);
    // What valid once and holds no more is wrong like any other.
    await service.database.orm.em.getConnection().execute("update access_key set revoked_at = now() where name = 'revoked'");
    expect(await statuses(url, 1, bearer(revoked))).toEqual([401]);
    await expect.poll(async () => (await ask(url, bearer(revoked))).status).toBe(429);
    expect(await statuses(url, 1)).toEqual([429]);
  });
});

describe("a proxy that is not trusted", () => {
  const warnings = async (options: ServerOptions) => {
    let text = "";
    const log = createLog(readEnv({ LOG_FORMAT: "json", LOG_LEVEL: "warn" }), { write: (line) => void (text += line) });
    const { server } = await served({ ...options, log });
    await ask(server.url);
    expect(text).toBe("");
    for (let n = 0; n < 3; n++) await ask(server.url, { "x-forwarded-for": `203.0.113.${n}` });
    return text.split("\n").filter((line) => line.includes("TRUSTED_PROXIES"));
  };

  it("is logged once", async () => {
    const lines = await warnings({});
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: "warn",
      msg: expect.stringMatching(/^127\.0\.0\.1 sends X-Forwarded-For, /) as string,
    });
    expect(await warnings({ trustedProxies: "127.0.0.1" })).toEqual([]);
  });
});

describe("the store in the database", () => {
  it("is shared by the instances", async () => {
    const database = await createDatabase("EMPTY");
    onTestFinished(() => database.close());
    const start = () => startServer(() => database.pools, { port: 0, rateAddress: 3, rateStore: "database" });
    const [one, two] = [await start(), await start()];
    expect([...(await statuses(one.url, 2)), ...(await statuses(two.url, 2)), ...(await statuses(one.url, 1))]).toEqual([
      ...[200, 200, 200, 429, 429],
    ]);
    await Promise.all([one.close(), two.close()]);
  });

  it("is replaced by the memory of each instance while it is away", async () => {
    const server = await startServer(() => null, { port: 0, rateAddress: 2, rateStore: "database" });
    onTestFinished(() => server.close());
    expect(await statuses(server.url, 3)).toEqual([503, 503, 429]);
  });
});
