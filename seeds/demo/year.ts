import { type Day, dayOfEpoch, epochDay, instantOn } from "../../src/time/date.ts";
import type { WorkCalendar } from "../../src/time/work-calendar.ts";

/** The year of the demo, which holds 2025 in both conventions: the statutory one began on 15 December 2024. */
export const FIRST: Day = "2024-12-15";
export const LAST: Day = "2025-12-31";
/** Districts were abolished and provinces merged on this day. */
export const REFORM: Day = "2025-07-01";
/** Some dossiers of this day and later were still open on the first one. */
const EARLIEST: Day = "2024-10-15";

/** What was known when the last day was over is what the demo tells. */
export const END = instantOn(epochDay(LAST) + 1, 0);

/** From Monday to Sunday. */
const WEEK = [1.22, 1.08, 1, 0.95, 0.85, 0.5, 0.4];

/** How much busier than usual, from the day on. */
const SEASONS: readonly (readonly [from: Day, factor: number])[] = [
  [EARLIEST, 1],
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

/** A working day, and what part of a year's dossiers is received on it. */
export interface BusyDay {
  readonly day: Day;
  readonly epoch: number;
  readonly share: number;
}

/** The days on which dossiers are received: working days, the parts of which add up to 1 over the year of the demo. */
export const busyDays = (calendar: WorkCalendar): BusyDay[] => {
  const found = daysOf(calendar);
  const sum = found.reduce((whole, { day, share }) => whole + (day < FIRST ? 0 : share), 0);
  return found.map((one) => ({ ...one, share: one.share / sum }));
};

const daysOf = (calendar: WorkCalendar): BusyDay[] => {
  const days: BusyDay[] = [];
  for (let epoch = epochDay(EARLIEST); epoch <= epochDay(LAST); epoch++) {
    const day = dayOfEpoch(epoch);
    if (!calendar.isWorkingDayEpoch(epoch)) continue;
    const [, season] = SEASONS.findLast(([from]) => from <= day)!;
    days.push({ day, epoch, share: WEEK[(epoch + 3) % 7]! * season });
  }
  return days;
};
