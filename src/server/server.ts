import type { AddressInfo } from "node:net";
import { holds } from "../access/viewer.ts";
import type { Pools } from "../db/database.ts";
import { createSubgraph } from "../federation/subgraph.ts";
import { apolloSettings, createApollo } from "./apollo.ts";
import { type Context, createContext } from "./context.ts";
import { type Env, readEnv } from "./env.ts";
import { createHttp } from "./http.ts";
import { isBrowser, sendPlayground, servePlayground } from "./playground.ts";
import { prepareWith } from "./prepare.ts";
import { routerCheck } from "./router.ts";
import { readTrustedDocuments } from "./trusted-documents.ts";

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export type ServerOptions = Partial<Env> & { readonly clock?: () => Date };

/** Serves at once; `pools` is null until the database is open. */
export const startServer = async (
  pools: () => Pools | null,
  { clock = () => new Date(), ...given }: ServerOptions,
): Promise<RunningServer> => {
  const env: Env = { ...readEnv({}), ...given };
  const trusted = env.trustedDocuments === null ? null : await readTrustedDocuments(env.trustedDocuments);
  const router = routerCheck(env.gatewaySecret);
  const { schema } = await createSubgraph();
  const apollo = createApollo<Context>(schema, {
    ...apolloSettings(env),
    longLists: ({ viewer }) => (holds(viewer, "OFFICER") ? 5 : 1),
  });
  await apollo.start();
  const app = createHttp(apollo, {
    context: async ({ viewer, headers }, _reply, signal) =>
      createContext(pools()!, clock(), { viewer, signal, isRouter: router.isRouter(headers) }),
    viewer: async () => null,
    bodyLimit: ({ viewer }) => (holds(viewer, "OFFICER") ? env.bodyLimitOfficer : env.bodyLimit),
    prepare: prepareWith({ limits: env, router, trusted }),
    ...(env.playground && { before: (request, reply) => (isBrowser(request) ? sendPlayground(reply) : undefined) }),
  });
  if (env.playground) {
    await servePlayground(app);
    app.get("/", (_request, reply) => reply.redirect("/graphql"));
  }
  const { host, port } = env;
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? new Error(`PORT: ${port} on ${host} is in use; set PORT to another one`) : error;
  });
  const { port: taken } = app.server.address() as AddressInfo;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${taken}/graphql`,
    close: async () => {
      await apollo.stop();
      await app.close();
    },
  };
};
