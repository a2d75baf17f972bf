import { sql } from "kysely";
import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";

/**
 * Which hierarchy of units the database holds, as one number: every change of territorial units comes with an edition. A request reads by
 * several statements, and an edition may be applied between them; who has read compares the state before with the state after.
 */
export class UnitState {
  readonly #pools: Pools;
  #known: Promise<number> | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | null = null;

  constructor(pools: Pools) {
    this.#pools = pools;
  }

  /** What this process has seen last: what is read from now on is of that state or of a later one. */
  seen(): Promise<number> {
    return this.#known ?? this.current();
  }

  /** The state now. Those who ask while it is being read share the next reading, for the running one may have begun too early for them. */
  current(): Promise<number> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const reading = this.#read();
      this.#running = reading.catch(() => {});
      return reading;
    });
    return this.#next;
  }

  async #read(): Promise<number> {
    const rows = await new Reader(this.#pools).rows(sql<{ last: number | null }>`select max(id) as last from edition`);
    const last = rows[0]?.last ?? 0;
    this.#known = Promise.resolve(last);
    return last;
  }
}

const states = new WeakMap<Pools, UnitState>();

/** One for each database of this process. */
export const unitStateOf = (pools: Pools): UnitState => {
  const state = states.get(pools) ?? new UnitState(pools);
  states.set(pools, state);
  return state;
};
