import { ruleOf } from "../lib/error-codes.ts";
import { DomainError } from "../lib/errors.ts";

const RETRY = { retryAfter: 1 };

export const busy = () => new DomainError("SERVICE_UNAVAILABLE", "Too many requests wait for the database; try again soon", RETRY);
const away = () => new DomainError("SERVICE_UNAVAILABLE", "The database is currently unavailable; try again soon", RETRY);
export const contended = () =>
  new DomainError("SERVICE_UNAVAILABLE", "Concurrent changes conflicted; nothing was changed, try again", RETRY);
const unstorable = () => new DomainError("BAD_USER_INPUT", "A number is out of range or a text contains an invalid character");
const doubled = () => new DomainError("CONFLICT", "A record with this key already exists; nothing was changed");
export const slow = () => new DomainError("TIMEOUT", "The statement exceeded its time limit; request less at once");

/** The client's error for SQLSTATE classes and codes; all other codes are internal errors. */
const BY_STATE: readonly (readonly [RegExp, () => DomainError])[] = [
  [/^(08|53|57P0)/, away],
  [/^57014$/, slow],
  [/^22/, unstorable],
  [/^23505$/, doubled],
  [/^(40001|40P01|55P03)$/, contended],
];

/** Errors of the driver and the operating system for a lost or missing connection. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|driver has already been destroyed|Client was closed|Connection lost)|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH/;

const stateOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

export const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(08|57P01|57P02|ECONNRESET|EPIPE)/.test(stateOf(error)) || /^(Connection terminated|Client has encountered)/.test(error.message));

/** Cancelled by request, which may have been meant for the previous statement on the connection. */
export const isCancelled = (error: unknown): boolean => stateOf(error) === "57014" && (error as Error).message.includes("user request");

export const unsure = (error: unknown): DomainError =>
  withCause(
    new DomainError(
      "SERVICE_UNAVAILABLE",
      "The connection was lost during the change; the outcome is unknown. Check, or retry the same request with the same idempotency key if it has one",
      RETRY,
    ),
    error as Error,
  );

/** PostgreSQL rolled back this transaction in favour of another; it may be retried. */
export const gaveWay = (error: unknown): boolean => /^(40001|40P01)$/.test(stateOf(error));

/** Converts a database failure to the client's error; other errors are returned unchanged. */
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

export const isOfDatabase = (failure: unknown): failure is DomainError =>
  failure instanceof DomainError && ruleOf(failure.extensions["code"]).isOurs;

/** Node reports a host with several unreachable addresses by an error without a message. */
export const errorText = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(", ");
  return error instanceof Error ? error.message : String(error);
};

const withCause = (failure: DomainError, cause: Error): DomainError =>
  Object.defineProperty(failure, "cause", { value: cause, enumerable: false });
