import cors, { type FastifyCorsOptions } from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "../../lib/errors.ts";

/** Seconds for which a browser caches a preflight; Chromium's maximum. */
const MAX_AGE = 7200;
/** Response headers that scripts may read. */
const EXPOSED = ["x-request-id", "retry-after", "etag", "www-authenticate"];

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;

/**
 * Allows pages of these origins, `*` for all, null for the same origin only. Scripts send keys themselves, so responses never allow credentials. Registered before
 * everything that refuses requests, so that pages can read the refusal.
 */
export const allowOrigins = async (app: FastifyInstance, origins: string | null): Promise<void> => {
  if (origins === null) return;
  const allowed = new Set(origins.split(","));
  const isAllowed = ({ headers: { origin } }: FastifyRequest) => origins === "*" || (origin !== undefined && allowed.has(origin));
  const common = { methods: ["GET", "HEAD", "POST"], exposedHeaders: EXPOSED, maxAge: MAX_AGE, credentials: false };
  app.addHook("onRequest", async (request) => {
    if (!isPreflight(request) || isAllowed(request)) return;
    const { origin } = request.headers;
    throw new DomainError("FORBIDDEN", `origin: ${JSON.stringify(origin)} is not allowed; CORS_ORIGINS lists the allowed origins`);
  });
  await app.register(cors, {
    ...common,
    delegator: (request: FastifyRequest, done: (error: Error | null, options: FastifyCorsOptions) => void) =>
      // Requests other than preflights are answered without preflight headers.
      done(null, { ...common, origin: isAllowed(request) ? (origins === "*" ? "*" : true) : false, preflight: isPreflight(request) }),
  });
};
