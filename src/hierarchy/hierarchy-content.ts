import { addDays, type Day, FIRST_DAY } from "../lib/time/date.ts";
import type { SuccessionKind, Tier, UnitKind } from "./unit.entity.ts";

export type DayNumber = number;

export const NEVER: DayNumber = 99_999_999;
export const dayNumber = (day: Day): DayNumber => Number(day.slice(0, 4)) * 10_000 + Number(day.slice(5, 7)) * 100 + Number(day.slice(8));
export const dayOfNumber = (day: DayNumber): Day =>
  `${String(day).slice(0, -4).padStart(4, "0")}-${String(day).slice(-4, -2)}-${String(day).slice(-2)}`;

/** The order of PostgreSQL's collation C, as codes are ASCII. */
export const compareCodes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One version of a unit; versions are sorted by code, unit and day. */
export interface HierarchyUnit {
  readonly unitNo: number;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly fullName: string;
  readonly nameEn: string | null;
  readonly parentNo: number | null;
  readonly tier: Tier | null;
  readonly kind: UnitKind;
  readonly from: DayNumber;
  /** The first day after it. */
  readonly to: DayNumber;
}

export interface SuccessionStep {
  readonly predecessor: number;
  readonly successor: number;
  readonly effectiveOn: DayNumber;
  readonly kind: SuccessionKind;
  readonly share: number | null;
}

/** The days of an edition: from `startsOn` until the day before `next`. */
export interface EditionSpan {
  readonly startsOn: DayNumber;
  readonly next: DayNumber;
}

export interface HierarchyEdition extends EditionSpan {
  readonly id: number;
}

/** What lineage follows from, in any order. */
export interface LineageSource {
  readonly versions: readonly Omit<HierarchyUnit, "id" | "code" | "name" | "fullName" | "nameEn">[];
  readonly successions: readonly Omit<SuccessionStep, "share">[];
}

/** First and last day of a unit: null where it began before the data, and while it exists. */
export interface Life {
  readonly firstDay: Day | null;
  readonly lastDay: Day | null;
}

export const lifeFrom = (began: DayNumber, ended: DayNumber): Life => ({
  firstDay: began === dayNumber(FIRST_DAY) || began === NEVER ? null : dayOfNumber(began),
  lastDay: ended === NEVER || ended === 0 ? null : addDays(dayOfNumber(ended), -1),
});

/** The day, or the nearest one of the unit. */
export const nearestDay = ({ firstDay, lastDay }: Life, day: Day): Day =>
  lastDay !== null && lastDay < day ? lastDay : firstDay !== null && firstDay > day ? firstDay : day;

export interface HierarchyContent {
  /** Names this state of the units; null for a database without units. */
  readonly version: string | null;
  readonly versions: readonly HierarchyUnit[];
  readonly successions: readonly SuccessionStep[];
  readonly editions: readonly Pick<HierarchyEdition, "id" | "startsOn">[];
}
