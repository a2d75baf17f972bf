import type { FastifyInstance } from "fastify";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Pools } from "../../database/database.ts";
import { addressUrl, listening } from "../http/address.ts";
import { isHealth } from "./health.ts";
import { observationOf } from "./observation.ts";

export interface Metrics {
  /** Called at the end of a request; clients cannot choose labels. */
  readonly request: (label: string, status: number, seconds: number) => void;
  /** Called at the end of an operation, with the codes of its errors. */
  readonly operation: (label: string, statements: number, codes: ReadonlySet<string>) => void;
  readonly limited: (by: "address" | "key") => void;
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATEMENTS = [0, 1, 2, 4, 8, 16, 32, 64, 128];

export const createMetrics = (pools: () => Pools | null): Metrics => {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  watchPools(register, pools);
  const requests = new Counter({
    ...{ name: "cchc_requests_total", help: "Finished requests, by class of status and by operation", registers },
    labelNames: ["status", "operation"] as const,
  });
  const durations = new Histogram({
    ...{ name: "cchc_request_duration_seconds", help: "Duration of requests in seconds", registers, buckets: SECONDS },
    labelNames: ["operation"] as const,
  });
  const statements = new Histogram({
    ...{ name: "cchc_operation_statements", help: "SQL statements of one operation", registers, buckets: STATEMENTS },
    labelNames: ["operation"] as const,
  });
  const errors = new Counter({
    ...{ name: "cchc_operation_errors_total", help: "Answers with an error, by its code", registers, labelNames: ["code"] as const },
  });
  const limited = new Counter({
    ...{ name: "cchc_rate_limited_total", help: "Requests answered 429, by what was counted", registers, labelNames: ["by"] as const },
  });
  return {
    request: (operation, status, seconds) => {
      requests.inc({ status: `${Math.floor(status / 100)}xx`, operation });
      durations.observe({ operation }, seconds);
    },
    operation: (operation, count, codes) => {
      statements.observe({ operation }, count);
      for (const code of codes) errors.inc({ code });
    },
    limited: (by) => limited.inc({ by }),
    text: () => register.metrics(),
    contentType: register.contentType,
  };
};

const watchPools = (register: Registry, pools: () => Pools | null): void => {
  const gauge = new Gauge({
    ...{ name: "cchc_pool_connections", help: "Connections to PostgreSQL, and callers that wait for one", registers: [register] },
    labelNames: ["pool", "state"] as const,
    collect: () => {
      for (const [pool, state] of Object.entries(pools()?.states() ?? {})) {
        gauge.set({ pool, state: "busy" }, state.size - state.idle);
        gauge.set({ pool, state: "idle" }, state.idle);
        gauge.set({ pool, state: "waiting" }, state.waiting);
      }
    },
  });
};

/** Counts requests except health probes. */
export const countRequests = (app: FastifyInstance, metrics: Metrics): void => {
  app.addHook("onRequest", (request, reply, done) => {
    const began = performance.now();
    reply.raw.once("close", () => {
      if (isHealth(request.url)) return;
      const { operation, label, statements, codes } = observationOf(request);
      metrics.request(label, reply.raw.writableFinished ? reply.raw.statusCode : 499, (performance.now() - began) / 1000);
      if (operation !== null) metrics.operation(label, statements, codes);
    });
    done();
  });
};

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `GET /metrics` on its own port. */
export const serveMetrics = async (metrics: Metrics, host: string, port: number): Promise<MetricsServer> => {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, async (request, reply) => {
    if (request.url !== "/metrics") return reply.writeHead(404).end();
    if (request.method !== "GET") return reply.writeHead(405, { allow: "GET" }).end();
    return reply.writeHead(200, { "content-type": metrics.contentType }).end(await metrics.text());
  });
  await listening(server.listen({ host, port }), "METRICS_PORT", { host, port });
  return {
    url: addressUrl(host, (server.address() as AddressInfo).port, "/metrics"),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
