import type { ApolloServer, BaseContext } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";

/** What carries requests to an Apollo server. It knows nothing of what the server answers. */
export interface HttpOptions<C extends BaseContext> {
  readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<C>;
  /** Answers a request to /graphql that is not GraphQL, such as a browser's; undefined leaves it to Apollo. */
  readonly before?: (request: FastifyRequest, reply: FastifyReply) => unknown;
  /** Addresses of proxies, by commas, that are believed whom they speak for. */
  readonly trustedProxies?: string | null;
}

export const createHttp = <C extends BaseContext>(
  apollo: ApolloServer<C>,
  { context, before, trustedProxies }: HttpOptions<C>,
): FastifyInstance => {
  // While it closes, probes of its health are answered; all else is refused by what closes it.
  const app = fastify({ forceCloseConnections: "idle", return503OnClosing: false, trustProxy: trustedProxies ?? false });
  // Node writes a text of megabytes several times as slowly as its bytes.
  app.addHook("onSend", async (_request, _reply, payload) => (typeof payload === "string" ? Buffer.from(payload) : payload));
  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    preHandler: async (request, reply) => before?.(request, reply),
    handler: fastifyApolloHandler(apollo, { context }),
  });
  return app;
};
