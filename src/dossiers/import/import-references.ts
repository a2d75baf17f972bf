import { sql } from "kysely";
import type { Rows } from "../../database/reader.ts";
import { type CalendarDay, WorkCalendar } from "../../calendar/work-calendar.ts";
import type { ProcedureFacts } from "./dossier-stage.ts";

export const readCalendar = async (rows: Rows): Promise<WorkCalendar> =>
  calendarOf(await rows.rows(sql<CalendarDay>`select day, kind, status from work_calendar_day order by day`));

let last: { readonly text: string; readonly calendar: WorkCalendar } | null = null;

/** A calendar has two centuries of days and changes once a year, so it is cached. */
const calendarOf = (days: readonly CalendarDay[]): WorkCalendar => {
  const text = JSON.stringify(days);
  if (last?.text !== text) last = { text, calendar: new WorkCalendar(days) };
  return last.calendar;
};

export const readProcedures = async (rows: Rows, codes: readonly string[] | null): Promise<Map<string, ProcedureFacts>> => {
  const wanted = codes === null ? sql`true` : sql`code = any(${[...new Set(codes)].filter((code) => !code.includes("\0"))}::text[])`;
  const found = await rows.rows(sql<ProcedureFacts & { code: string }>`
    select code, id, field_id as "fieldId", working_days as "workingDays", has_fee as "hasFee", service_level = 'FULL' as "isFull"
    from procedure where ${wanted}`);
  return new Map(found.map(({ code, ...facts }) => [code, facts]));
};
