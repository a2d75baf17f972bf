import { BadUserInput } from "../errors.ts";
import { addDays, type Day, isDay } from "./date.ts";

export type Convention = "CALENDAR" | "ND09";
export type PeriodGrain = "MONTH" | "QUARTER" | "HALF_YEAR" | "YEAR";

/**
 * A reporting period: its inclusive days and its unique name. `convention` is null for a range of days without another name. ND09 periods end on the 14th (Decree
 * 09/2019/NĐ-CP): 2021@ND09 = 2020-12-15..2021-12-14.
 */
export interface Period {
  readonly name: string;
  readonly from: Day;
  readonly to: Day;
  readonly convention: Convention | null;
}

export const PERIOD_FORMS =
  "must be 2021, 2021-H1, 2021-9M, 2021-Q3, 2021-07, a range of years 2015/2018 (each of these also with @ND09), " +
  "or a range of days 2021-01-01/2021-05-11";
export const MAX_SERIES_POINTS = 400;

const NAMED = /^(\d{4})(?:-(?:H([12])|(9M)|Q([1-4])|(0[1-9]|1[0-2]))|\/(\d{4}))?(@ND09)?$/;
const DAYS = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})$/;
const MONTHS: Record<PeriodGrain, number> = { MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12 };

/** First day of a month counted from January of year 0; the statutory month begins on the 15th of the previous month. */
const firstDay = (month: number, convention: Convention): Day => {
  const shifted = convention === "ND09" ? month - 1 : month;
  const year = String(Math.floor(shifted / 12)).padStart(4, "0");
  return `${year}-${String((shifted % 12) + 1).padStart(2, "0")}-${convention === "ND09" ? "15" : "01"}`;
};

const ofMonths = (start: number, count: number, convention: Convention): Period => ({
  name: nameOfMonths(start, count) + (convention === "ND09" ? "@ND09" : ""),
  from: firstDay(start, convention),
  to: addDays(firstDay(start + count, convention), -1),
  convention,
});

const nameOfMonths = (start: number, count: number): string => {
  const year = String(Math.floor(start / 12)).padStart(4, "0");
  const month = start % 12;
  if (count === 1) return `${year}-${String(month + 1).padStart(2, "0")}`;
  if (count === 3) return `${year}-Q${month / 3 + 1}`;
  if (count === 6) return `${year}-H${month / 6 + 1}`;
  if (count === 9) return `${year}-9M`;
  return count === 12 ? year : `${year}/${String(Math.floor(start / 12) + count / 12 - 1).padStart(4, "0")}`;
};

/** Returns [first month, number of months] of a range of days that has a name under the convention. */
const namedMonths = (from: Day, to: Day, convention: Convention): [number, number] | null => {
  const first = convention === "ND09" ? "15" : "01";
  const next = addDays(to, 1);
  if (from.slice(8) !== first || next.slice(8) !== first) return null;
  const shift = convention === "ND09" ? 1 : 0;
  const month = (day: Day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + shift;
  const [start, count] = [month(from), month(next) - month(from)];
  const whole = [1, 3, 6].includes(count) && start % count === 0;
  const ofYear = count === 9 || (count > 0 && count % 12 === 0);
  return whole || (ofYear && start % 12 === 0) ? [start, count] : null;
};

/** Returns the period of a range of days, by its name if it has one. */
export const periodOfDays = (from: Day, to: Day): Period => {
  for (const convention of ["CALENDAR", "ND09"] as const) {
    const months = namedMonths(from, to, convention);
    if (months) return ofMonths(...months, convention);
  }
  return { name: `${from}/${to}`, from, to, convention: null };
};

/** True for a month, quarter, half, nine months or year of either convention. */
export const isNamed = ({ name, convention }: Period): boolean => convention !== null && !name.includes("/");

const readPeriod = (text: string): Period | null => {
  const days = DAYS.exec(text);
  if (days) {
    const [from, to] = [days[1]!, days[2]!];
    return isDay(from) && isDay(to) && from <= to && to < "9999-12-31" ? periodOfDays(from, to) : null;
  }
  const match = NAMED.exec(text);
  if (!match) return null;
  const [, year, half, nine, quarter, month, lastYear, nd09] = match;
  const start = Number(year) * 12;
  if (start < 24 || Number(year) > 9998) return null;
  const convention = nd09 ? "ND09" : "CALENDAR";
  if (half) return ofMonths(start + (Number(half) - 1) * 6, 6, convention);
  if (nine) return ofMonths(start, 9, convention);
  if (quarter) return ofMonths(start + (Number(quarter) - 1) * 3, 3, convention);
  if (month) return ofMonths(start + Number(month) - 1, 1, convention);
  const years = lastYear ? Number(lastYear) - Number(year) + 1 : 1;
  return years < 1 || Number(lastYear ?? 0) > 9998 ? null : ofMonths(start, years * 12, convention);
};

const parsed = new Map<string, Period>();

export const parsePeriod = (argument: string, text: string): Period => {
  const known = parsed.get(text);
  if (known) return known;
  const period = readPeriod(text);
  if (!period) throw new BadUserInput(argument, text, PERIOD_FORMS);
  if (parsed.size >= 1000) parsed.clear();
  parsed.set(text, period);
  return period;
};

export const begunPeriod = (argument: string, text: string, today: Day): Period => {
  const period = parsePeriod(argument, text);
  if (period.from <= today) return period;
  throw new BadUserInput(argument, period.name, `must be a period that has begun by ${today}`);
};

/** Returns the parts of a period in order. @throws BadUserInput if the grain does not divide it, or for more than 400 points. */
export const seriesOf = (period: Period, grain: PeriodGrain): Period[] => {
  const convention = period.convention ?? (period.from.endsWith("-15") ? "ND09" : "CALENDAR");
  const months = MONTHS[grain];
  const points: Period[] = [];
  const first = Number(period.from.slice(0, 4)) * 12 + Number(period.from.slice(5, 7)) - 1 + (convention === "ND09" ? 1 : 0);
  for (let start = first; ; start += months) {
    const point = ofMonths(start, months, convention);
    if (start % months !== 0 || (points.length === 0 && point.from !== period.from) || point.to > period.to)
      throw new BadUserInput("grain", grain, `${period.name} does not consist of whole periods of that length`);
    points.push(point);
    if (points.length > MAX_SERIES_POINTS) throw new BadUserInput("grain", grain, `a series must have at most ${MAX_SERIES_POINTS} points`);
    if (point.to === period.to) return points;
  }
};
