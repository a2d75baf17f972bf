import { LOCAL_OFFSET_MS } from "./local-time.ts";

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Range of accepted instants: earlier years are mistakes, and later years have more than four digits. */
const FIRST_MS = Date.UTC(1970, 0, 1) - LOCAL_OFFSET_MS;
const LAST_MS = Date.UTC(10_000, 0, 1) - LOCAL_OFFSET_MS - 1;

/** Range of real time zone offsets in minutes. */
const WESTERNMOST = -12 * 60;
const EASTERNMOST = 14 * 60;

export const INSTANT_FORM =
  "an instant from 1970 to 9999 with its offset, on a day and at a time that exist, such as 2026-11-24T08:30:00+07:00";

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));

/** Parses an instant to milliseconds; null if invalid. `Date.parse` accepts 30 February and 24 o'clock, and PostgreSQL fails the whole statement for an invalid value. */
export const parseInstant = (text: string): number | null => {
  const match = INSTANT.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute] = [+match[1]!, +match[2]!, +match[3]!, +match[4]!, +match[5]!];
  const second = +(match[6] ?? 0);
  if (day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) return null;
  const offset = match[8] === undefined ? 0 : offsetOf(match[8], +match[9]!, +match[10]!);
  if (offset === null) return null;
  const ms = +(match[7] ?? "").padEnd(3, "0").slice(0, 3);
  // Date.UTC maps the years 0 to 99 to the twentieth century.
  const time = year < 1000 ? Number.NaN : Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset * 60_000;
  return time >= FIRST_MS && time <= LAST_MS ? time : null;
};

const offsetOf = (sign: string, hours: number, minutes: number): number | null => {
  const offset = (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
  return minutes <= 59 && offset >= WESTERNMOST && offset <= EASTERNMOST ? offset : null;
};
