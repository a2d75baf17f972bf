import { Directive, Field, Float, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { type Edge, PageInfo, totalCountField } from "../lib/page.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { TierEnum } from "../units/unit.type.ts";
import type { ServiceLevel } from "./procedure.entity.ts";
import type { FieldView, ProcedureView } from "./procedure.loaders.ts";

export const ServiceLevelEnum = enumType<ServiceLevel>("ServiceLevel", "Level of online service of a procedure (mức độ dịch vụ công).", {
  INFORMATION: "Only information is offered online (cung cấp thông tin).",
  PARTIAL: "Some of its steps are online (một phần).",
  FULL: "The whole procedure is online (toàn trình).",
});

@ObjectType("ProcedureField", { simpleResolvers: true, description: "A field of procedures (lĩnh vực)." })
export class ProcedureFieldType implements Omit<FieldView, "no"> {
  @Field(() => ID, { description: "Code of the field in the catalogue (mã lĩnh vực)." })
  code!: string;

  @Field(() => String, { description: "Name of the field (tên lĩnh vực), such as Hộ tịch." })
  name!: string;
}

@Directive('@key(fields: "code")')
@ObjectType("Procedure", { simpleResolvers: true, description: "An administrative procedure of the catalogue (thủ tục hành chính)." })
export class ProcedureType implements Omit<ProcedureView, "no" | "fieldNo"> {
  @Field(() => ID, {
    description: "National code, such as 1.000894, or code of a local copy, such as 1.010708.000.00.00.H56 (mã thủ tục).",
  })
  code!: string;

  @Field(() => String, { description: "Name of the procedure (tên thủ tục), such as Thủ tục đăng ký kết hôn." })
  name!: string;

  @Field(() => TierEnum, { description: "The tier that decides on dossiers of the procedure (cấp thực hiện)." })
  competence!: Tier;

  @Field(() => ServiceLevelEnum, { description: "Level of online service (mức độ dịch vụ công)." })
  serviceLevel!: ServiceLevel;

  @Field(() => Float, { nullable: true, description: "Statutory working days; null if the law sets none (thời hạn giải quyết)." })
  workingDays!: number | null;

  @Field(() => Boolean, { description: "True if the procedure has a fee (có phí, lệ phí)." })
  hasFee!: boolean;
}

@ObjectType("ProcedureEdge", { simpleResolvers: true, description: "A procedure in a list." })
export class ProcedureEdge implements Edge<ProcedureType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => ProcedureType, { description: "The procedure." })
  node!: ProcedureType;
}

@ObjectType("ProcedureConnection", { simpleResolvers: true, description: "A page of procedures (danh sách thủ tục)." })
export class ProcedureConnection {
  @Field(() => [ProcedureEdge], { description: "The procedures of the page with their cursors." })
  edges!: ProcedureEdge[];

  @Field(() => [ProcedureType], { description: "The procedures of the page." })
  nodes!: ProcedureType[];

  @Field(() => PageInfo, { description: "Information about the page." })
  pageInfo!: PageInfo;

  @totalCountField
  totalCount!: number;
}
