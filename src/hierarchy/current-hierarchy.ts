import type { EntityManager } from "@mikro-orm/postgresql";
import { LRUCache } from "lru-cache";
import type { Pools } from "../database/database.ts";
import { Reader, type Rows, rowsOf } from "../database/reader.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { HOLD_HIERARCHY, readHierarchy, readHierarchyVersion } from "./hierarchy.store.ts";

/** Databases with one version have the same units, as copies of a database do. */
const byVersion = new LRUCache<string, Hierarchy>({ max: 4 });

/** The hierarchy that a database has now, unless this process has read that version before. It does not see changes of its own transaction. */
export const presentHierarchy = async (rows: Rows, version: string | null): Promise<Hierarchy> => {
  const read = (version !== null && byVersion.get(version)) || (await readHierarchy(rows));
  if (read.version !== null) byVersion.set(read.version, read);
  return read;
};

/** The units within the transaction of a command, which no other changes before its end. */
export const heldHierarchy = async (em: EntityManager): Promise<Hierarchy> => {
  const rows = rowsOf(em);
  const [held] = await rows.rows(HOLD_HIERARCHY);
  return presentHierarchy(rows, held?.version ?? null);
};

/** The hierarchy of a database in memory, replaced as a whole by a newer one. */
export class CurrentHierarchy {
  readonly traced = new Set<number>();
  readonly #rows: Rows;
  #latest: Hierarchy | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<string | null> | null = null;
  #reading: { readonly version: string | null; readonly hierarchy: Promise<Hierarchy> } | null = null;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** The one last read; null before the first. */
  get latest(): Hierarchy | null {
    return this.#latest;
  }

  /** Reads the present version. Callers during a read share the next read, because the running one may have begun before their own reads. */
  version(): Promise<string | null> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const reading = readHierarchyVersion(this.#rows);
      this.#running = reading.catch(() => {});
      return reading;
    });
    return this.#next;
  }

  /** Returns the hierarchy of a version that a statement has seen, or of a later one. */
  async since(version: string): Promise<Hierarchy> {
    return this.#latest?.version === version ? this.#latest : this.read();
  }

  /** Returns the hierarchy of the present version, reading its units only where they are new. */
  async read(): Promise<Hierarchy> {
    const version = await this.version();
    if (this.#latest && this.#latest.version === version) return this.#latest;
    // A reading of another version may have begun before the units changed.
    if (this.#reading?.version === version) return (await this.#reading.hierarchy.catch(() => null)) ?? this.read();
    const hierarchy = presentHierarchy(this.#rows, version);
    this.#reading = { version, hierarchy };
    try {
      this.#latest = await hierarchy;
      return this.#latest;
    } finally {
      if (this.#reading.hierarchy === hierarchy) this.#reading = null;
    }
  }
}

const hierarchies = new WeakMap<Pools, CurrentHierarchy>();

export const currentHierarchyOf = (pools: Pools): CurrentHierarchy => {
  const current = hierarchies.get(pools) ?? new CurrentHierarchy(new Reader(pools));
  hierarchies.set(pools, current);
  return current;
};
