import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { Context } from "../server/context.ts";
import { DateScalar } from "../time/scalar.ts";
import type { UnitView } from "../units/unit.loaders.ts";
import { UnitType } from "../units/unit.type.ts";
import { declareComplete } from "./declare.service.ts";
import type { RecordKind } from "./record.entity.ts";
import { RecordKindEnum, RecordStatusType } from "./record.type.ts";

@Resolver(() => UnitType)
export class UnitRecordsResolver {
  @Authorized<Permission>("records:declare")
  @Mutation(() => [RecordStatusType], {
    description:
      "States that the records of these units (a unit without a row has none, which is 0) are complete from since through through, all that were open on " +
      "the first day included; days stated before stay so. Answers with what is then known of each unit, in their order. For ADMINs of all of them, else " +
      "FORBIDDEN; BAD_USER_INPUT names a unit or day that is not accepted (xác nhận dữ liệu đầy đủ).",
  })
  declareComplete(
    @Arg("kind", () => RecordKindEnum, { description: "Which records (loại dữ liệu)." }) kind: RecordKind,
    @Arg("units", () => [ID], {
      description:
        "Codes on the last day, else on an earlier one of the days, or ids; of units that are no more, too. At most 5,000 (đơn vị).",
    })
    units: string[],
    @Arg("since", () => DateScalar, { description: "First day, from 1 January 2000 (từ ngày)." }) since: string,
    @Arg("through", () => DateScalar, { description: "Last day; it may lie ahead, as long as the statement is to stand (đến ngày)." })
    through: string,
    @Ctx() context: Context,
  ) {
    return declareComplete(context, { kind, units, since, through });
  }

  @FieldResolver(() => [RecordStatusType], {
    description:
      "How fresh and complete its own records are here, for each kind of which anything is known, in the order of the kinds (tình trạng dữ liệu gốc).",
  })
  records(@Root() { no }: UnitView, @Ctx() { loaders }: Context) {
    return loaders.recordsOf.load(no);
  }
}
