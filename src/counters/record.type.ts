import { Field, ID, InputType, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";
import type { RecordKind } from "./record.entity.ts";
import type { RecordStatus } from "./record.loaders.ts";

export const RecordKindEnum = enumType<RecordKind>("RecordKind", "What is recorded one by one (loại dữ liệu gốc).", {
  DOSSIERS: "Dossiers of citizens (hồ sơ).",
  TASKS: "Tasks that were assigned (nhiệm vụ).",
});

@ObjectType("RecordStatus", {
  simpleResolvers: true,
  description: "How fresh and complete records of a unit are here (tình trạng dữ liệu gốc).",
})
export class RecordStatusType implements RecordStatus {
  @Field(() => RecordKindEnum, { description: "What is recorded (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => DateScalar, {
    nullable: true,
    description: "First day of the latest run of days for which they were stated to be complete; null where nobody has (đầy đủ từ ngày).",
  })
  completeSince!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "Last day of that run, which may lie ahead; null where nobody has stated one (đầy đủ đến ngày).",
  })
  completeThrough!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When records of the unit last came in, for VIEWERs of the unit; for all others midnight of that day. Null where none have (lần nhập gần nhất).",
  })
  lastImportAt!: string | null;
}

@InputType("DeclareCompleteInput", { description: "That the records of units are complete (xác nhận dữ liệu đầy đủ)." })
export class DeclareCompleteInput {
  @Field(() => RecordKindEnum, { description: "Which records (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => [ID], {
    description:
      "Codes on the last day, else on an earlier one of the days, or ids; of units that are no more, too. At most 5,000 (đơn vị).",
  })
  units!: string[];

  @Field(() => DateScalar, { description: "First day, from 1 January 2000 (từ ngày)." })
  since!: string;

  @Field(() => DateScalar, { description: "Last day; it may lie ahead, at most at the end of next year (đến ngày)." })
  through!: string;
}

@InputType("WithdrawCompletenessInput", { description: "That the records of units are not complete from a day on (thu hồi xác nhận)." })
export class WithdrawCompletenessInput {
  @Field(() => RecordKindEnum, { description: "Which records (loại dữ liệu)." })
  kind!: RecordKind;

  @Field(() => [ID], {
    description: "Codes today, else on an earlier day from `from` on, or ids; of units that are no more, too. At most 5,000 (đơn vị).",
  })
  units!: string[];

  @Field(() => DateScalar, { description: "First day for which it is taken back (từ ngày)." })
  from!: string;

  @Field(() => String, { description: "Why, 1 to 2,000 characters; the audit trail keeps it (lý do)." })
  reason!: string;
}

@ObjectType("DeclareCompletePayload", {
  simpleResolvers: true,
  description: "What is then known of the records of each unit (kết quả xác nhận).",
})
export class DeclareCompletePayloadType {
  @Field(() => [RecordStatusType], { description: "One for each unit named, in their order." })
  records!: RecordStatus[];
}
