import { Field, Int, ObjectType } from "type-graphql";
import type { Period } from "../lib/time/period.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { UnitKind } from "../hierarchy/unit.entity.ts";
import { UnitKindEnum } from "../units/unit.type.ts";

@ObjectType("ServiceRollup", {
  simpleResolvers: true,
  description:
    "Administrative procedures offered in a subtree, and their online services (cung cấp dịch vụ công). Null means that no value was reported, which is not 0.",
})
export class ServiceRollupType {
  @Field(() => PeriodScalar, { description: "The requested period (kỳ báo cáo)." })
  period!: Period;

  @Field(() => Int, { nullable: true, description: "Administrative procedures (thủ tục hành chính)." })
  procedures!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Online services of levels 3 and 4; partial and full-process since Decree 42/2022/NĐ-CP (dịch vụ công trực tuyến).",
  })
  online!: number | null;

  @Field(() => Int, { nullable: true, description: "Online services of level 3; partial since Decree 42/2022/NĐ-CP (mức độ 3, một phần)." })
  onlineLevel3!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Online services of level 4; full-process since Decree 42/2022/NĐ-CP (mức độ 4, toàn trình).",
  })
  onlineLevel4!: number | null;
}

@ObjectType("ProcedureAuthority", {
  simpleResolvers: true,
  description: "Number of procedures for which one authority is competent (thẩm quyền giải quyết).",
})
export class ProcedureAuthorityType {
  @Field(() => UnitKindEnum, { description: "Kind of the authority." })
  kind!: UnitKind;

  @Field(() => String, { description: "Name as the source gives it." })
  name!: string;

  @Field(() => Int, { description: "Its procedures." })
  procedures!: number;
}
