import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { dayNumber, type DayNumber } from "../../hierarchy/hierarchy-content.ts";
import type { Slice } from "../../hierarchy/slice.ts";
import type { UnitOn } from "../../hierarchy/unit-view.ts";
import type { Day } from "../../lib/time/date.ts";

/** Upper limit of every estimate, because nested lists exceed the number range. */
export const CEILING = 1_000_000_000_000;
export const bounded = (rows: number): number => Math.min(rows, CEILING);

/** By internal number. */
type Times = ReadonlyMap<number, number>;

/** Estimate of the units at one place of an answer. If `count` is all that `days` contain, the set is exact. */
export interface UnitSet {
  /** For each day: how often the answer may contain each of its units, in `factor`. */
  readonly days: ReadonlyMap<Day, Times>;
  readonly factor: number;
  readonly count: number;
}

/** Number of units that an estimate may look at; above it the operation is too large whatever its exact cost. */
export class Effort {
  #left: number;
  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooLarge();
  }
}

export class TooLarge extends Error {}

const add = (days: Map<Day, Map<number, number>>, no: number, asOf: Day, times: number): void => {
  let units = days.get(asOf);
  if (!units) days.set(asOf, (units = new Map()));
  units.set(no, bounded((units.get(no) ?? 0) + times));
};

/** Each of these once, of which the answer contains at most `most`. */
export const unitsAt = (units: readonly UnitOn[], most = units.length): UnitSet => {
  const days = new Map<Day, Map<number, number>>();
  for (const { no, asOf } of units) add(days, no, asOf, 1);
  return { days, factor: 1, count: Math.min(most, units.length) };
};

const everyone = new WeakMap<Slice, Times>();

/** Any units of a day, each possibly every time. */
export const anyOf = (slice: Slice, asOf: Day, count: number): UnitSet => {
  const units = everyone.get(slice) ?? new Map(slice.members.map(({ unitNo }) => [unitNo, 1] as const));
  everyone.set(slice, units);
  return { days: new Map([[asOf, units]]), factor: count, count };
};

/** Calls `reach` for every unit to which one leads. */
export type Leads = (unit: UnitOn, day: DayNumber, reach: (no: number, asOf: Day) => void) => void;

/** The units to which those of a set lead, each as often as the answer contains it. */
export const ledTo = (from: UnitSet, effort: Effort, leads: Leads): UnitSet => {
  const days = new Map<Day, Map<number, number>>();
  let [fan, often] = [0, 0];
  const reach = (no: number, asOf: Day): void => {
    fan++;
    add(days, no, asOf, often);
  };
  const count = largest(from, (unit, day, times) => {
    [fan, often] = [0, times];
    leads(unit, day, reach);
    effort.spend(1 + fan);
    return fan;
  });
  return { days, factor: 1, count };
};

/** Total subtree size of the units of a set. */
export const unitsWithin = (units: UnitSet, hierarchy: Hierarchy, effort: Effort): number =>
  largest(units, ({ no }, day) => {
    effort.spend(1);
    return hierarchy.sizeOf(no, day);
  });

/** Maximum sum over the units of a set: largest fan-outs first. */
const largest = ({ days, factor, count }: UnitSet, fanOf: (unit: UnitOn, day: DayNumber, times: number) => number): number => {
  const fans = new Map<number, number>();
  for (const [asOf, units] of days) {
    const day = dayNumber(asOf);
    for (const [no, times] of units) {
      const fan = fanOf({ no, asOf }, day, bounded(times * factor));
      fans.set(fan, (fans.get(fan) ?? 0) + times * factor);
    }
  }
  let [left, sum] = [count, 0];
  for (const [fan, often] of [...fans].toSorted(([a], [b]) => b - a)) {
    const taken = Math.min(left, often);
    sum += taken * fan;
    left -= taken;
  }
  return bounded(sum);
};
