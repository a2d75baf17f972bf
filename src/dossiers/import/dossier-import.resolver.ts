import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { importDossiers } from "./dossier-import.service.ts";
import { retractDossiers } from "./dossier-retract.service.ts";
import { ImportPayloadType } from "../../imports/import-report.type.ts";
import {
  ImportDossiersInput,
  RetireSourceInput,
  RetractDossiersInput,
  SourcePayloadType,
  TransferSourceInput,
} from "./import-mutation.type.ts";
import { retireSource, transferSource } from "../../imports/source.service.ts";

@Resolver()
export class DossierMutations {
  @Authorized<Permission>("dossiers:write")
  @Mutation(() => ImportPayloadType, {
    description:
      "Imports up to 5,000 dossiers of one source system, which belongs to one unit: that of the first caller that uses its name. Atomic unless partial: then valid " +
      "rows are stored and each invalid one (of rows that are well-formed GraphQL) is reported. dryRun checks everything and stores nothing. Requires the role OFFICER on the " +
      "source's unit and on each handling unit; BAD_USER_INPUT if several units have a source of that name and owner does not select one, CONFLICT for a source " +
      "that was retired (nhập hồ sơ).",
  })
  async importDossiers(
    @Arg("input", () => ImportDossiersInput, { description: "The dossiers and their source." }) input: ImportDossiersInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await importDossiers(context, input) };
  }

  @Authorized<Permission>("dossiers:write")
  @Mutation(() => ImportPayloadType, {
    description:
      "Retracts dossiers that were sent by mistake; counters follow, and the audit trail stores the dossiers. Atomic: a code that the source has not sent is a " +
      "problem of the report. Requires the role OFFICER on the source's unit and on each handling unit (thu hồi hồ sơ).",
  })
  async retractDossiers(
    @Arg("input", () => RetractDossiersInput, { description: "The source, the codes and the reason." }) input: RetractDossiersInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await retractDossiers(context, input) };
  }

  @Authorized<Permission>("sources:write")
  @Mutation(() => SourcePayloadType, {
    description:
      "Transfers a source system to another unit: the new owner takes over the source and all its records, and ids stay. For ADMINs of both units, otherwise FORBIDDEN; BAD_USER_INPUT " +
      "for an unknown unit or source, CONFLICT if the new owner has a source of that name (chuyển giao hệ thống nguồn).",
  })
  async transferSource(
    @Arg("input", () => TransferSourceInput, { description: "The source and its new owner." }) input: TransferSourceInput,
    @Ctx() context: RequestContext,
  ) {
    return { source: await transferSource(context, input) };
  }

  @Authorized<Permission>("sources:write")
  @Mutation(() => SourcePayloadType, {
    description:
      "Retires a source system: it accepts no further records, its records stay, and its name is free again. For ADMINs of its unit, otherwise FORBIDDEN; BAD_USER_INPUT for an " +
      "unknown unit or source (ngừng hệ thống nguồn).",
  })
  async retireSource(
    @Arg("input", () => RetireSourceInput, { description: "Which source." }) input: RetireSourceInput,
    @Ctx() context: RequestContext,
  ) {
    return { source: await retireSource(context, input) };
  }
}
