import { Arg, Authorized, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { setWorkCalendar, workCalendar } from "./work-calendar.service.ts";
import { SetWorkCalendarInput, SetWorkCalendarPayload, WorkCalendarType, YEAR } from "./work-calendar.type.ts";

@Resolver()
export class WorkCalendarResolver {
  @Authorized<Permission>("calendar:read")
  @Query(() => WorkCalendarType, {
    description:
      "The work calendar of a year, by which the service computes due days; a year without a calendar has no days (lịch làm việc).",
  })
  workCalendar(@Arg("year", () => Int, { description: YEAR }) year: number, @Ctx() { session }: RequestContext) {
    return workCalendar(session, year);
  }

  @Authorized<Permission>("calendar:write")
  @Mutation(() => SetWorkCalendarPayload, {
    description:
      "Replaces all days of a year. Due days that the service computes from then on follow it; promised ones stay. For ADMINs of the whole country, else " +
      "FORBIDDEN; BAD_USER_INPUT names the first invalid day (công bố lịch nghỉ).",
  })
  async setWorkCalendar(
    @Arg("input", () => SetWorkCalendarInput, { description: "The year and its days." }) input: SetWorkCalendarInput,
    @Ctx() context: RequestContext,
  ) {
    return { workCalendar: await setWorkCalendar(context, input) };
  }
}
