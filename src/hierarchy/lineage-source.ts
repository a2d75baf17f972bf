import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";

/** Days are numbers such as 20250701; a version without an end ends at NEVER. */
export type DayNumber = number;
export const NEVER: DayNumber = 99_999_999;

export interface LineageVersion {
  readonly unitNo: number;
  readonly parentNo: number | null;
  readonly tier: Tier | null;
  readonly kind: UnitKind;
  readonly from: DayNumber;
  readonly to: DayNumber;
}

export interface LineageSuccession {
  readonly predecessor: number;
  readonly successor: number;
  readonly kind: SuccessionKind;
  readonly effectiveOn: DayNumber;
}

/** All versions and successions of units, in any order. */
export interface LineageSource {
  readonly versions: readonly LineageVersion[];
  readonly successions: readonly LineageSuccession[];
}

/** The days of an edition: from `startsOn` until the day before `next`. */
export interface EditionSpan {
  readonly startsOn: DayNumber;
  readonly next: DayNumber;
}
