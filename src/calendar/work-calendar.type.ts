import { Field, InputType, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import type { CalendarDay, CalendarStatus, WorkCalendarView } from "./work-calendar.ts";
import { DateScalar } from "../lib/time/scalar.ts";

export const WorkCalendarDayKindEnum = enumType<CalendarDay["kind"]>(
  "WorkCalendarDayKind",
  "How a day breaks the rule of the week (loại ngày).",
  {
    DAY_OFF: "A public holiday, or the working day that makes up for one on a weekend (nghỉ lễ, nghỉ bù).",
    SWAP_OFF: "A working day that is off in exchange for another one (ngày nghỉ hoán đổi).",
    MAKEUP_WORK: "A Saturday or Sunday that is worked in exchange (ngày làm bù).",
  },
);

export const WorkCalendarStatusEnum = enumType<CalendarStatus>(
  "WorkCalendarStatus",
  "Whether a notice has published the day (tình trạng lịch nghỉ).",
  {
    PUBLISHED: "A notice has been published (đã công bố).",
    PROVISIONAL: "The law provides for it; the notice is not published yet (tạm tính).",
  },
);

@ObjectType("WorkCalendarDay", { simpleResolvers: true, description: "A day that breaks the rule of the week (ngày nghỉ, ngày làm bù)." })
export class WorkCalendarDayType {
  @Field(() => DateScalar, { description: "The day (ngày)." })
  day!: string;

  @Field(() => WorkCalendarDayKindEnum, { description: "Day off or working day (loại ngày)." })
  kind!: CalendarDay["kind"];

  @Field(() => WorkCalendarStatusEnum, { description: "Whether a notice has published the day (tình trạng)." })
  status!: CalendarStatus;
}

@ObjectType("WorkCalendar", {
  simpleResolvers: true,
  description: "The days of a year that break the rule of the week, which is work from Monday to Friday (lịch nghỉ, lịch làm việc).",
})
export class WorkCalendarType implements WorkCalendarView {
  @Field(() => Int, { description: "The year (năm)." })
  year!: number;

  @Field(() => Boolean, {
    description: "False where no notice has published a day of the year: due days in it are provisional (đã công bố lịch nghỉ).",
  })
  isPublished!: boolean;

  @Field(() => [WorkCalendarDayType], { description: "Its days, in their order (các ngày)." })
  days!: WorkCalendarDayType[];
}

@InputType("WorkCalendarDayInput", { description: "A day that breaks the rule of the week (ngày nghỉ, ngày làm bù)." })
export class WorkCalendarDayInput {
  @Field(() => DateScalar, { description: "A day of the year; from Monday to Friday unless it is MAKEUP_WORK (ngày)." })
  day!: string;

  @Field(() => WorkCalendarDayKindEnum, { description: "Day off or working day (loại ngày)." })
  kind!: CalendarDay["kind"];

  @Field(() => WorkCalendarStatusEnum, { description: "Whether a notice has published the day (tình trạng)." })
  status!: CalendarStatus;
}

export const YEAR = "The year, from 1990 to 2100 (năm).";

@InputType("SetWorkCalendarInput", { description: "All days of a year that break the rule of the week (lịch nghỉ của một năm)." })
export class SetWorkCalendarInput {
  @Field(() => Int, { description: YEAR })
  year!: number;

  @Field(() => [WorkCalendarDayInput], { description: "Its days, in any order (các ngày)." })
  days!: WorkCalendarDayInput[];
}

@ObjectType("SetWorkCalendarPayload", { simpleResolvers: true, description: "The work calendar after the change (lịch làm việc)." })
export class SetWorkCalendarPayload {
  @Field(() => WorkCalendarType, { description: "The calendar of the year (lịch làm việc)." })
  workCalendar!: WorkCalendarType;
}
