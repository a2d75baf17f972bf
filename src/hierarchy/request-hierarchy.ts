import type { CurrentHierarchy } from "./current-hierarchy.ts";
import type { WriteGuard } from "../database/reader.ts";
import { DomainError } from "../lib/errors.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { HOLD_HIERARCHY } from "./hierarchy.store.ts";

/** The units changed while a change was being worked out; nothing of it is stored. */
export class UnitsMeanwhile extends DomainError {
  constructor() {
    super("SERVICE_UNAVAILABLE", "The units changed at the same time; nothing was changed, try again", { retryAfter: 1 });
  }
}

/** The hierarchy of one request: the same for all its reads, until it is renewed. */
export class RequestHierarchy {
  readonly #current: CurrentHierarchy;
  #loaded: Hierarchy | null = null;
  #loading: Promise<Hierarchy> | null = null;
  #isUsed = false;
  /** How many statements saw the version of these units, and whether one saw another. */
  #seen = 0;
  #isOutdated = false;
  /** The version that the transaction of a change holds. */
  #held: string | null = null;
  /** Whether the request may run on a hierarchy: a newer one may be larger. @throws DomainError if not. */
  check: (hierarchy: Hierarchy) => void = () => {};

  constructor(current: CurrentHierarchy) {
    this.#current = current;
  }

  /** Editions whose contributions are known to be stored; they stay so. */
  get traced(): Set<number> {
    return this.#current.traced;
  }

  /** True if an answer may depend on units. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Null until it is loaded. */
  get loaded(): Hierarchy | null {
    this.#isUsed = true;
    return this.#loaded;
  }

  #take(hierarchy: Hierarchy): Hierarchy {
    this.check(hierarchy);
    this.#loaded = hierarchy;
    return hierarchy;
  }

  /** Takes the latest in memory, for a reader that asks `isPresent` at its end. */
  async takeLatest(): Promise<Hierarchy> {
    return this.#loaded ?? this.#take(this.#current.latest ?? (await this.#current.read()));
  }

  /** Reads the present one, once. */
  async load(): Promise<Hierarchy> {
    this.#isUsed = true;
    if (this.#loaded) return this.#loaded;
    const loading = (this.#loading ??= this.#current.read());
    const hierarchy = await loading.catch((error: unknown) => {
      if (this.#loading === loading) this.#loading = null;
      throw error;
    });
    // A renewal meanwhile asks for a newer one.
    return this.#loading === loading ? this.#take(hierarchy) : this.load();
  }

  /** Notes the version of the units that a statement saw, together with all else that it read. */
  see(version: string | null): void {
    if (version === (this.#loaded?.version ?? null)) this.#seen++;
    else this.#isOutdated = true;
  }

  /** True if the database had these units when it answered as many statements; it is asked again unless each of them has said so. */
  async isPresent(statements: number): Promise<boolean> {
    if (this.#isOutdated) return false;
    if (statements > 0 && this.#seen === statements) return true;
    return (await this.#current.version()) === (this.#loaded?.version ?? null);
  }

  /** At the start of each change, which must rest on the units that the database has then. */
  readonly guard: WriteGuard = {
    statement: HOLD_HIERARCHY,
    check: ([row]) => {
      this.#held = (row as { version: string } | undefined)?.version ?? null;
      if (this.#loaded && this.#loaded.version !== this.#held) throw new UnitsMeanwhile();
    },
  };

  /** The units within a change, which no other changes before its end; they are in memory but for the first change after one of units. */
  async held(): Promise<Hierarchy> {
    const { latest } = this.#current;
    return latest?.version === this.#held ? latest : this.load();
  }

  /** Later reads are of the units that the database has then. */
  renew(): void {
    this.#loaded = null;
    this.#loading = null;
    this.#isUsed = false;
    this.#seen = 0;
    this.#isOutdated = false;
  }
}
