import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import { type CalendarDay, WorkCalendar } from "./work-calendar.ts";

export const readCalendar = async (rows: Rows): Promise<WorkCalendar> =>
  calendarOf(await rows.rows(sql<CalendarDay>`select day, kind, status from work_calendar_day order by day`));

let last: { readonly text: string; readonly calendar: WorkCalendar } | null = null;

/** A calendar has two centuries of days and changes once a year, so it is cached. */
const calendarOf = (days: readonly CalendarDay[]): WorkCalendar => {
  const text = JSON.stringify(days);
  if (last?.text !== text) last = { text, calendar: new WorkCalendar(days) };
  return last.calendar;
};
