import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { isDeepStrictEqual } from "node:util";
import { recordChange } from "../journal/audit.ts";
import { coveredAmong } from "../access/grant.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor } from "../access/viewer.ts";
import { type Rows, rowsOf } from "../database/reader.ts";
import { takeLock } from "../database/locks.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { parseDay } from "../lib/time/date.ts";
import { type CalendarDay, type CalendarDayView, faultOfDay, type WorkCalendarView } from "./work-calendar.ts";
import { countryNo } from "../hierarchy/country.ts";
import type { SetWorkCalendarInput, WorkCalendarDayInput } from "./work-calendar.type.ts";
import { relation } from "../database/relation.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "now" | "renew" | "hierarchy">;

const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;
const MAX_DAYS = 366;

/** Returns the days of the year that break the rule of the week. @throws BadUserInput for a year before 1990 or after 2100. */
export const workCalendar = async (reader: Rows, year: number): Promise<WorkCalendarView> => {
  const days = await daysOf(reader, checkedYear(year));
  return { year, isPublished: days.some(({ status }) => status === "PUBLISHED"), days };
};

/**
 * Replaces the days of the year, for ADMINs of the whole country, with an entry in the audit trail unless the days are the same.
 * @throws BadUserInput naming the day, DomainError FORBIDDEN.
 */
export const setWorkCalendar = async (context: Asking, input: SetWorkCalendarInput): Promise<WorkCalendarView> => {
  const { viewer, session, now } = context;
  const year = checkedYear(input.year);
  const hierarchy = await context.hierarchy.load();
  const country = countryNo(hierarchy);
  if (!coveredAmong(hierarchy, grantsFor(viewer, "ADMIN"), [country]).has(country))
    throw new DomainError("FORBIDDEN", "This needs the role ADMIN on the whole country");
  const days = checkedDays(year, input.days);
  await session.write(rowScope(viewer, "ADMIN"), async (em) => {
    await takeLock(em, "workCalendar");
    const before = await daysOf(rowsOf(em), year);
    if (isDeepStrictEqual(before, days)) return;
    await sql`delete from work_calendar_day where ${inYear(year)}`.execute(em.getKysely());
    await insertCalendarDays(
      em,
      days.map((day) => ({ ...day, status: day.status === "PUBLISHED" ? "published" : "provisional" })),
    );
    await recordChange(em, {
      ...{ actor: viewer!.actor, actorName: viewer!.name, operation: "setWorkCalendar", unitNo: country, subject: String(year), at: now },
      ...{ before: { days: before }, after: { days } },
    });
  });
  context.renew();
  return workCalendar(session, year);
};

/** Inserts days; none of them may be in the table yet. */
export const insertCalendarDays = async (em: EntityManager, days: readonly CalendarDay[]): Promise<void> => {
  await sql`
    insert into work_calendar_day (day, kind, status)
    select * from ${relation("n", days, {
      day: ["date", ({ day }) => day],
      kind: ["text", ({ kind }) => kind],
      status: ["text", ({ status }) => status],
    })}`.execute(em.getKysely());
};

const checkedYear = (year: number): number => {
  if (year >= FIRST_YEAR && year <= LAST_YEAR) return year;
  throw new BadUserInput("year", year, `must be a year from ${FIRST_YEAR} to ${LAST_YEAR}`);
};

const inYear = (year: number) => sql<boolean>`day between make_date(${year}::int, 1, 1) and make_date(${year}::int, 12, 31)`;

const daysOf = (reader: Rows, year: number): Promise<CalendarDayView[]> =>
  reader.rows(sql<CalendarDayView>`select day, kind, upper(status) as status from work_calendar_day where ${inYear(year)} order by day`);

/** Returns the days in order. @throws BadUserInput naming the first invalid one. */
const checkedDays = (year: number, input: readonly WorkCalendarDayInput[]): CalendarDayView[] => {
  if (input.length > MAX_DAYS) throw new BadUserInput("days", input.length, `must be at most ${MAX_DAYS} days`);
  const stated = new Set<string>();
  const days = input.map(({ day: text, kind, status }, n) => {
    const argument = `days[${n}].day`;
    const day = parseDay(argument, text);
    if (!day.startsWith(`${year}-`)) throw new BadUserInput(argument, day, `must be a day of ${year}`);
    const fault = faultOfDay({ day, kind });
    if (fault !== null) throw new BadUserInput(argument, day, `${day} ${fault}`);
    if (stated.has(day)) throw new BadUserInput(argument, day, `${day} is stated before`);
    stated.add(day);
    return { day, kind, status };
  });
  return days.toSorted((one, other) => (one.day < other.day ? -1 : 1));
};
