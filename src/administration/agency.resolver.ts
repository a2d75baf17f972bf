import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { closeAgency, registerAgency } from "./agency-register.service.ts";
import { CloseAgencyInput, CloseAgencyPayload, RegisterAgencyInput, RegisterAgencyPayload } from "./agency.type.ts";

@Resolver()
export class AgencyMutations {
  @Authorized<Permission>("agencies:write")
  @Mutation(() => RegisterAgencyPayload, {
    description:
      "Adds an agency with dates of its own. For ADMINs of its unit, else FORBIDDEN. CONFLICT where the unit has an agency of that name on one of the days " +
      "(thành lập cơ quan).",
  })
  async registerAgency(
    @Arg("input", () => RegisterAgencyInput, { description: "The agency." }) input: RegisterAgencyInput,
    @Ctx() context: RequestContext,
  ) {
    return { agency: await registerAgency(context, input) };
  }

  @Authorized<Permission>("agencies:write")
  @Mutation(() => CloseAgencyPayload, {
    description:
      "Sets the last day of an agency, and the agency to which everything that it did goes over. For ADMINs of the unit of each, else FORBIDDEN. CONFLICT " +
      "where the agency has ended on another day or has another successor, or where a report states figures of it after that day (giải thể cơ quan).",
  })
  async closeAgency(
    @Arg("input", () => CloseAgencyInput, { description: "Which agency, when, and what takes over." }) input: CloseAgencyInput,
    @Ctx() context: RequestContext,
  ) {
    return { agency: await closeAgency(context, input) };
  }
}
