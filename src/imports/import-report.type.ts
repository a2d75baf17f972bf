import { Field, ID, Int, ObjectType } from "type-graphql";

export const SOURCE_NAME =
  "Name of the source system, 1 to 100 characters, unique among the sources of its owner; or its id (hệ thống nguồn).";
export const SOURCE_OWNER = "Code or id of the unit that owns the source (đơn vị chủ quản).";
export const SOURCE_OWNER_IF_SEVERAL =
  "Code or id of the unit that owns the source; required only if the caller covers several units with a source of that name (đơn vị chủ quản).";

@ObjectType("ImportProblem", { simpleResolvers: true, description: "Why a row was not stored (lỗi nhập liệu)." })
export class ImportProblemType {
  @Field(() => Int, { description: "Position in the list, counted from 1." })
  row!: number;

  @Field(() => ID, { nullable: true, description: "Code of the record, if the row has one." })
  record!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Invalid field of the row, such as pauses[0].from; null if the problem concerns the whole row.",
  })
  field!: string | null;

  @Field(() => String, { description: "Stable name of the problem, such as ENDED_BEFORE_RECEIVED." })
  code!: string;

  @Field(() => String, { description: "Explanation with the value and the requirement." })
  message!: string;
}

@ObjectType("ImportWarning", { simpleResolvers: true, description: "A warning about a stored row (cảnh báo nhập liệu)." })
export class ImportWarningType {
  @Field(() => Int, { description: "Position in the list, counted from 1." })
  row!: number;

  @Field(() => ID, { description: "Code of the record." })
  record!: string;

  @Field(() => String, { description: "Field of the row." })
  field!: string;

  @Field(() => String, {
    description: "Stable name of the warning. KNOWN_FROM_OTHER_SOURCE: another source has sent a record of this code, which counts twice.",
  })
  code!: string;

  @Field(() => String, { description: "Explanation with the value." })
  message!: string;
}

@ObjectType("ImportReport", { simpleResolvers: true, description: "Result of an import by row (kết quả nhập)." })
export class ImportReportType {
  @Field(() => ID, { description: "Import id in the ledger; not stored for dry runs and rejected imports." })
  id!: string;

  @Field(() => Boolean, {
    description: "False if nothing was stored: a dry run, or an invalid row without partial. Invalid rows are not errors of the operation.",
  })
  isKept!: boolean;

  @Field(() => Int, { description: "New records." })
  created!: number;

  @Field(() => Int, { description: "Number of records that were updated or retracted." })
  updated!: number;

  @Field(() => Int, { description: "Number of rows equal to the stored record." })
  unchanged!: number;

  @Field(() => Int, { description: "Number of rows older than the stored record, which are ignored." })
  stale!: number;

  @Field(() => Int, { description: "Number of rows that were not stored; see problems." })
  rejected!: number;

  @Field(() => [ImportProblemType], { description: "The first 1,000, in the order of rows." })
  problems!: ImportProblemType[];

  @Field(() => [ImportWarningType], { description: "The first 1,000, in the order of rows; only about records that the caller may write." })
  warnings!: ImportWarningType[];
}

@ObjectType("ImportPayload", { simpleResolvers: true, description: "Result of an import (kết quả nhập)." })
export class ImportPayloadType {
  @Field(() => ImportReportType, { description: "Result by row (báo cáo nhập)." })
  report!: ImportReportType;
}
