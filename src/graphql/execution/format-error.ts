import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { INTERNAL, INTERNAL_MESSAGE, ruleOf } from "../../lib/error-codes.ts";
import { DomainError } from "../../lib/errors.ts";

const SUGGESTION = / ?Did you mean .*$/s;

export const causeOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? causeOf(error.originalError) : error;

/** Other errors are internal: the client gets no details, which observation.ts logs. */
export const createFormatError =
  ({ suggestions }: { readonly suggestions: boolean }) =>
  (given: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const formatted = withOwnCode(given, error);
    const code = formatted.extensions?.["code"];
    if (ruleOf(code).isPublic) return suggestions ? formatted : { ...formatted, message: formatted.message.replace(SUGGESTION, "") };
    const cause = causeOf(error);
    // graphql-js reports a value that a scalar cannot hold by its own error without a cause.
    const { locations, path } = formatted;
    const message = cause instanceof GraphQLError ? formatted.message : INTERNAL_MESSAGE;
    return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code: INTERNAL } };
  };

/** Apollo gives one code to all validation errors, and to some client errors a status but no code. */
const withOwnCode = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
  if (!(error instanceof GraphQLError)) return formatted;
  const { code, http } = error.extensions as { code?: unknown; http?: { status?: number } };
  if (code === undefined && http?.status !== undefined && http.status >= 400 && http.status < 500)
    return { ...formatted, extensions: { ...formatted.extensions, code: "BAD_REQUEST" } };
  const refusal = error.originalError;
  return formatted.extensions?.["code"] === "GRAPHQL_VALIDATION_FAILED" && refusal instanceof DomainError
    ? { ...formatted, extensions: refusal.extensions }
    : formatted;
};
