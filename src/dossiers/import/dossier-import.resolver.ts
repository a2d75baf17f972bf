import { Arg, Authorized, Ctx, ID, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { Context } from "../../server/context.ts";
import { importDossiers } from "./dossier-import.service.ts";
import { retractDossiers } from "./dossier-retract.service.ts";
import { DossierInput, ImportReportType } from "./dossier-import.type.ts";

@Resolver()
export class DossierMutations {
  @Authorized<Permission>("dossiers:write")
  @Mutation(() => ImportReportType, {
    description:
      "Takes up to 5,000 dossiers of one source system, which belongs to one unit: that of the caller who first names it. All or nothing unless partial: " +
      "BAD_USER_INPUT then names the rows, and partial keeps the good rows and reports each bad one (of rows that are well-formed GraphQL). dryRun checks everything " +
      "and keeps nothing. Needs the role OFFICER on the source's unit and on each handling unit; FORBIDDEN for the source of another unit (nhập hồ sơ).",
  })
  importDossiers(
    @Arg("source", () => ID, { description: "Name of the source system, 1 to 100 characters." }) source: string,
    @Arg("dossiers", () => [DossierInput], { description: "1 to 5,000 dossiers." }) dossiers: DossierInput[],
    @Arg("partial", () => Boolean, { defaultValue: false, description: "Keep the good rows where others are bad." }) partial: boolean,
    @Arg("dryRun", () => Boolean, { defaultValue: false, description: "Check everything, keep nothing." }) dryRun: boolean,
    @Ctx() context: Context,
  ) {
    return importDossiers(context, source, dossiers, { partial, dryRun });
  }

  @Authorized<Permission>("dossiers:write")
  @Mutation(() => ImportReportType, {
    description:
      "Takes back dossiers that should never have been sent; the counters follow, the audit keeps them. All or nothing. Needs the role OFFICER on the source's unit and " +
      "on each handling unit. BAD_USER_INPUT for a code that the source has not sent (thu hồi hồ sơ).",
  })
  retractDossiers(
    @Arg("source", () => ID, { description: "Name of the source system." }) source: string,
    @Arg("codes", () => [ID], { description: "Codes of its dossiers, at most 1,000." }) codes: string[],
    @Arg("reason", () => String, { description: "Why, 1 to 2,000 characters; the audit trail keeps it." }) reason: string,
    @Ctx() context: Context,
  ) {
    return retractDossiers(context, source, codes, reason);
  }
}
