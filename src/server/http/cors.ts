import cors, { type FastifyCorsOptions } from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "../../lib/errors.ts";

/** Seconds for which a browser need not ask again; Chromium takes no more. */
const MAX_AGE = 7200;
/** What scripts may read besides what every answer shows them. */
const EXPOSED = ["x-request-id", "retry-after", "etag", "www-authenticate"];

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;

/**
 * Lets pages of these origins ask from a browser, `*` those of all; null leaves it to the same origin. Keys are sent by scripts, never by the browser itself,
 * so no answer allows credentials. Comes before what refuses requests, so that a page is shown the refusal.
 */
export const allowOrigins = async (app: FastifyInstance, origins: string | null): Promise<void> => {
  if (origins === null) return;
  const allowed = new Set(origins.split(","));
  const isAllowed = ({ headers: { origin } }: FastifyRequest) => origins === "*" || (origin !== undefined && allowed.has(origin));
  const common = { methods: ["GET", "HEAD", "POST"], exposedHeaders: EXPOSED, maxAge: MAX_AGE, credentials: false };
  app.addHook("onRequest", async (request) => {
    if (!isPreflight(request) || isAllowed(request)) return;
    const { origin } = request.headers;
    throw new DomainError(
      "FORBIDDEN",
      `origin: ${JSON.stringify(origin)} is none of those whose pages may ask here; CORS_ORIGINS names them`,
    );
  });
  await app.register(cors, {
    ...common,
    delegator: (request: FastifyRequest, done: (error: Error | null, options: FastifyCorsOptions) => void) =>
      // What is no preflight is answered as without this.
      done(null, { ...common, origin: isAllowed(request) ? (origins === "*" ? "*" : true) : false, preflight: isPreflight(request) }),
  });
};
