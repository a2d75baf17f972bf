import { createHash } from "node:crypto";
import { Client, type ClientConfig } from "pg";

/** What the driver keeps of a connection, and asks when the connection comes back to the pool. */
interface Inside {
  _queryable: boolean;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Statements are some hundred, for their texts hold no values; more would fill the memory of PostgreSQL. */
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
  /** Whether PostgreSQL keeps the plans of statements, instead of planning each for its values. */
  readonly keepsPlans: boolean;
  /** Where the server listens now, for one that may have been started again elsewhere. */
  readonly portNow: () => number;
}

/**
 * A connection that leaves the pool where it is of no use any more: after a statement that nobody answered in time, for whoever got it
 * next would wait behind that, and after a fatal error, which the driver hears of before the end.
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
