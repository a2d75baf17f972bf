import type { ApolloServerPlugin, BaseContext } from "@apollo/server";
import { GraphQLError, type GraphQLFormattedError } from "graphql";

/** The status that a request ends with when it fails as a whole, by the code of its error. */
const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  LIMIT_EXCEEDED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
};

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
  const status = code === "LIMIT_EXCEEDED" && typeof retryAfter === "number" ? 429 : (STATUS[String(code)] ?? 500);
  return { status, headers };
};

/** Codes that decide the status even where other parts of the answer are good: whoever sent it should send it again. */
const WHOLE = ["SERVICE_UNAVAILABLE", "TIMEOUT"];
/** Codes that decide it where the operation never ran. */
const NEVER_RAN = ["UNAUTHENTICATED", "FORBIDDEN", "LIMIT_EXCEEDED"];

/**
 * Undefined where the errors leave the status as it is: an operation that ran is answered 200, with what it found and its errors, also where
 * it found nothing. A gateway passes on what it is told by 200 only.
 */
const decisive = (
  errors: readonly GraphQLFormattedError[],
  data: unknown,
  status: number | undefined,
): GraphQLFormattedError | undefined => {
  const first = (codes: readonly string[]) => errors.find(({ extensions }) => codes.includes(String(extensions?.["code"])));
  return (
    first(WHOLE) ??
    (data === undefined ? first(NEVER_RAN) : undefined) ??
    // Apollo takes a refusal that has no status of its own for a failure of the service.
    (data === undefined && status === 500 ? first(Object.keys(STATUS)) : undefined)
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

/** The same error, with the status that Apollo then answers. */
export const withStatus = (error: unknown): unknown => {
  if (!(error instanceof GraphQLError) || error.extensions["http"]) return error;
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: headOf(error.extensions) } });
};
