import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../../src/server/server.ts";
import { startService, type TestService } from "../support/client.ts";

const TASKS = new URL("../../schema/operations/01-tasks-of-a-city.graphql", import.meta.url);

describe("metrics", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService("SEEDED", { metricsPort: 0 });
  });
  afterAll(() => service.close());

  const text = async () => (await fetch(service.server.metricsUrl!)).text();
  const value = (all: string, series: string): number => {
    const line = all.split("\n").find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length) ?? 0);
  };
  /** Counted when the connection has taken the answer. */
  const counted = async (series: string, count: number): Promise<string> => {
    for (let tries = 0; ; tries++) {
      const all = await text();
      if (value(all, series) === count) return all;
      if (tries > 200) throw new Error(`${series} is not ${count}:\n${all}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  it("count requests and statements by our own operations, and no others by name", async () => {
    const tasks = await readFile(TASKS, "utf8");
    await service.ask(tasks);
    await service.ask(tasks.replaceAll(/^#.*$/gm, "").replaceAll(/\s+/g, " "));
    await service.ask("query TasksOfACity { __typename }");
    await service.ask("query Unheard { __typename }");
    await service.ask('{ unit(code: "04", asOf: "1999-01-01") { name } }');
    await fetch(new URL("/nowhere", service.server.url));
    await fetch(new URL("/readyz", service.server.url));
    await counted('cchc_requests_total{status="2xx",operation="TasksOfACity"}', 2);
    await counted('cchc_requests_total{status="4xx",operation="none"}', 1);
    const all = await counted('cchc_requests_total{status="2xx",operation="other"}', 3);
    expect(value(all, 'cchc_request_duration_seconds_count{operation="TasksOfACity"}')).toBe(2);
    expect(value(all, 'cchc_operation_statements_count{operation="TasksOfACity"}')).toBe(2);
    expect(value(all, 'cchc_operation_statements_sum{operation="TasksOfACity"}')).toBeGreaterThan(4);
    expect(value(all, 'cchc_operation_errors_total{code="BAD_USER_INPUT"}')).toBe(1);
    expect(all).not.toContain("Unheard");
    expect([...all.matchAll(/operation="(\w+)"/g)].map(([, name]) => name)).toSatisfy((names: string[]) =>
      names.every((name) => ["TasksOfACity", "other", "none"].includes(name)),
    );
  });

  it("describe the pool, the event loop and the process", async () => {
    const all = await text();
    expect(value(all, 'cchc_pool_connections{pool="requests",state="idle"}')).toBeGreaterThan(0);
    for (const name of [
      "nodejs_eventloop_lag_seconds",
      "process_resident_memory_bytes",
      'cchc_pool_connections{pool="builds",state="waiting"}',
    ])
      expect(all).toContain(`\n${name} `);
  });

  it("have their own port, which serves nothing else", async () => {
    const { url, metricsUrl } = service.server;
    expect(new URL(url).port).not.toBe(new URL(metricsUrl!).port);
    expect((await fetch(new URL("/metrics", url))).status).toBe(404);
    expect((await fetch(new URL("/graphql", metricsUrl!))).status).toBe(404);
    expect((await fetch(metricsUrl!, { method: "POST" })).status).toBe(405);
  });

  it("are off without a port, and a port in use leaves nothing half started", async () => {
    const without = await startServer(() => null, { port: 0 });
    expect(without.metricsUrl).toBeNull();
    const { port } = new URL(without.url);
    await without.close();
    const taken = Number(new URL(service.server.metricsUrl!).port);
    await expect(startServer(() => null, { port: Number(port), metricsPort: taken })).rejects.toThrow(/^METRICS_PORT: \d+ .* is in use/);
    await expect(fetch(without.url)).rejects.toThrow();
  });
});
