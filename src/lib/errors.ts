import { GraphQLError } from "graphql";
import type { ErrorCode } from "./error-codes.ts";

/** An expected failure, whose message and `extensions.code` are sent to the client. */
export class DomainError extends GraphQLError {
  constructor(code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { code, ...extensions } });
  }
}

export class BadUserInput extends DomainError {
  constructor(argument: string, value: unknown, accepted: string) {
    super("BAD_USER_INPUT", `${argument}: ${shown(value)} is not accepted; ${accepted}`, { argument });
  }
}

const shown = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};
