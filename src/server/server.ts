import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from "@as-integrations/fastify";
import type { EntityManager } from "@mikro-orm/postgresql";
import fastify from "fastify";
import type { AddressInfo } from "node:net";
import { createSubgraph } from "../federation/subgraph.ts";
import { dayOf } from "../time/date.ts";
import { type Context, createContext } from "./context.ts";
import { compiledExecution } from "./executor.ts";
import { formatError } from "./format-error.ts";
import { isBrowser, sendPlayground, servePlayground } from "./playground.ts";

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock?: () => Date;
}

export const startServer = async (em: EntityManager, { host, port, clock = () => new Date() }: ServerOptions): Promise<RunningServer> => {
  const { schema } = await createSubgraph();
  const app = fastify({ forceCloseConnections: "idle" });
  const apollo = new ApolloServer<Context>({
    gateway: compiledExecution(schema),
    formatError,
    introspection: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      // It instruments every field, which doubles the time of a large answer.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      fastifyApolloDrainPlugin(app),
    ],
  });
  await apollo.start();
  // Node writes a text of megabytes several times as slowly as its bytes.
  app.addHook("onSend", async (_request, _reply, payload) => (typeof payload === "string" ? Buffer.from(payload) : payload));
  await servePlayground(app);
  app.get("/", (_request, reply) => reply.redirect("/graphql"));
  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    preHandler: async (request, reply) => (isBrowser(request) ? sendPlayground(reply) : undefined),
    handler: fastifyApolloHandler(apollo, { context: async () => createContext(em, dayOf(clock())) }),
  });
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
