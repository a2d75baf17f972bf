import { Field, ObjectType } from "type-graphql";
import { enumType } from "../enum.ts";
import { DateScalar, DateTimeScalar } from "../time/scalar.ts";
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
    description: "When records of the unit last came in; null where none have (lần nhập gần nhất).",
  })
  lastImportAt!: string | null;
}
