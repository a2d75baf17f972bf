import { LOCAL_OFFSET } from "../../time/local-time.ts";

/** Formats 14 to 22, 45 and 47 are days and times everywhere, 27 to 36 and 50 to 58 in East Asia; 46 is a duration. */
const BUILT_IN = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47, ...range(27, 36), ...range(50, 58)]);
const LITERALS = /"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g;
const LENGTH_OF_TIME = /\[(?:h+|m+|s+)\]/i;

/** 1 January 1970 and the last second of 9999, counted from 30 December 1899. */
const EPOCH_1900 = 25_569;
const END = 2_958_466;
const DAYS_TO_1904 = 1462;
const SECONDS_PER_DAY = 86_400;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export const isDateFormat = (id: number, code: string | undefined): boolean => {
  if (code === undefined) return BUILT_IN.has(id);
  const first = code.split(";", 1)[0]!;
  if (LENGTH_OF_TIME.test(first)) return false;
  return /[ymdhs]/i.test(first.replace(LITERALS, "").replace(/general/i, ""));
};

/** Converts a serial day to the wall clock of Vietnam, `2025-01-31T08:30:00+07:00`; null for an invalid one. */
export const dateText = (serial: number, isFrom1904: boolean): string | null => {
  let days = isFrom1904 ? serial + DAYS_TO_1904 : serial;
  // Excel has 29 February 1900, which did not exist, as day 60.
  if (!isFrom1904 && days < 60) days += 1;
  if (!(days >= 1 && days < END)) return null;
  const seconds = Math.round((days - EPOCH_1900) * SECONDS_PER_DAY);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${LOCAL_OFFSET}`;
};

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A cell with ISO 8601 text: an instant with an offset, otherwise the wall clock of Vietnam. */
export const isoDateText = (text: string): string | null => {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, day, time = "00:00", seconds = "00", fraction, offset = LOCAL_OFFSET] = match;
  return `${day}T${time}:${seconds}${/[1-9]/.test(fraction ?? "") ? `.${fraction}` : ""}${offset}`;
};
