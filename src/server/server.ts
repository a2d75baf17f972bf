import type { AddressInfo } from "node:net";
import type { Pools } from "../db/database.ts";
import { Reader } from "../db/reader.ts";
import { createSubgraph } from "../federation/subgraph.ts";
import { createApollo } from "./apollo.ts";
import { currentHierarchy } from "../units/hierarchy-size.ts";
import { createContext } from "./context.ts";
import { costPlugin } from "./cost.ts";
import { type Env, readEnv } from "./env.ts";
import { createHttp } from "./http.ts";
import { isBrowser, sendPlayground, servePlayground } from "./playground.ts";

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
  const { schema } = await createSubgraph();
  const hierarchy = currentHierarchy(() => new Reader(pools()!), clock);
  const apollo = createApollo(schema, [costPlugin({ maxCost: env.maxCost, hierarchy })]);
  await apollo.start();
  const app = createHttp(apollo, {
    context: async () => createContext(pools()!, clock()),
    before: (request, reply) => (isBrowser(request) ? sendPlayground(reply) : undefined),
  });
  await servePlayground(app);
  app.get("/", (_request, reply) => reply.redirect("/graphql"));
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
