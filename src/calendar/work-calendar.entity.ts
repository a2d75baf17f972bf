import { defineEntity, p } from "@mikro-orm/core";
import type { CalendarDay } from "./work-calendar.ts";

/** A day that is not what its weekday says: a day off, or a Saturday that is worked. */
const WorkCalendarDaySchema = defineEntity({
  name: "WorkCalendarDay",
  properties: {
    day: p.date().primary(),
    kind: p.text().$type<CalendarDay["kind"]>(),
    status: p.text().$type<CalendarDay["status"]>(),
  },
});
export class WorkCalendarDay extends WorkCalendarDaySchema.class {}
WorkCalendarDaySchema.setClass(WorkCalendarDay);
