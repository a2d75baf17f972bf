import { ruleOf } from "../lib/error-codes.ts";
import { DomainError } from "../lib/errors.ts";

const RETRY = { retryAfter: 1 };

export const busy = () => new DomainError("SERVICE_UNAVAILABLE", "Too many requests wait for the database; try again soon", RETRY);
const away = () => new DomainError("SERVICE_UNAVAILABLE", "The database does not answer at present; try again soon", RETRY);
export const contended = () =>
  new DomainError("SERVICE_UNAVAILABLE", "Others were changing the same data; nothing was changed, try again", RETRY);
const unstorable = () =>
  new DomainError("BAD_USER_INPUT", "A value cannot be stored or compared: a number is too large, or a text holds what is no text");
const doubled = () => new DomainError("CONFLICT", "It exists already; nothing was changed");
export const slow = () => new DomainError("TIMEOUT", "This took longer than a statement may run; ask for less at once");

/** What SQLSTATE classes and codes mean for a client; others are ours. */
const BY_STATE: readonly (readonly [RegExp, () => DomainError])[] = [
  [/^(08|53|57P0)/, away],
  [/^57014$/, slow],
  [/^22/, unstorable],
  [/^23505$/, doubled],
  [/^(40001|40P01|55P03)$/, contended],
];

/** Errors of the driver and of the operating system that mean that the connection is lost, or that there was none. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|driver has already been destroyed|Client was closed|Connection lost)|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH/;

const stateOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** The connection was lost under a statement; a new one may be there at once. */
export const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(08|57P01|57P02|ECONNRESET|EPIPE)/.test(stateOf(error)) || /^(Connection terminated|Client has encountered)/.test(error.message));

/** Cancelled on somebody's wish, which may have been meant for the statement before it on the same connection. */
export const isCancelled = (error: unknown): boolean => stateOf(error) === "57014" && (error as Error).message.includes("user request");

/** The connection was lost in a change, perhaps after it was made. */
export const unsure = (error: unknown): DomainError =>
  withCause(
    new DomainError(
      "SERVICE_UNAVAILABLE",
      "The database was lost meanwhile; whether the change was made is not known. Look, or send the very same again, under the same key where it has one",
      RETRY,
    ),
    error as Error,
  );

/** PostgreSQL chose this transaction to give way to another one; it may simply be done again. */
export const gaveWay = (error: unknown): boolean => /^(40001|40P01)$/.test(stateOf(error));

/** A failure of the database as its client learns of it; what is no failure of the database is passed on as it is. */
export const failureOf = (error: unknown): unknown => {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const state = (error as { code?: unknown }).code;
  if (typeof state === "string") {
    const known = /^[0-9A-Z]{5}$/.test(state) ? BY_STATE.find(([pattern]) => pattern.test(state)) : undefined;
    if (known) return withCause(known[1](), error);
    if (LOST.test(state)) return withCause(away(), error);
  }
  if (error.message === "Query read timeout" || LOST.test(error.message)) return withCause(away(), error);
  const inner = error instanceof AggregateError ? error.errors.find((one) => failureOf(one) instanceof DomainError) : error.cause;
  const found = inner === undefined ? error : failureOf(inner);
  return found instanceof DomainError ? found : error;
};

/** That the database did not answer, or not in time. */
export const isOfDatabase = (failure: unknown): failure is DomainError =>
  failure instanceof DomainError && ruleOf(failure.extensions["code"]).isOurs;

/** Node reports a host with several addresses, none of which answers, by an error without a text. */
export const errorText = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(", ");
  return error instanceof Error ? error.message : String(error);
};

/** For the log. */
const withCause = (failure: DomainError, cause: Error): DomainError =>
  Object.defineProperty(failure, "cause", { value: cause, enumerable: false });
