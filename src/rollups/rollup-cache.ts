import type { Tier } from "../hierarchy/unit.entity.ts";
import { inner } from "../lib/maps.ts";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { Rollup } from "./rollup.ts";

/**
 * Maps a frame (period, hierarchy day, last day of records, tier) to a value. One country query reads tens of thousands of roll-ups of one frame, for which nested maps are
 * faster than string keys.
 */
export class ByFrame<T> {
  readonly #make: (key: RollupKey) => T;
  readonly #byPeriod = new Map<Period, Map<Day, Map<Day | null, Map<Tier | null, T>>>>();
  #last: { readonly key: RollupKey; readonly value: T } | null = null;

  constructor(make: (key: RollupKey) => T) {
    this.#make = make;
  }

  of(key: RollupKey): T {
    const last = this.#last;
    if (last !== null && isSameFrame(last.key, key)) return last.value;
    const byTier = inner(inner(inner(this.#byPeriod, key.period), key.unit.asOf), key.cut.through);
    const found = byTier.get(key.handledBy);
    const value = found === undefined ? this.#make(key) : found;
    if (found === undefined) byTier.set(key.handledBy, value);
    this.#last = { key, value };
    return value;
  }

  clear(): void {
    this.#byPeriod.clear();
    this.#last = null;
  }
}

const isSameFrame = (one: RollupKey, other: RollupKey): boolean =>
  one.period === other.period &&
  one.handledBy === other.handledBy &&
  one.unit.asOf === other.unit.asOf &&
  one.cut.through === other.cut.through;

export class RollupCache {
  readonly #byUnit = new ByFrame(() => new Map<number, Promise<Rollup>>());

  get(key: RollupKey) {
    return this.#byUnit.of(key).get(key.unit.no);
  }

  set(key: RollupKey, rollup: Promise<Rollup>) {
    this.#byUnit.of(key).set(key.unit.no, rollup);
  }

  delete(key: RollupKey) {
    this.#byUnit.of(key).delete(key.unit.no);
  }

  clear() {
    this.#byUnit.clear();
  }
}
