import { Arg, Authorized, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { setWorkCalendar, workCalendar } from "./work-calendar.service.ts";
import { WorkCalendarDayInput, WorkCalendarType } from "./work-calendar.type.ts";

const YEAR = "The year, from 1990 to 2100.";

@Resolver()
export class WorkCalendarResolver {
  @Authorized<Permission>("calendar:read")
  @Query(() => WorkCalendarType, {
    description:
      "The work calendar of a year, by which due days are computed; a year that nothing is known of has no days (lịch làm việc).",
  })
  workCalendar(@Arg("year", () => Int, { description: YEAR }) year: number, @Ctx() { session }: RequestContext) {
    return workCalendar(session, year);
  }

  @Authorized<Permission>("calendar:write")
  @Mutation(() => WorkCalendarType, {
    description:
      "Replaces all days of a year. Due days that are computed from then on follow it; those that were promised stay. For ADMINs of the whole country, " +
      "else FORBIDDEN; BAD_USER_INPUT names a day that cannot be (công bố lịch nghỉ).",
  })
  setWorkCalendar(
    @Arg("year", () => Int, { description: YEAR }) year: number,
    @Arg("days", () => [WorkCalendarDayInput], { description: "All of its days that break the rule of the week." })
    days: WorkCalendarDayInput[],
    @Ctx() context: RequestContext,
  ) {
    return setWorkCalendar(context, year, days);
  }
}
