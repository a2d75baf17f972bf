import type { ApolloServerPlugin, BaseContext } from "@apollo/server";
import type { FastifyReply } from "fastify";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { type ErrorCode, ruleOf } from "../../lib/error-codes.ts";

export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Status and headers of a request that failed with this error: 429 for a limit that time lifts, 400 for other limits. */
export const headOf = ({ code, retryAfter }: Readonly<Record<string, unknown>>): Head => {
  const headers = new Map<string, string>();
  if (typeof retryAfter === "number") headers.set("retry-after", String(Math.ceil(retryAfter)));
  else if (code === "SERVICE_UNAVAILABLE") headers.set("retry-after", "1");
  if (code === "UNAUTHENTICATED") headers.set("www-authenticate", "Bearer");
  const status = code === "LIMIT_EXCEEDED" && typeof retryAfter === "number" ? 429 : (ruleOf(code).status ?? 500);
  return { status, headers };
};

/** Undefined leaves the status as it is: an executed operation is answered 200 with its data and errors, because gateways read only responses with 200. */
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
    // Apollo treats an error without a status as a failure of the service.
    (data === undefined && status === 500 ? first((rule) => rule.isPublic && rule.status !== null) : undefined)
  );
};

/** SERVICE_UNAVAILABLE anywhere is 503 and TIMEOUT 504; an operation that never ran has the status of its code; all else is 200. */
export const statusByCode = <C extends BaseContext>(): ApolloServerPlugin<C> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ response: { body, http } }) => {
      // A response for one viewer must not be cached for another.
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

export const refusalOf = (code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}): WholeAnswer => {
  const given = { code, ...extensions };
  return { ...headOf(given), body: { errors: [{ message, extensions: given }] } };
};

export const sendRefusal = (reply: FastifyReply, { status, headers, body }: WholeAnswer): FastifyReply =>
  reply.code(status).headers(Object.fromEntries(headers)).send(body);

export const withStatus = (error: unknown): unknown => {
  if (!(error instanceof GraphQLError) || error.extensions["http"]) return error;
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: headOf(error.extensions) } });
};
