import type { FastifyInstance, FastifyRequest } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { AddressInfo } from "node:net";
import { createAuthenticator } from "../access/authenticate.ts";
import { holds, type Viewer } from "../access/viewer.ts";
import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { INTERNAL } from "../lib/error-codes.ts";
import { DomainError } from "../lib/errors.ts";
import { createSubgraph, subgraph } from "../graphql/schema/subgraph.ts";
import { addressUrl, takenPort } from "./http/address.ts";
import { apolloSettings, createApollo } from "./apollo.ts";
import { RequestContext } from "../access/request-context.ts";
import { allowOrigins } from "./http/cors.ts";
import { costPlugin } from "../graphql/cost/cost.ts";
import { type Env, readEnv } from "./env.ts";
import { serveHealth } from "./running/health.ts";
import { createHttp, type HttpOptions } from "./http/http.ts";
import { responseCache } from "./http/response-cache.ts";
import { warnOfUntrustedProxy } from "./http/proxies.ts";
import { createLog, type Log, logRequests } from "./running/log.ts";
import { countRequests, createMetrics, type Metrics, serveMetrics } from "./running/metrics.ts";
import { labelsOf, observationOf, observed, observeOperations, trustedLabels } from "./running/observation.ts";
import { isBrowser, readOperations, sendPlayground, servePlayground } from "./playground.ts";
import { publicCaching } from "../graphql/execution/public-caching.ts";
import { prepareWith } from "./http/prepare.ts";
import { CostBudget } from "../graphql/cost/cost-budget.ts";
import { PublicShare } from "./limits/public-share.ts";
import { limitRates, networkOf } from "./limits/rate-limit.ts";
import { type RouterCheck, routerCheck } from "../access/router.ts";
import { serveExports } from "./exported-files.ts";
import { serveSchema } from "./schema-file.ts";
import type { Module } from "../module/module.ts";
import * as all from "../modules.ts";
import { drainable } from "./running/shutdown.ts";
import { trustedList, type TrustedList } from "../graphql/execution/trusted-documents.ts";

export interface RunningServer {
  readonly url: string;
  readonly metricsUrl: string | null;
  /** Reads the trusted documents again and logs the result; after an error the previous ones stay. Null if all documents are allowed. */
  readonly renewTrusted: (() => Promise<void>) | null;
  close(): Promise<void>;
}

export type ServerOptions = Partial<Env> & {
  readonly clock?: () => Date;
  readonly log?: Log;
  readonly modules?: readonly Module[];
};

/** Listens at once; `pools` is null until the database is open. */
export const startServer = async (
  pools: () => Pools | null,
  { clock = () => new Date(), log: givenLog, modules, ...given }: ServerOptions,
): Promise<RunningServer> => {
  const env: Env = { ...readEnv({}), ...given };
  const log = givenLog ?? createLog({ ...env, logLevel: "error" });
  const trusted = env.trustedDocuments === null ? null : await trustedList(env.trustedDocuments);
  const metrics = env.metricsPort === null ? null : createMetrics(pools);
  const parts: Parts = { env, log, clock, trusted, metrics, router: routerCheck(env.gatewaySecret), opened: openedOf(pools) };
  const { schema, sdl } = await (modules ? createSubgraph(modules) : subgraph());
  const apollo = await startApollo(parts, schema, modules ?? Object.values(all));
  const viewerOf = await viewers(parts);
  const options = httpOptions(parts, viewerOf);
  const app = await createHttp(apollo, options);
  logRequests(app, log);
  await allowOrigins(app, env.corsOrigins);
  const { isStopping, stop } = drainable(app);
  const isValid = (authorization: string): Promise<boolean> =>
    viewerOf(authorization).then(
      (viewer) => viewer !== null,
      () => false,
    );
  await serveBeside(app, { env, log, pools, metrics, isStopping, sdl, isValid });
  serveExports(app, async (request, reply) => {
    request.viewer = await viewerOf(request.headers.authorization);
    return options.context(request, reply, new AbortController().signal);
  });
  const measured = await listen(app, env, metrics);
  return {
    url: addressUrl(env.host, (app.server.address() as AddressInfo).port, "/graphql"),
    metricsUrl: measured?.url ?? null,
    renewTrusted: trusted && (() => renewed(trusted, log)),
    close: async () => {
      await stop(env.graceMs);
      await apollo.stop();
      await measured?.close();
    },
  };
};

/** The parts of the server that requests share. */
interface Parts {
  readonly env: Env;
  readonly log: Log;
  readonly clock: () => Date;
  readonly trusted: TrustedList | null;
  readonly metrics: Metrics | null;
  readonly router: RouterCheck;
  /** @throws DomainError until the database is open. */
  readonly opened: () => Pools;
}

const openedOf = (pools: () => Pools | null) => (): Pools => {
  const open = pools();
  if (!open) throw new DomainError("SERVICE_UNAVAILABLE", "The database is not available yet; try again", { retryAfter: 1 });
  return open;
};

const startApollo = async ({ env, log, trusted, metrics }: Parts, schema: GraphQLSchema, modules: readonly Module[]) => {
  const budget = new CostBudget(env.costAddress, () => metrics?.limited("address"));
  const labels = trusted === null ? labelsOf(await readOperations()) : trustedLabels;
  const apollo = createApollo<RequestContext>(schema, {
    ...apolloSettings(env),
    longLists: ({ viewer }) => (holds(viewer, "OFFICER") ? 5 : 1),
    isRouter: ({ isProvenRouter }) => isProvenRouter,
    plugins: [costPlugin({ maxCost: env.maxCost, modules, budget }), observeOperations(labels, log), publicCaching()],
  });
  await apollo.start();
  return apollo;
};

type ViewerOf = (authorization: string | undefined) => Promise<Viewer | null>;

const viewers = async ({ env, clock, opened }: Parts): Promise<ViewerOf> => {
  const authenticator = await createAuthenticator(env);
  return async (authorization) => (authorization === undefined ? null : authenticator.authenticate(authorization, clock(), opened()));
};

const httpOptions = ({ env, log, clock, trusted, router, opened }: Parts, viewerOf: ViewerOf): HttpOptions<RequestContext> => {
  const shares = new PublicShare(env);
  const contextOf = ({ viewer, headers, ip }: FastifyRequest, signal: AbortSignal): RequestContext => {
    const isProvenRouter = router.isProven(headers);
    const address = viewer === null && !isProvenRouter ? networkOf(ip) : null;
    const open = opened();
    const share = address === null ? undefined : shares.of(address, open.limits);
    return new RequestContext(open, clock(), { viewer, signal, address, share, isRouter: router.isRouter(headers), isProvenRouter });
  };
  return {
    context: (request, _reply, signal) => observed(request, log, () => contextOf(request, signal)),
    failed: (err, request, code) => {
      observationOf(request).codes.add(code);
      if (code === INTERNAL) log.error({ err, requestId: request.id }, "unexpected failure");
    },
    viewer: ({ headers: { authorization } }) => viewerOf(authorization),
    bodyLimit: ({ viewer, headers }) => (holds(viewer, "OFFICER") || router.isProven(headers) ? env.bodyLimitOfficer : env.bodyLimit),
    prepare: prepareWith({ limits: env, router, trusted, bodies: { short: env.bodyLimit, long: env.bodyLimitOfficer } }),
    maxConnections: env.maxConnections,
    cache: responseCache({ keptAnswers: env.keptAnswers, clock, reader: () => new Reader(opened()), router }),
    // During shutdown, health probes are answered and the drain refuses all else.
    framework: { return503OnClosing: false, trustProxy: env.trustedProxies ?? false },
    ...(env.playground && { before: (request, reply) => (isBrowser(request) ? sendPlayground(request, reply) : undefined) }),
  };
};

interface Beside {
  readonly env: Env;
  readonly log: Log;
  readonly pools: () => Pools | null;
  readonly metrics: Metrics | null;
  readonly isStopping: () => boolean;
  readonly sdl: string;
  readonly isValid: (authorization: string) => Promise<boolean>;
}

const serveBeside = async (app: FastifyInstance, { env, log, pools, metrics, isStopping, sdl, isValid }: Beside): Promise<void> => {
  if (metrics) countRequests(app, metrics);
  if (env.trustedProxies === null) warnOfUntrustedProxy(app, log);
  limitRates(app, { ...env, pools, holds: isValid, ...(metrics && { limited: metrics.limited }) });
  serveHealth(app, { pools, isStopping });
  serveSchema(app, sdl, env.introspection);
  if (env.playground) {
    await servePlayground(app);
    app.get("/", (_request, reply) => reply.redirect("/graphql"));
  }
};

const renewed = async (trusted: TrustedList, log: Log): Promise<void> => {
  try {
    log.info(`TRUSTED_DOCUMENTS: ${await trusted.renew()} documents are trusted from now on`);
  } catch (error) {
    log.error(`${(error as Error).message}; the previous documents stay trusted`);
  }
};

const listen = async (app: FastifyInstance, { host, port, metricsHost, metricsPort }: Env, metrics: Metrics | null) => {
  try {
    await app.listen({ host, port });
    return metrics && (await serveMetrics(metrics, metricsHost, metricsPort!));
  } catch (error) {
    await app.close();
    throw takenPort(error, "PORT", { host, port });
  }
};
