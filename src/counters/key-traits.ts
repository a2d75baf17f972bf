import type { RecordKey } from "./records.ts";
import { halfMonthEnd, halfMonthOf } from "../lib/time/half-month.ts";

/** What a statement looks for; leaving the rest out halves the time of a short statement. */
export interface KeyTraits {
  /** True if the keys may have more contributing units than there are units with records. */
  readonly areMany: boolean;
  /** True if the keys are units of one edition with trees, each once and without tiers or single days, so that sums have their numbers. */
  readonly isByUnit: boolean;
  /** True if they are most units of the edition; only then the country is among them. */
  readonly areMost: boolean;
  readonly hasCountry: boolean;
  readonly hasTiers: boolean;
  readonly hasDays: boolean;
  /** Whether some edition has trees, and whether some has none. */
  readonly hasTrees: boolean;
  readonly hasOthers: boolean;
  /** True if all counted columns are read, and not only those of roll-ups. */
  readonly isOfAllColumns: boolean;
}

const MANY_KEYS = 50;

export const traitsOfKeys = (keys: readonly RecordKey[]): KeyTraits => {
  const hasCountry = keys.some(({ isCountry }) => isCountry);
  const hasTiers = keys.some(({ handledBy }) => handledBy !== null);
  const many = { areMany: hasCountry || keys.length > MANY_KEYS, isByUnit: false, areMost: false };
  return { ...many, hasCountry, hasTiers, hasDays: readsDays(keys), hasTrees: true, hasOthers: true, isOfAllColumns: false };
};

/** True if the keys need counters of single days, which are read within a scope. */
export const readsDays = (keys: readonly Pick<RecordKey, "from" | "to">[]): boolean =>
  keys.some(({ from, to }) => halfMonthOf(from) !== from || halfMonthEnd(to) !== to);
