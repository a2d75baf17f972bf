import { Field, ID, InputType, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";
import type { RecordKind } from "./record.entity.ts";
import type { RecordStatus } from "./record.loaders.ts";

export const RecordKindEnum = enumType<RecordKind>("RecordKind", "Kind of single records (loại dữ liệu gốc).", {
  DOSSIERS: "Dossiers of citizens (hồ sơ).",
  TASKS: "Tasks assigned to units (nhiệm vụ).",
});

@ObjectType("RecordStatus", {
  simpleResolvers: true,
  description: "How fresh and complete the records of a unit are in this service (tình trạng dữ liệu gốc).",
})
export class RecordStatusType implements RecordStatus {
  @Field(() => RecordKindEnum, { description: "Kind of records (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => DateScalar, {
    nullable: true,
    description: "First day of the latest range that was declared complete; null if there is none (đầy đủ từ ngày).",
  })
  completeSince!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "Last day of that range, which may be in the future; null if there is none (đầy đủ đến ngày).",
  })
  completeThrough!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "Time of the last import of the unit's records, for VIEWERs of the unit; for everybody else midnight of that day. Null without an import (lần nhập gần nhất).",
  })
  lastImportAt!: string | null;
}

@InputType("DeclareCompleteInput", { description: "Declares the records of units complete (xác nhận dữ liệu đầy đủ)." })
export class DeclareCompleteInput {
  @Field(() => RecordKindEnum, { description: "Kind of records (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => [ID], {
    description:
      "Unit codes on the last day, or on an earlier day of the range, or unit ids; abolished units are accepted. At most 5,000 (đơn vị).",
  })
  units!: string[];

  @Field(() => DateScalar, { description: "First day, from 1 January 2000 (từ ngày)." })
  since!: string;

  @Field(() => DateScalar, { description: "Last day; may be in the future, up to the end of next year (đến ngày)." })
  through!: string;
}

@InputType("WithdrawCompletenessInput", { description: "Withdraws the completeness of records of units from a day on (thu hồi xác nhận)." })
export class WithdrawCompletenessInput {
  @Field(() => RecordKindEnum, { description: "Kind of records (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => [ID], {
    description: "Unit codes today, or on a day from `from` on, or unit ids; abolished units are accepted. At most 5,000 (đơn vị).",
  })
  units!: string[];

  @Field(() => DateScalar, { description: "First day for which completeness is withdrawn (từ ngày)." })
  from!: string;

  @Field(() => String, { description: "The reason, 1 to 2,000 characters, which the audit trail stores (lý do)." })
  reason!: string;
}

@ObjectType("DeclareCompletePayload", {
  simpleResolvers: true,
  description: "The status of the records of each unit after the change (kết quả xác nhận).",
})
export class DeclareCompletePayloadType {
  @Field(() => [RecordStatusType], { description: "One status for each unit of the input, in the same order." })
  records!: RecordStatus[];
}
