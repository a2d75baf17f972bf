import type { FastifyInstance } from "fastify";
import { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import type { ErrorCode } from "../../src/lib/error-codes.ts";
import { DomainError } from "../../src/lib/errors.ts";
import { createApollo } from "../../src/server/apollo.ts";
import { createHttp, type HttpOptions } from "../../src/server/http/http.ts";

interface Asked {
  readonly signal: AbortSignal;
  readonly viewer: Viewer | null;
}

let waiting = Promise.withResolvers<AbortSignal>();
const fails = (code: ErrorCode, extensions = {}) => ({
  type: GraphQLString,
  resolve: () => {
    throw new DomainError(code, "as asked", extensions);
  },
});

const isForbidden = { ...fails("FORBIDDEN"), type: new GraphQLNonNull(GraphQLString) };

/** A schema without any type of the service. */
const schema = new GraphQLSchema({
  mutation: new GraphQLObjectType({ name: "Mutation", fields: { isForbidden } }),
  query: new GraphQLObjectType<unknown, Asked>({
    name: "Query",
    fields: {
      name: { type: GraphQLString, resolve: (_root, _args, { viewer }) => viewer?.name ?? "nobody" },
      waits: {
        type: GraphQLString,
        resolve: (_root, _args, { signal }) => {
          waiting.resolve(signal);
          return new Promise((done) => signal.addEventListener("abort", () => done("gone")));
        },
      },
      unavailable: fails("SERVICE_UNAVAILABLE", { retryAfter: 7 }),
      timeout: fails("TIMEOUT"),
      unauthenticated: fails("UNAUTHENTICATED"),
      forbidden: fails("FORBIDDEN"),
      limited: fails("LIMIT_EXCEEDED"),
      waitsItsTurn: fails("LIMIT_EXCEEDED", { retryAfter: 2 }),
      badInput: fails("BAD_USER_INPUT"),
      isForbidden,
      echo: { type: GraphQLString, args: { a: { type: GraphQLString } }, resolve: (_root, { a }: { a?: string }) => a },
    },
  }),
});

interface Served {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly port: number;
  /** The signal of the first request whose field waits. */
  readonly signal: Promise<AbortSignal>;
}

/** Serves the schema until the end of the test. */
export const serve = async (options: Partial<HttpOptions<Asked>> = {}): Promise<Served> => {
  waiting = Promise.withResolvers();
  const apollo = createApollo<Asked>(schema);
  await apollo.start();
  const app = await createHttp(apollo, { context: async ({ viewer }, _reply, signal) => ({ viewer, signal }), ...options });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
    await apollo.stop();
  });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/graphql`, app, port, signal: waiting.promise };
};

/** A request for the name of its viewer. */
export const NAME = { query: "{ name }" };
