import { readCsv } from "../csv.ts";
import { isDay } from "./date.ts";
import {
  CALENDAR_KINDS,
  CALENDAR_STATUSES,
  type CalendarDay,
  type CalendarKind,
  type CalendarStatus,
  epochDay,
  isWeekend,
} from "./work-calendar.ts";

/** Why the days make no calendar, by their places; empty where they do. */
export const problemsOfCalendar = (days: readonly CalendarDay[]): { readonly place: number; readonly problem: string }[] => {
  const seen = new Set<string>();
  return days.flatMap(({ day, kind }, place) => {
    const isTwice = seen.has(day);
    seen.add(day);
    if (isTwice) return [{ place, problem: "is named twice" }];
    const falls = isWeekend(epochDay(day));
    if (kind === "MAKEUP_WORK" && !falls) return [{ place, problem: "is a working day anyhow" }];
    return kind !== "MAKEUP_WORK" && falls ? [{ place, problem: "is no working day anyhow" }] : [];
  });
};

/** A file with the columns date, kind and status. @throws FileError naming file, row and column. */
export const readWorkCalendar = async (url: URL): Promise<CalendarDay[]> => {
  const rows = await readCsv(url, ["date", "kind", "status"]);
  const days = rows.map(({ get, fail }): CalendarDay => {
    if (!isDay(get("date"))) throw fail("date", "is no day; accepted is YYYY-MM-DD");
    if (!(CALENDAR_KINDS as readonly string[]).includes(get("kind")))
      throw fail("kind", `is not accepted; accepted are ${CALENDAR_KINDS.join(", ")}`);
    if (!(CALENDAR_STATUSES as readonly string[]).includes(get("status")))
      throw fail("status", `is not accepted; accepted are ${CALENDAR_STATUSES.join(", ")}`);
    return { day: get("date"), kind: get("kind") as CalendarKind, status: get("status") as CalendarStatus };
  });
  const [first] = problemsOfCalendar(days);
  if (first) throw rows[first.place]!.fail("date", first.problem);
  return days;
};
