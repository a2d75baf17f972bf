import type { FastifyRequest } from "fastify";
import type { AddressInfo } from "node:net";
import type { Pools } from "../db/database.ts";
import { createSubgraph } from "../federation/subgraph.ts";
import { addressUrl, takenPort } from "./address.ts";
import { createApollo } from "./apollo.ts";
import { type Context, createContext } from "./context.ts";
import { type Env, readEnv } from "./env.ts";
import { serveHealth } from "./health.ts";
import { createHttp } from "./http.ts";
import { createLog, type Log, logRequests } from "./log.ts";
import { countRequests, createMetrics, type Metrics, serveMetrics } from "./metrics.ts";
import { labelsOf, observed, observeOperations, trustedLabels } from "./observation.ts";
import { isBrowser, readTabs, sendPlayground, servePlayground } from "./playground.ts";
import { limitRates } from "./rate-limit.ts";
import { drainable } from "./shutdown.ts";
import { unavailable } from "./unavailable.ts";

export interface RunningServer {
  readonly url: string;
  /** Null where no port is set for them. */
  readonly metricsUrl: string | null;
  /** Lets running requests finish within the time of grace; others are refused from the first moment. */
  close(): Promise<void>;
}

export type ServerOptions = Partial<Env> & { readonly clock?: () => Date; readonly log?: Log };

/** Serves at once; `pools` is null until the database is open. */
export const startServer = async (
  pools: () => Pools | null,
  { clock = () => new Date(), log: givenLog, ...given }: ServerOptions,
): Promise<RunningServer> => {
  const env: Env = { ...readEnv({}), ...given };
  const log = givenLog ?? createLog({ ...env, logLevel: "error" });
  const metrics = env.metricsPort === null ? null : createMetrics(pools);
  const { schema } = await createSubgraph();
  const labels = env.trustedDocuments === null ? labelsOf((await readTabs()).map(({ query }) => query)) : trustedLabels;
  const apollo = createApollo(schema, [observeOperations(labels, log)]);
  await apollo.start();
  const context = (request: FastifyRequest): Promise<Context> =>
    observed(request, log, () => {
      const open = pools();
      if (!open) throw unavailable("The database is not there yet; ask again");
      return createContext(open, clock());
    });
  const app = createHttp(apollo, {
    context,
    before: (request, reply) => (isBrowser(request) ? sendPlayground(reply) : undefined),
    trustedProxies: env.trustedProxies,
  });
  logRequests(app, log);
  const { isStopping, stop } = drainable(app);
  if (metrics) countRequests(app, metrics);
  limitRates(app, { ...env, pools, ...(metrics && { limited: metrics.limited }) });
  serveHealth(app, { pools, isStopping });
  await servePlayground(app);
  app.get("/", (_request, reply) => reply.redirect("/graphql"));
  const measured = await listen(app, env, metrics);
  return {
    url: addressUrl(env.host, (app.server.address() as AddressInfo).port, "/graphql"),
    metricsUrl: measured?.url ?? null,
    close: async () => {
      await stop(env.graceMs);
      await apollo.stop();
      await measured?.close();
    },
  };
};

/** Both ports or none. */
const listen = async (app: ReturnType<typeof createHttp>, { host, port, metricsHost, metricsPort }: Env, metrics: Metrics | null) => {
  try {
    await app.listen({ host, port });
    return metrics && (await serveMetrics(metrics, metricsHost, metricsPort!));
  } catch (error) {
    await app.close();
    throw takenPort(error, "PORT", { host, port });
  }
};
