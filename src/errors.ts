import { GraphQLError } from "graphql";

export type ErrorCode = "BAD_USER_INPUT" | "NOT_FOUND" | "UNAUTHENTICATED" | "FORBIDDEN" | "CONFLICT";

/** An expected failure: its message is written for the client, who sees it with `extensions.code`. */
export class DomainError extends GraphQLError {
  constructor(code: ErrorCode, message: string) {
    super(message, { extensions: { code } });
  }
}

/** Names the argument, the value that was given and what is accepted. */
export class BadUserInput extends DomainError {
  constructor(argument: string, value: unknown, accepted: string) {
    super("BAD_USER_INPUT", `${argument}: ${shown(value)} is not accepted; ${accepted}`);
    this.extensions["argument"] = argument;
  }
}

const shown = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};
