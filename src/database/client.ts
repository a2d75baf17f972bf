import { createHash } from "node:crypto";
import { Client, type ClientConfig } from "pg";

/** Internal state of the driver, which it reads when the connection returns to the pool. */
interface Inside {
  _queryable: boolean;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Statements have no values in their text, so there are some hundred; more would fill the memory of PostgreSQL. */
const MOST_NAMES = 500;
const names = new Map<string, string>();

const nameOf = (text: string): string | undefined => {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = createHash("sha256").update(text).digest("base64url").slice(0, 32);
  names.set(text, name);
  return name;
};

export interface ClientOptions {
  /** True if PostgreSQL caches plans instead of planning each execution. */
  readonly keepsPlans: boolean;
  readonly portNow: () => number;
}

/**
 * A connection that leaves the pool after a statement timeout, because the next user would wait behind that statement, and after a fatal error, which the driver reports
 * before the end.
 */
export class ServiceClient extends Client {
  readonly #keepsPlans: boolean;

  constructor(options: ClientConfig & Partial<ClientOptions>) {
    super(options);
    if (options.portNow) Object.assign(this, { port: options.portNow() });
    this.#keepsPlans = options.keepsPlans ?? false;
  }

  override query(...args: never[]): never {
    const [text, values] = args as unknown[];
    const name = this.#keepsPlans && typeof text === "string" && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    const given = name === undefined ? args : [{ name, text, values }];
    const sent = (super.query as (...all: unknown[]) => unknown).apply(this, given);
    if (sent instanceof Promise) sent.catch((error: unknown) => this.#dropAfter(error));
    return sent as never;
  }

  #dropAfter(error: unknown): void {
    if (!(error instanceof Error)) return;
    if (error.message !== "Query read timeout" && !("severity" in error && error.severity === "FATAL")) return;
    const inside = this as unknown as Inside;
    inside._queryable = false;
    inside.connection.stream.destroy();
  }
}
