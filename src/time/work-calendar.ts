import type { Day } from "./date.ts";

export const CALENDAR_KINDS = ["DAY_OFF", "SWAP_OFF", "MAKEUP_WORK"] as const;
export type CalendarKind = (typeof CALENDAR_KINDS)[number];
export const CALENDAR_STATUSES = ["published", "provisional"] as const;
export type CalendarStatus = (typeof CALENDAR_STATUSES)[number];

/** A day that is not what its weekday says: a weekday off, or a day of a weekend that is worked. */
export interface CalendarDay {
  readonly day: Day;
  readonly kind: CalendarKind;
  readonly status: CalendarStatus;
}

/** Days since 1970-01-01. */
export type EpochDay = number;

const MS_PER_DAY = 86_400_000;
/** Texts of days are kept: to make one costs more than all else that a row of a file costs. */
const MOST_TEXTS = 100_000;
const texts: Day[] = [];
export const epochDay = (day: Day): EpochDay => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;
export const dayOfEpoch = (day: EpochDay): Day => {
  const known = texts[day];
  if (known !== undefined) return known;
  const text = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
  if (day >= 0 && day < MOST_TEXTS) texts[day] = text;
  return text;
};
/** The day of an instant (in milliseconds) in Asia/Ho_Chi_Minh, which is UTC+7. */
export const epochDayOf = (instant: number): EpochDay => Math.floor((instant + 7 * 3_600_000) / MS_PER_DAY);

const FIRST = epochDay("1970-01-01");
const LAST = epochDay("2199-12-31");

/** 1970-01-01 was a Thursday. */
export const isWeekend = (day: EpochDay): boolean => (((day + 3) % 7) + 7) % 7 >= 5;

/** Working days of the civil service (ngày làm việc): Monday to Friday, but for what a table says. Known from 1970 to 2199. */
export class WorkCalendar {
  /** How many working days there are from the first day through each. */
  readonly #counts = new Int32Array(LAST - FIRST + 1);
  readonly #workingDays: EpochDay[] = [];
  readonly #publishedYears: ReadonlySet<number>;

  constructor(days: readonly CalendarDay[]) {
    const told = new Map(days.map(({ day, kind }) => [epochDay(day), kind]));
    for (let day = FIRST; day <= LAST; day++) {
      const kind = told.get(day);
      if (kind === "MAKEUP_WORK" || (kind === undefined && !isWeekend(day))) this.#workingDays.push(day);
      this.#counts[day - FIRST] = this.#workingDays.length;
    }
    this.#publishedYears = new Set(days.filter(({ status }) => status === "published").map(({ day }) => Number(day.slice(0, 4))));
  }

  #count(day: EpochDay): number {
    return this.#counts[Math.min(Math.max(day, FIRST), LAST) - FIRST]!;
  }

  isWorkingDay(day: EpochDay): boolean {
    return this.#count(day) > this.#count(day - 1);
  }

  /** True of a year of which a notice has named days off. */
  isPublished(year: number): boolean {
    return this.#publishedYears.has(year);
  }

  /** The day on which so many working days have passed; the day itself is day 0, and a part of a day counts as a whole one. */
  add(day: EpochDay, workingDays: number): EpochDay {
    const whole = Math.ceil(workingDays);
    if (whole <= 0) return day;
    return this.#workingDays[this.#count(day) + whole - 1] ?? LAST;
  }

  /** How many working days come after the first day, until the second one has passed. */
  between(first: EpochDay, second: EpochDay): number {
    return second <= first ? 0 : this.#count(second) - this.#count(first);
  }

  /** True where the days after the first, through the second, reach into a year without a published calendar. */
  isProvisional(first: EpochDay, second: EpochDay): boolean {
    if (second <= first) return false;
    const years = [yearOf(first + 1), yearOf(second)] as const;
    for (let year = years[0]; year <= years[1]; year++) if (!this.isPublished(year)) return true;
    return false;
  }
}

const yearOf = (day: EpochDay): number => new Date(day * MS_PER_DAY).getUTCFullYear();
