import { type CsvRow, readCsv } from "../lib/files/csv-reader.ts";
import { isDay } from "../lib/time/date.ts";
import { CALENDAR_KINDS, CALENDAR_STATUSES, type CalendarDay, faultOfDay } from "./work-calendar.ts";

const COLUMNS = ["date", "kind", "status"] as const;
type Column = (typeof COLUMNS)[number];

/** Reads and checks the table of days that break the rule of the week. @throws FileError naming file, row and column of the first fault. */
export const readWorkCalendar = async (url: URL): Promise<CalendarDay[]> => {
  const stated = new Set<string>();
  return (await readCsv(url, COLUMNS)).map((row) => {
    const day = calendarDay(row);
    if (stated.has(day.day)) throw row.fail("date", "is in the file twice");
    stated.add(day.day);
    return day;
  });
};

const calendarDay = (row: CsvRow<Column>): CalendarDay => {
  const day = row.get("date");
  if (!isDay(day)) throw row.fail("date", "must be a day as YYYY-MM-DD");
  const kind = oneOf(row, "kind", CALENDAR_KINDS);
  const fault = faultOfDay({ day, kind });
  if (fault !== null) throw row.fail("date", fault);
  return { day, kind, status: oneOf(row, "status", CALENDAR_STATUSES) };
};

const oneOf = <T extends string>(row: CsvRow<Column>, column: Column, accepted: readonly T[]): T => {
  const value = accepted.find((one) => one === row.get(column));
  if (value === undefined) throw row.fail(column, `must be one of ${accepted.join(", ")}`);
  return value;
};
