import { addDays, type Day, dayOfEpoch, epochDay, instantOn } from "../../src/lib/time/date.ts";
import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";

/** The time of the demo: dossiers received in a year and some weeks, and earlier ones that were still open when it began. */
export interface DemoYear {
  readonly first: Day;
  readonly last: Day;
  readonly earliest: Day;
  /** The demo contains what was recorded by the end of the last day. */
  readonly end: number;
}

/** The default last day. It ends a year in both conventions, of which the statutory one began on 15 December. */
export const USUAL_LAST: Day = "2025-12-31";
/** The work calendar begins before the demo that ends on this day. */
export const EARLIEST_LAST: Day = "2019-12-31";
/** On this day districts were abolished and provinces merged. */
export const REFORM: Day = "2025-07-01";

/** The fifteenth of the month that many months earlier. */
const fifteenth = (day: Day, months: number): Day => {
  const number = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, "0")}-15`;
};

/** A year that ends with the day and starts with a half-month. */
export const yearUntil = (last: Day): DemoYear => {
  const months = Number(addDays(last, 1).slice(8)) >= 15 || addDays(last, 1).endsWith("-01") ? 12 : 13;
  return { first: fifteenth(last, months), last, earliest: fifteenth(last, months + 2), end: instantOn(epochDay(last) + 1, 0) };
};

/** Relative number of dossiers from Monday to Sunday. */
const WEEK = [1.22, 1.08, 1, 0.95, 0.85, 0.5, 0.4];

/** Relative number of dossiers from a day on, up to the default last day. */
const SEASONS: readonly (readonly [from: Day, factor: number])[] = [
  ["2024-10-15", 1],
  ["2025-01-02", 1.1],
  ["2025-01-20", 0.55],
  ["2025-02-03", 0.5],
  ["2025-02-10", 1.15],
  ["2025-06-02", 1],
  ["2025-06-23", 0.6],
  ["2025-07-01", 0.45],
  ["2025-07-14", 0.85],
  ["2025-08-01", 1.15],
  ["2025-10-01", 1.05],
  ["2025-12-22", 0.85],
];

/** The same by the day of any other year. */
const USUAL_SEASONS: readonly (readonly [from: string, factor: number])[] = [
  ["01-01", 1.1],
  ["01-25", 0.6],
  ["02-15", 1.15],
  ["06-01", 1],
  ["08-01", 1.1],
  ["10-01", 1.05],
  ["12-22", 0.85],
];

const seasonOf = (day: Day): number =>
  day < SEASONS[0]![0] || day > USUAL_LAST
    ? USUAL_SEASONS.findLast(([from]) => from <= day.slice(5))![1]
    : SEASONS.findLast(([from]) => from <= day)![1];

/** A working day, and the share of a year's dossiers received on it. */
export interface BusyDay {
  readonly day: Day;
  readonly epoch: number;
  readonly share: number;
}

/** The working days on which dossiers are received; their shares sum to 1 over the demo's year. */
export const busyDays = (calendar: WorkCalendar, year: DemoYear): BusyDay[] => {
  const found = daysOf(calendar, year);
  const sum = found.reduce((whole, { day, share }) => whole + (day < year.first ? 0 : share), 0);
  return found.map((one) => ({ ...one, share: one.share / sum }));
};

const daysOf = (calendar: WorkCalendar, { earliest, last }: DemoYear): BusyDay[] => {
  const days: BusyDay[] = [];
  for (let epoch = epochDay(earliest); epoch <= epochDay(last); epoch++) {
    const day = dayOfEpoch(epoch);
    if (!calendar.isWorkingDayEpoch(epoch)) continue;
    days.push({ day, epoch, share: WEEK[(epoch + 3) % 7]! * seasonOf(day) });
  }
  return days;
};
