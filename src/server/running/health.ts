import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pools } from "../../database/database.ts";

const PROBE_MS = 1000;

/** Probes are answered even if everything else is refused. */
export const isHealth = (url: string): boolean => /^\/(?:livez|readyz)(?:[?#]|$)/.test(url);

export interface HealthOptions {
  readonly pools: () => Pools | null;
  readonly isStopping: () => boolean;
}

/** `/livez`: the process runs and a restart would not help. `/readyz`: it may receive requests; otherwise the reason. */
export const serveHealth = (app: FastifyInstance, { pools, isStopping }: HealthOptions): void => {
  const probe = createProbe(pools);
  app.get("/livez", async (_request, reply) => reply.header("cache-control", "no-store").send({ status: "live" }));
  app.get("/readyz", async (_request, reply) => {
    const problem = isStopping() ? { process: "is stopping" } : await probe();
    void reply.header("cache-control", "no-store");
    if (!problem) return reply.send({ status: "ready" });
    return reply.code(503).header("retry-after", "1").send({ status: "not ready", problem });
  });
};

type Problem = Readonly<Record<string, string>> | null;

/** Concurrent probes share one query, so that they use one connection at most. */
const createProbe = (pools: () => Pools | null): (() => Promise<Problem>) => {
  let running: Promise<Problem> | null = null;
  return async () => {
    const open = pools();
    if (!open) return { database: "is not open yet" };
    running ??= ask(open).finally(() => (running = null));
    const late = new AbortController();
    const patience = sleep(PROBE_MS, { database: `did not answer within ${PROBE_MS} ms` }, { signal: late.signal }).catch(() => null);
    try {
      return await Promise.race([running, patience]);
    } finally {
      late.abort();
    }
  };
};

const ask = async ({ requests }: Pools): Promise<Problem> => {
  try {
    await sql`select 1`.execute(requests.em.fork().getKysely());
    return null;
  } catch {
    return { database: "does not answer" };
  }
};
