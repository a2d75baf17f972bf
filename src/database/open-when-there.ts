import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "../lib/errors.ts";
import { failureOf, errorText } from "./failure.ts";

const FIRST_PAUSE_MS = 50;
/** Short, so that the service is available soon after its database. */
const LONGEST_PAUSE_MS = 500;
/** Timeout of one attempt, because an unresponsive server would block it forever. */
export const CONNECT_MS = 2000;

/** True for temporary failures: the server is unreachable or refuses connections; a wrong password or an old server is permanent. */
export const isAway = (error: unknown): boolean => {
  const failure = failureOf(error);
  return failure instanceof DomainError && failure.extensions["code"] === "SERVICE_UNAVAILABLE";
};

/** Retries until the database is available; `tell` is called once for each kind of failure. The signal ends it. */
export const openWhenThere = async <T>(open: () => Promise<T>, tell: (failure: string) => void, signal: AbortSignal): Promise<T> => {
  const reported = new Set<string>();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await open();
    } catch (error) {
      if (!isAway(error)) throw error;
      const text = errorText(error);
      const kind = /\b(?:E[A-Z_]{4,}|5[37][0-9A-Z]{3}|timeout)\b/.exec(`${text} ${codeOf(error)}`)?.[0] ?? text;
      if (!reported.has(kind)) tell(text);
      reported.add(kind);
    }
    await sleep(pause, undefined, { signal });
  }
};

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === "string" ? code : cause instanceof Error ? codeOf(cause) : "";
};
