import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";

/** Codes of failures that are the client's, whose messages are written for it. */
const PUBLIC_CODES = new Set([
  ...["BAD_USER_INPUT", "NOT_FOUND", "UNAUTHENTICATED", "FORBIDDEN", "CONFLICT", "LIMIT_EXCEEDED"],
  ...["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE", "BAD_REQUEST"],
  ...["PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_SUPPORTED"],
]);

/** Everything else is ours: the client learns only that it happened, the log learns what. */
export const formatError = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
  const code = formatted.extensions?.["code"];
  if (typeof code === "string" && PUBLIC_CODES.has(code)) return formatted;
  const cause = unwrapResolverError(error);
  // graphql-js refuses what a scalar cannot hold with an error of its own, which has no cause.
  if (!(cause instanceof GraphQLError)) console.error("cchc-graph: unexpected failure", cause);
  const { locations, path } = formatted;
  const message = cause instanceof GraphQLError ? formatted.message : "Something went wrong on our side";
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code: "INTERNAL_SERVER_ERROR" } };
};
