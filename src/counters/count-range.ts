import { addDays, type Day } from "../lib/time/date.ts";
import { halfMonthOf, nextHalfMonth } from "../lib/time/half-month.ts";
import { DAY_GRAIN, GRAINS } from "./count.ts";

/** Counters of one grain that start in [first, end). */
export interface CountRange {
  readonly grain: number;
  readonly first: Day;
  readonly end: Day;
}

const BEGINNING: Day = "0001-01-01";

const quarterOf = (day: Day): Day =>
  `${day.slice(0, 5)}${String(Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
const yearOf = (day: Day): Day => `${day.slice(0, 4)}-01-01`;

const nextMonth = (day: Day, months: number): Day => {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;
};

/** Grains from the longest to the shortest, each with its first start on or after a day. */
const GRAINED: readonly { readonly grain: number; readonly startAfter: (day: Day) => Day; readonly startOf: (day: Day) => Day }[] = [
  { grain: GRAINS.YEAR, startOf: yearOf, startAfter: (day) => (yearOf(day) === day ? day : nextMonth(yearOf(day), 12)) },
  { grain: GRAINS.QUARTER, startOf: quarterOf, startAfter: (day) => (quarterOf(day) === day ? day : nextMonth(quarterOf(day), 3)) },
  { grain: GRAINS.HALF_MONTH, startOf: halfMonthOf, startAfter: (day) => (halfMonthOf(day) === day ? day : nextHalfMonth(day)) },
  { grain: DAY_GRAIN, startOf: (day) => day, startAfter: (day) => day },
];

/** The fewest counters that fill [first, end): years, then quarters, half-months and days. */
const rangesBetween = (first: Day, end: Day, longest = 0): CountRange[] => {
  if (first >= end) return [];
  const { grain, startAfter, startOf } = GRAINED[longest]!;
  const [from, until] = [startAfter(first), startOf(end)];
  if (from >= until) return rangesBetween(first, end, longest + 1);
  return [...rangesBetween(first, from, longest + 1), { grain, first: from, end: until }, ...rangesBetween(until, end, longest + 1)];
};

/** Returns the counters of the days from `from` to `to` and of all days before; no counter crosses `from` or `to`. Adjacent counters of one grain form one range. */
export const rangesOf = (from: Day, to: Day): CountRange[] => {
  const [before, within] = [rangesBetween(BEGINNING, from), rangesBetween(from, addDays(to, 1))];
  const [last, first] = [before.at(-1), within[0]];
  if (!last || !first || last.grain !== first.grain) return [...before, ...within];
  return [...before.slice(0, -1), { ...first, first: last.first }, ...within.slice(1)];
};

export const rangesWithin = (from: Day, to: Day): CountRange[] => rangesBetween(from, addDays(to, 1));
