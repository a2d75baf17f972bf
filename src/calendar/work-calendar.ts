import { type Day, dayOfEpoch, epochDay } from "../lib/time/date.ts";

export const CALENDAR_KINDS = ["DAY_OFF", "SWAP_OFF", "MAKEUP_WORK"] as const;
export const CALENDAR_STATUSES = ["published", "provisional"] as const;

/** A day that breaks the rule of the week: a day off, or a Saturday or Sunday that is worked in exchange. */
export interface CalendarDay {
  readonly day: Day;
  readonly kind: (typeof CALENDAR_KINDS)[number];
  readonly status: (typeof CALENDAR_STATUSES)[number];
}

export type CalendarStatus = Uppercase<CalendarDay["status"]>;

export interface CalendarDayView {
  readonly day: string;
  readonly kind: CalendarDay["kind"];
  readonly status: CalendarStatus;
}

export interface WorkCalendarView {
  readonly year: number;
  readonly isPublished: boolean;
  readonly days: CalendarDayView[];
}

const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;

/** 0 is Monday: epoch day 0 was a Thursday. */
const weekdayOf = (epoch: number): number => (((epoch + 3) % 7) + 7) % 7;
export const isWeekend = (epoch: number): boolean => weekdayOf(epoch) > 4;

/** Returns why the day does not break the rule of the week; null where it does. */
export const faultOfDay = ({ day, kind }: Pick<CalendarDay, "day" | "kind">): string | null => {
  if (isWeekend(epochDay(day)) === (kind === "MAKEUP_WORK")) return null;
  return kind === "MAKEUP_WORK" ? "is no Saturday or Sunday, so it makes up for nothing" : "is a Saturday or Sunday, which is off anyway";
};

/** Returns the number of days from Monday to Friday through a day, counted from Monday 29 December 1969. */
const weekdaysThrough = (epoch: number): number => Math.floor((epoch + 3) / 7) * 5 + Math.min(weekdayOf(epoch) + 1, 5);

/** The inverse: returns the nth of these days. */
const nthWeekday = (n: number): number => Math.floor((n - 1) / 5) * 7 + ((((n - 1) % 5) + 5) % 5) - 3;

const yearOf = (day: Day): number => Number(day.slice(0, 4));
const newYear = (year: number): number => epochDay(`${String(year).padStart(4, "0")}-01-01`);
const newYearsEve = (year: number): number => epochDay(`${String(year).padStart(4, "0")}-12-31`);

/**
 * Working days: Monday to Friday, except for the days of the table. Methods that end in Epoch take and return epoch days.
 * From 1990 to 2100 arrays give each answer; before and after, where the table has no days, the rule of the week does.
 */
export class WorkCalendar {
  readonly #published: ReadonlySet<number>;
  readonly #first: number;
  readonly #last: number;
  /** Working days from the first day through each day. */
  readonly #ranks: Int32Array;
  /** The nth working day from the first day on, at n. */
  readonly #nth: Int32Array;
  /** For each day the next one, not itself, that lies in a year without a published calendar. */
  readonly #nextUnpublished: Int32Array;

  constructor(days: readonly CalendarDay[]) {
    const years = days.map(({ day }) => yearOf(day));
    this.#published = new Set(days.filter(({ status }) => status === "published").map(({ day }) => yearOf(day)));
    // The arrays also cover the year before the table, which is not published, like all years before it.
    const firstYear = years.reduce((first, year) => Math.min(first, year - 1), FIRST_YEAR);
    const lastYear = years.reduce((last, year) => Math.max(last, year), LAST_YEAR);
    this.#first = newYear(firstYear);
    this.#last = newYearsEve(lastYear);
    const works = new Map(days.map(({ day, kind }) => [epochDay(day), kind === "MAKEUP_WORK"]));
    const size = this.#last - this.#first + 1;
    this.#ranks = new Int32Array(size);
    const nth = [this.#first - 1];
    for (let n = 0; n < size; n++) {
      const epoch = this.#first + n;
      if (works.get(epoch) ?? !isWeekend(epoch)) nth.push(epoch);
      this.#ranks[n] = nth.length - 1;
    }
    this.#nth = Int32Array.from(nth);
    this.#nextUnpublished = this.#unpublishedAfter(firstYear, lastYear);
  }

  isWorkingDay(day: Day): boolean {
    return this.isWorkingDayEpoch(epochDay(day));
  }

  /** True where the table has a published day of the year. */
  isPublished(year: number): boolean {
    return this.#published.has(year);
  }

  /**
   * Returns the day so many working days later: the day itself is day 0, the next working day is day 1, and a part of a day counts as a whole one.
   * The result is provisional where the days from the next one through it reach into a year that is not published.
   */
  add(day: Day, workingDays: number): { day: Day; isProvisional: boolean } {
    const from = epochDay(day);
    const to = this.addEpoch(from, workingDays);
    return { day: dayOfEpoch(to), isProvisional: this.isProvisionalEpoch(from, to) };
  }

  /** Returns the number of working days after the one day through the other; 0 where that is no later day. */
  between(from: Day, to: Day): number {
    return this.betweenEpoch(epochDay(from), epochDay(to));
  }

  isWorkingDayEpoch(epoch: number): boolean {
    return this.#rank(epoch) > this.#rank(epoch - 1);
  }

  addEpoch(epoch: number, workingDays: number): number {
    const whole = Math.ceil(workingDays);
    if (whole > 0) return this.#select(this.#rank(epoch) + whole);
    if (workingDays === 0) return epoch;
    throw new RangeError(`workingDays: must be 0 or more, got ${workingDays}`);
  }

  betweenEpoch(from: number, to: number): number {
    return to > from ? this.#rank(to) - this.#rank(from) : 0;
  }

  /** True where the days after the one through the other reach into a year that is not published. */
  isProvisionalEpoch(from: number, to: number): boolean {
    const next = from < this.#first || from >= this.#last ? from + 1 : this.#nextUnpublished[from - this.#first]!;
    return to >= next;
  }

  /** Returns the working days from the first day through a day, negative before it. */
  #rank(epoch: number): number {
    if (epoch < this.#first) return weekdaysThrough(epoch) - weekdaysThrough(this.#first - 1);
    if (epoch <= this.#last) return this.#ranks[epoch - this.#first]!;
    return this.#nth.length - 1 + weekdaysThrough(epoch) - weekdaysThrough(this.#last);
  }

  /** The inverse: returns the first day of a rank. */
  #select(rank: number): number {
    if (rank <= 0) return nthWeekday(rank + weekdaysThrough(this.#first - 1));
    if (rank < this.#nth.length) return this.#nth[rank]!;
    return nthWeekday(rank - this.#nth.length + 1 + weekdaysThrough(this.#last));
  }

  #unpublishedAfter(firstYear: number, lastYear: number): Int32Array {
    const after = new Int32Array(this.#ranks.length);
    let next = this.#last + 1;
    for (let year = lastYear; year >= firstYear; year--) {
      const start = newYear(year);
      for (let epoch = newYearsEve(year); epoch >= start; epoch--) {
        after[epoch - this.#first] = next;
        if (!this.#published.has(year)) next = epoch;
      }
    }
    return after;
  }
}
