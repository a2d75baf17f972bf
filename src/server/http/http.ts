import { type ApolloServer, type BaseContext, HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import compress from "@fastify/compress";
import fastify, { type FastifyError, type FastifyHttpOptions, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Server } from "node:http";
import { Readable } from "node:stream";
import type { Viewer } from "../../access/viewer.ts";
import { DomainError } from "../../lib/errors.ts";
import { readJson, unsupportedType } from "./body.ts";
import { sendFailure } from "./failure.ts";
import { checkJson } from "../../lib/json.ts";
import { etagByCoding, sendWithEtag, varyBy } from "./etag.ts";
import { checkPersistedQuery, type Params, paramsOf, withParams } from "../../graphql/params.ts";
import { isSuccess, LONGEST_TEXT, type WholeResponse, wholeResponse } from "./response.ts";
import type { ResponseCache } from "./response-cache.ts";
import { refusalOf, sendRefusal, withStatus } from "./status.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The verified viewer; null for anonymous requests. */
    viewer: Viewer | null;
    bodyLength: number;
  }
}

export interface HttpOptions<C extends BaseContext> {
  readonly path?: string;
  /** `signal` is aborted when the client disconnects before its response. */
  readonly context: (request: FastifyRequest, reply: FastifyReply, signal: AbortSignal) => Promise<C>;
  /** Answers a request that is not GraphQL, such as a page load; undefined passes it to Apollo. */
  readonly before?: (request: FastifyRequest, reply: FastifyReply) => unknown;
  /** Runs before the body is read. @throws DomainError UNAUTHENTICATED for an invalid credential, SERVICE_UNAVAILABLE if it cannot be checked. */
  readonly viewer?: (request: FastifyRequest) => Promise<Viewer | null>;
  /** Maximum size of this request's body in bytes. */
  readonly bodyLimit?: (request: FastifyRequest) => number;
  /** Checks, and may replace, the parameters and headers that Apollo receives. @throws DomainError */
  readonly prepare?: (params: Params, headers: HeaderMap, request: FastifyRequest) => Params;
  readonly cache?: ResponseCache | null;
  /** Called for refusals and unexpected errors, with the code of the response. */
  readonly failed?: (error: Error, request: FastifyRequest, code: string) => void;
  readonly timeouts?: Partial<Timeouts>;
  /** Maximum number of open connections; further ones are closed without a response. */
  readonly maxConnections?: number;
  readonly framework?: FastifyHttpOptions<Server>;
}

/** Timeouts of a client in milliseconds; a slower one is disconnected. */
export interface Timeouts {
  readonly headers: number;
  readonly request: number;
  readonly idle: number;
}

const TIMEOUTS: Timeouts = { headers: 10_000, request: 60_000, idle: 72_000 };
const BODY_LIMIT = 2_000_000;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Serves Apollo at its path. Every failure is answered as `{ errors: [{ message, extensions: { code } }] }` with the status by `status.ts`. */
export const createHttp = async <C extends BaseContext>(apollo: ApolloServer<C>, options: HttpOptions<C>): Promise<FastifyInstance> => {
  const {
    path = "/graphql",
    before,
    viewer,
    bodyLimit = () => BODY_LIMIT,
    timeouts,
    maxConnections,
    framework,
    failed = () => {},
  } = options;
  const answerFailure = (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) =>
    sendFailure(failed, error, request, reply);
  const app = fastify({
    ...framework,
    ...limitsOnTime({ ...TIMEOUTS, ...timeouts }),
    frameworkErrors: answerFailure,
    forceCloseConnections: "idle",
  });
  if (maxConnections !== undefined) app.server.maxConnections = maxConnections;
  app.decorateRequest("viewer", null);
  app.decorateRequest("bodyLength", 0);
  app.setErrorHandler(answerFailure);
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, refusalOf("NOT_FOUND", "Not Found")));
  parseBodies(app, bodyLimit);
  // Request bodies are decompressed where they are read, within their limit.
  await app.register(compress, { encodings: ["br", "gzip"], globalDecompression: false });
  etagByCoding(app);
  finishResponses(app);
  app.route({
    method: METHODS,
    url: path,
    onRequest: async (request, reply) => {
      varyBy(reply, "authorization", "accept");
      if (viewer) request.viewer = await viewer(request);
    },
    ...(before && { preHandler: async (request, reply) => before(request, reply) }),
    handler: async (request, reply) => answer(apollo, options, request, reply),
  });
  return app;
};

const parseBodies = (app: FastifyInstance, bodyLimit: (request: FastifyRequest) => number): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: FastifyRequest, stream: Readable) => {
    const { json, length } = await readJson(stream, request.headers, bodyLimit(request));
    request.bodyLength = length;
    return json;
  });
  // Apollo explains content types that browsers can send without a preflight; all others get 415.
  app.addContentTypeParser("*", async ({ headers: { "content-type": type } }: FastifyRequest) => {
    if (type !== undefined && !SIMPLE.test(type)) throw unsupportedType(type);
  });
};

const finishResponses = (app: FastifyInstance): void => {
  app.addHook("onSend", (_request, reply, payload, done) => {
    void reply.header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
    if (reply.statusCode >= 400 && !reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
    done(null, typeof payload === "string" && payload.length > LONGEST_TEXT ? Buffer.from(payload) : payload);
  });
};

/** Content types that browsers send to other sites without a preflight. */
const SIMPLE = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

/** Node accepts the interval of its timeout check only when the server is created. */
const limitsOnTime = ({ headers, request, idle }: Timeouts): FastifyHttpOptions<Server> => ({
  http: { headersTimeout: headers, connectionsCheckingInterval: Math.min(1000, headers) },
  requestTimeout: request,
  keepAliveTimeout: idle,
});

const answer = async <C extends BaseContext>(
  apollo: ApolloServer<C>,
  { context, prepare, cache }: HttpOptions<C>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> => {
  const signal = whileConnected(reply);
  const asked = askedBy(request);
  const params = paramsOf(asked);
  const { variables, ...others } = params;
  checkJson(others);
  checkPersistedQuery(params);
  const prepared = prepare?.(params, asked.headers, request) ?? params;
  // A persisted query is resolved later, and its variables are checked then.
  if (prepared["query"] !== undefined) checkJson({ variables });
  const execute = () =>
    apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: prepared === params ? asked : withParams(asked, prepared),
      context: async () => {
        try {
          return await context(request, reply, signal);
        } catch (error) {
          throw withStatus(error);
        }
      },
    });
  const key = cache?.keyOf(prepared, asked.headers, request) ?? null;
  if (cache && key !== null) return send(request, reply, await cache.respond(key, request, execute));
  const executed = await execute();
  const { status, headers, body } = executed;
  if (body.kind === "complete") return send(request, reply, wholeResponse(executed));
  for (const [name, value] of headers) void reply.header(name, value);
  return reply.code(status ?? 200).send(Readable.from(body.asyncIterator));
};

/** Public responses have an ETag, so that a client need not download them again. */
const send = (request: FastifyRequest, reply: FastifyReply, { status, headers, body }: WholeResponse): Buffer | string => {
  for (const [name, value] of headers) void reply.header(name, value);
  void reply.code(status);
  return request.headers.authorization === undefined && isSuccess({ status, body }) ? sendWithEtag(request, reply, body) : body;
};

const ACCEPTING_JSON = new Set<string | undefined>(["*/*", "application/json"]);

/** Without a header that accepts what Apollo returns by itself, because it compares media types several times for each request. */
const askedBy = ({ method, body, headers, url }: FastifyRequest): HTTPGraphQLRequest => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  if (ACCEPTING_JSON.has(headers.accept)) map.delete("accept");
  const query = url.indexOf("?");
  return { method: method.toUpperCase(), headers: map, body, search: query === -1 ? "" : url.slice(query) };
};

const whileConnected = ({ raw }: FastifyReply): AbortSignal => {
  const connected = new AbortController();
  raw.once("close", () => {
    // An expected failure; the client has disconnected.
    if (!raw.writableFinished) connected.abort(new DomainError("SERVICE_UNAVAILABLE", "The client disconnected"));
  });
  return connected.signal;
};
