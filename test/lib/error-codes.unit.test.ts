import { GraphQLError } from "graphql";
import { expect, it } from "vitest";
import { createFormatError } from "../../src/graphql/execution/format-error.ts";
import { ruleOf } from "../../src/lib/error-codes.ts";
import { headOf } from "../../src/server/http/status.ts";

const format = createFormatError({ suggestions: false });
const formatted = (code: string | undefined) => {
  const error = new GraphQLError("secret", { originalError: new Error("secret"), ...(code && { extensions: { code } }) });
  return format({ message: "secret", ...(code && { extensions: { code } }) }, error);
};

it.each([
  ["BAD_USER_INPUT", 400],
  ["BAD_REQUEST", 400],
  ["LIMIT_EXCEEDED", 400],
  ["UNAUTHENTICATED", 401],
  ["FORBIDDEN", 403],
  ["NOT_FOUND", 404],
  ["CONFLICT", 409],
  ["RATE_LIMITED", 429],
  ["SERVICE_UNAVAILABLE", 503],
  ["TIMEOUT", 504],
])("%s is answered by status %i, with its message", (code, status) => {
  expect(headOf({ code }).status).toBe(status);
  expect(formatted(code).message).toBe("secret");
});

it.each(["INTERNAL_SERVER_ERROR", "A_CODE_OF_NOBODY", "constructor", undefined])(
  "%s is a failure of the service, and its message stays here",
  (code) => {
    expect(headOf({ code }).status).toBe(500);
    expect(formatted(code)).toEqual({ message: "Internal server error", extensions: { code: "INTERNAL_SERVER_ERROR" } });
    expect(ruleOf(code).isOurs).toBe(true);
  },
);

it("only failures of the service are marked as such", () => {
  expect(["SERVICE_UNAVAILABLE", "TIMEOUT"].map((code) => ruleOf(code).isOurs)).toEqual([true, true]);
  expect(["RATE_LIMITED", "CONFLICT", "GRAPHQL_PARSE_FAILED"].map((code) => ruleOf(code).isOurs)).toEqual([false, false, false]);
});
