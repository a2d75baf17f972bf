import { sql } from "kysely";
import type { Pools } from "../database/database.ts";
import { Reader } from "../database/reader.ts";

/**
 * A number that changes with every change of territorial units, because each one comes with an edition. A request reads by several statements and an edition may be applied
 * between them, so readers compare the number before and after.
 */
export class HierarchyRevision {
  readonly #pools: Pools;
  #seen: Promise<number> | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | null = null;

  constructor(pools: Pools) {
    this.#pools = pools;
  }

  /** The latest number that this process has read; later reads see this hierarchy or a newer one. */
  seen(): Promise<number> {
    return this.#seen ?? this.current();
  }

  /** Reads the present number. Callers during a read share the next read, because the running one may have begun before their own reads. */
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
    this.#seen = Promise.resolve(last);
    return last;
  }
}

const revisions = new WeakMap<Pools, HierarchyRevision>();

export const hierarchyRevisionOf = (pools: Pools): HierarchyRevision => {
  const revision = revisions.get(pools) ?? new HierarchyRevision(pools);
  revisions.set(pools, revision);
  return revision;
};
