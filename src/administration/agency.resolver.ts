import { Arg, Authorized, Ctx, ID, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import { closeAgency, registerAgency } from "./agency-register.service.ts";
import { RegisterAgencyInput } from "./agency.type.ts";
import type { UnitView } from "../hierarchy/unit.loaders.ts";
import { UnitType } from "../units/unit.type.ts";

@Resolver()
export class AgencyMutations {
  @Authorized<Permission>("agencies:write")
  @Mutation(() => UnitType, {
    description:
      "Adds an agency with dates of its own, seen today, or on the first or last of its days where it does not exist today. For ADMIN of its unit, else " +
      "FORBIDDEN. CONFLICT where the unit has an agency of that name on one of the days (thành lập cơ quan).",
  })
  registerAgency(
    @Arg("input", () => RegisterAgencyInput, { description: "The agency." }) input: RegisterAgencyInput,
    @Ctx() context: RequestContext,
  ): Promise<UnitView> {
    return registerAgency(context, input);
  }

  @Authorized<Permission>("agencies:write")
  @Mutation(() => UnitType, {
    description:
      "Sets the last day of an agency, and the agency to which all that it did goes over. For ADMIN of the unit of each, else FORBIDDEN. CONFLICT where it " +
      "has ended or was succeeded otherwise, or where figures are reported for it after that day (giải thể cơ quan).",
  })
  closeAgency(
    @Arg("id", () => ID, { description: "Id of the agency, or its code on lastDay." }) id: string,
    @Arg("lastDay", () => DateScalar, { description: "Its last day (ngày cuối)." }) lastDay: string,
    @Arg("successor", () => ID, {
      nullable: true,
      description: "Id of the agency that takes over as a whole, or its code on the day after; it exists on that day (cơ quan kế thừa).",
    })
    successor: string | undefined,
    @Ctx() context: RequestContext,
  ): Promise<UnitView> {
    return closeAgency(context, { id, lastDay, successor: successor ?? null });
  }
}
