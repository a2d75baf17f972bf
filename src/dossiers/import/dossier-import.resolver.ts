import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { importDossiers } from "./dossier-import.service.ts";
import { retractDossiers } from "./dossier-retract.service.ts";
import {
  ImportDossiersInput,
  ImportPayloadType,
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
      "Takes up to 5,000 dossiers of one source system, which belongs to one unit: that of the caller who first names it. All or nothing unless partial: then the good " +
      "rows are kept and each bad one (of rows that are well-formed GraphQL) is reported. dryRun checks everything and keeps nothing. Needs the role OFFICER on the " +
      "source's unit and on each handling unit; BAD_USER_INPUT where several units have a source of that name and owner does not say which, CONFLICT for a source " +
      "that was retired (nhập hồ sơ).",
  })
  async importDossiers(
    @Arg("input", () => ImportDossiersInput, { description: "What is sent." }) input: ImportDossiersInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await importDossiers(context, input) };
  }

  @Authorized<Permission>("dossiers:write")
  @Mutation(() => ImportPayloadType, {
    description:
      "Takes back dossiers that should never have been sent; the counters follow, the audit keeps them. All or nothing: a code that the source has not sent is a " +
      "problem of the report. Needs the role OFFICER on the source's unit and on each handling unit (thu hồi hồ sơ).",
  })
  async retractDossiers(
    @Arg("input", () => RetractDossiersInput, { description: "What is taken back." }) input: RetractDossiersInput,
    @Ctx() context: RequestContext,
  ) {
    return { report: await retractDossiers(context, input) };
  }

  @Authorized<Permission>("sources:write")
  @Mutation(() => SourcePayloadType, {
    description:
      "Gives a source system to another unit: it and all that it sent go on under the new owner, ids stay. For ADMINs of both units, else FORBIDDEN; BAD_USER_INPUT " +
      "for an unknown unit or source, CONFLICT where the new owner has a source of that name (chuyển giao hệ thống nguồn).",
  })
  async transferSource(
    @Arg("input", () => TransferSourceInput, { description: "Which source, and to whom." }) input: TransferSourceInput,
    @Ctx() context: RequestContext,
  ) {
    return { source: await transferSource(context, input) };
  }

  @Authorized<Permission>("sources:write")
  @Mutation(() => SourcePayloadType, {
    description:
      "Ends a source system: it takes nothing more, what it sent stays, and its name is free again. For ADMINs of its unit, else FORBIDDEN; BAD_USER_INPUT for an " +
      "unknown unit or source (ngừng hệ thống nguồn).",
  })
  async retireSource(
    @Arg("input", () => RetireSourceInput, { description: "Which source." }) input: RetireSourceInput,
    @Ctx() context: RequestContext,
  ) {
    return { source: await retireSource(context, input) };
  }
}
