import { Client } from "pg";

/** What the driver keeps of a connection, and asks when the connection comes back to the pool. */
interface Inside {
  _queryable: boolean;
  readonly connection: { readonly stream: { destroy(): void } };
}

/**
 * A connection that leaves the pool where it is of no use any more: after a statement that nobody answered in time, for whoever got it
 * next would wait behind that, and after a fatal error, which the driver hears of before the end.
 */
export class DiscardingClient extends Client {
  override query(...args: never[]): never {
    const sent = (super.query as (...all: never[]) => unknown).apply(this, args);
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
