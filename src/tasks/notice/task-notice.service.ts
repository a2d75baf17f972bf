import { unitNoNamed } from "../../access/grant.ts";
import type { WorkCalendar } from "../../calendar/work-calendar.ts";
import { readCalendar } from "../../calendar/work-calendar.store.ts";
import type { Database } from "../../database/database.ts";
import { Reader, rowsOf } from "../../database/reader.ts";
import { ensureContributions } from "../../hierarchy/contribution.service.ts";
import { currentHierarchyOf } from "../../hierarchy/current-hierarchy.ts";
import { dayNumber } from "../../hierarchy/hierarchy-content.ts";
import type { Day } from "../../lib/time/date.ts";
import { lastDayWithin } from "../task-timeliness.ts";
import { readNotices, type TaskNotice } from "./task-notice.store.ts";

export interface NoticeOptions {
  readonly unit: string;
  readonly on: Day;
  readonly within: number;
}

/** A notice with the working days that are left, or that have passed since the deadline; null where that is not so. */
export type DatedNotice = TaskNotice & { readonly daysLeft: number | null; readonly daysLate: number | null };

/**
 * Finds which tasks, as they stand now, fall due within so many working days from the day on, are overdue on it or wait for confirmation, for all units within a unit.
 * @throws Error for an unknown unit.
 */
export const noticesOf = async (database: Database, { unit, on, within }: NoticeOptions): Promise<DatedNotice[]> => {
  const hierarchy = await currentHierarchyOf(database.pools).read();
  const unitNo = unitNoNamed(hierarchy, unit, on);
  if (unitNo === null) throw new Error(`--unit: no unit has the code or id ${JSON.stringify(unit)} on ${on}`);
  const editionId = hierarchy.editionOn(dayNumber(on))!.id;
  await ensureContributions(new Reader(database.pools), [editionId]);
  const rows = rowsOf(database.orm.em.fork());
  const calendar = await readCalendar(rows);
  const query = { unitNo, editionId, on, until: lastDayWithin(calendar, on, within) };
  const notices = await readNotices(rows, query);
  return notices.map((notice) => ({ ...notice, ...workingDaysOf(calendar, on, notice) }));
};

const workingDaysOf = (calendar: WorkCalendar, on: Day, { deadline, notice }: TaskNotice) => ({
  daysLeft: notice === "DUE" ? calendar.between(on, deadline!) : null,
  daysLate: notice === "OVERDUE" ? calendar.between(deadline!, on) : null,
});
