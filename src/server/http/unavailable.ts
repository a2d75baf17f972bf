import { HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";

/** An answer with status 503, for what Apollo learns before an operation runs. */
export const unavailable = (message: string): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code: "SERVICE_UNAVAILABLE", retryAfter: 1, http: { status: 503, headers: new HeaderMap([["retry-after", "1"]]) } },
  });
