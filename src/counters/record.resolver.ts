import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { recordLoaders } from "./record.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { UnitType } from "../units/unit.type.ts";
import { declareComplete, withdrawCompleteness } from "./declare.service.ts";
import { recordStatusesOf } from "./record-status.service.ts";
import { DeclareCompleteInput, DeclareCompletePayloadType, RecordStatusType, WithdrawCompletenessInput } from "./record.type.ts";

@Resolver(() => UnitType)
export class UnitRecordsResolver {
  @Authorized<Permission>("records:declare")
  @Mutation(() => DeclareCompletePayloadType, {
    description:
      "Declares the records of these units (a unit without a row has 0) complete from since through through: all dossiers that were open on " +
      "inclusive; earlier declarations stay valid. Requires the role ADMIN on every unit, otherwise FORBIDDEN; BAD_USER_INPUT names the invalid unit or day " +
      "(xác nhận dữ liệu đầy đủ).",
  })
  async declareComplete(
    @Arg("input", () => DeclareCompleteInput, { description: "The kind of records, the units and the days." })
    input: DeclareCompleteInput,
    @Ctx() context: RequestContext,
  ) {
    return { records: await declareComplete(context, input) };
  }

  @Authorized<Permission>("records:declare")
  @Mutation(() => DeclareCompletePayloadType, {
    description:
      "Withdraws the completeness of these units' records from a day on; earlier days stay complete. For ADMINs of all of them, otherwise FORBIDDEN; " +
      "BAD_USER_INPUT names the invalid unit, day or reason (thu hồi xác nhận dữ liệu đầy đủ).",
  })
  async withdrawCompleteness(
    @Arg("input", () => WithdrawCompletenessInput, { description: "The kind of records, the units and the first day." })
    input: WithdrawCompletenessInput,
    @Ctx() context: RequestContext,
  ) {
    return { records: await withdrawCompleteness(context, input) };
  }

  @FieldResolver(() => [RecordStatusType], {
    description:
      "How fresh and complete the unit's own records are, for each kind with records, in the order of the kinds (tình trạng dữ liệu gốc).",
  })
  records(@Root() { no }: UnitView, @Ctx() context: RequestContext) {
    return recordStatusesOf(context.use(recordLoaders), no);
  }
}
