import type { Period } from "../lib/time/period.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { Rollup } from "./rollup.ts";

/** A country asks for tens of thousands of roll-ups: nested maps find one faster than a text made of its key. */
export class RollupCache {
  #byFrame = new Map<Period, Map<string, Map<number, Promise<Rollup>>>>();

  #units({ unit, period, handledBy, cut }: RollupKey): Map<number, Promise<Rollup>> {
    const frames = this.#byFrame.get(period) ?? new Map<string, Map<number, Promise<Rollup>>>();
    if (frames.size === 0) this.#byFrame.set(period, frames);
    const frame = `${unit.asOf} ${cut.through} ${handledBy}`;
    const units = frames.get(frame) ?? new Map<number, Promise<Rollup>>();
    if (units.size === 0) frames.set(frame, units);
    return units;
  }

  get(key: RollupKey) {
    return this.#units(key).get(key.unit.no);
  }

  set(key: RollupKey, rollup: Promise<Rollup>) {
    this.#units(key).set(key.unit.no, rollup);
  }

  delete(key: RollupKey) {
    this.#units(key).delete(key.unit.no);
  }

  clear() {
    this.#byFrame.clear();
  }
}
