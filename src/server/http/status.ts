import type { ApolloServerPlugin, BaseContext } from "@apollo/server";
import type { FastifyReply } from "fastify";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { type ErrorCode, ruleOf } from "../../lib/error-codes.ts";

export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** What says over HTTP that a request failed with this error. A limit that time lifts is 429, others are 400. */
export const headOf = ({ code, retryAfter }: Readonly<Record<string, unknown>>): Head => {
  const headers = new Map<string, string>();
  if (typeof retryAfter === "number") headers.set("retry-after", String(Math.ceil(retryAfter)));
  else if (code === "SERVICE_UNAVAILABLE") headers.set("retry-after", "1");
  if (code === "UNAUTHENTICATED") headers.set("www-authenticate", "Bearer");
  const status = code === "LIMIT_EXCEEDED" && typeof retryAfter === "number" ? 429 : (ruleOf(code).status ?? 500);
  return { status, headers };
};

/**
 * Undefined where the errors leave the status as it is: an operation that ran is answered 200, with what it found and its errors, also where
 * it found nothing. A gateway passes on what it is told by 200 only.
 */
const decisive = (
  errors: readonly GraphQLFormattedError[],
  data: unknown,
  status: number | undefined,
): GraphQLFormattedError | undefined => {
  const first = (isMeant: (rule: ReturnType<typeof ruleOf>) => boolean) =>
    errors.find(({ extensions }) => isMeant(ruleOf(extensions?.["code"])));
  return (
    first(({ decides }) => decides === "ALWAYS") ??
    (data === undefined ? first(({ decides }) => decides === "UNLESS_RUN") : undefined) ??
    // Apollo takes a refusal that has no status of its own for a failure of the service.
    (data === undefined && status === 500 ? first((rule) => rule.isPublic && rule.status !== null) : undefined)
  );
};

/** The status of an answer. SERVICE_UNAVAILABLE anywhere is 503 and TIMEOUT 504. What never ran has the status of its code. All else is 200. */
export const statusByCode = <C extends BaseContext>(): ApolloServerPlugin<C> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ response: { body, http } }) => {
      // What one may see is not for the cache of another.
      if (!http.headers.has("cache-control")) http.headers.set("cache-control", "no-store");
      if (body.kind !== "single" || !body.singleResult.errors?.length) return;
      const { errors, data } = body.singleResult;
      const error = decisive(errors, data, http.status);
      if (!error) return;
      const { status, headers } = headOf(error.extensions ?? {});
      http.status = status;
      for (const [name, value] of headers) http.headers.set(name, value);
    },
  }),
});

export interface WholeAnswer extends Head {
  readonly body: { readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[] };
}

/** The answer to a request that is refused before it is asked of GraphQL. */
export const refusalOf = (code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}): WholeAnswer => {
  const given = { code, ...extensions };
  return { ...headOf(given), body: { errors: [{ message, extensions: given }] } };
};

export const sendRefusal = (reply: FastifyReply, { status, headers, body }: WholeAnswer): FastifyReply =>
  reply.code(status).headers(Object.fromEntries(headers)).send(body);

/** The same error, with the status that Apollo then answers. */
export const withStatus = (error: unknown): unknown => {
  if (!(error instanceof GraphQLError) || error.extensions["http"]) return error;
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: headOf(error.extensions) } });
};
