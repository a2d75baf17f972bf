import { Field, Float, ID, InputType, ObjectType } from "type-graphql";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { enumType } from "../lib/enum.ts";
import { DateScalar, PeriodScalar } from "../lib/time/scalar.ts";
import { TierEnum } from "../units/unit.type.ts";
import { REPORT_PROBLEMS, type ReportProblem, type ReportProblemCode } from "./report-problem.ts";
import { ReportType } from "./report.type.ts";

@InputType("FigureInput", { description: "One number, range or rate that a report states (số liệu)." })
export class FigureInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "Code on the last day of the period, or id, of the unit that it is about: one within the unit of the report, by default that unit (đơn vị).",
  })
  unit?: string | null;

  @Field(() => ID, {
    description: "Code of the measure: dossier.received, task.total, or a rate such as dossier.on-time-rate (mã chỉ tiêu).",
  })
  measure!: string;

  @Field(() => TierEnum, {
    nullable: true,
    description: "The tier that handled it: the unit's own, or a lower one. Null is the whole unit with all its tiers (cấp).",
  })
  scope?: Tier | null;

  @Field(() => PeriodScalar, { description: "The period that it is stated for (kỳ báo cáo)." })
  period!: string;

  @Field(() => Float, {
    nullable: true,
    description: "A count, at most 2,147,483,647, or a share 0..1 of a rate; left out where a range is stated (giá trị).",
  })
  value?: number | null;

  @Field(() => Float, { nullable: true, description: "Lower end of a range (cận dưới)." })
  low?: number | null;

  @Field(() => Float, { nullable: true, description: "Upper end of a range (cận trên)." })
  high?: number | null;

  @Field(() => Float, { nullable: true, description: "The denominator, where the figure has its own: 233 in 164/233 (mẫu số)." })
  denominator?: number | null;

  @Field(() => String, { description: "The words of the report that state it (trích dẫn)." })
  quote!: string;
}

@InputType("SubmitReportInput", { description: "A report with the figures that it states (báo cáo)." })
export class SubmitReportInput {
  @Field(() => String, {
    description: "A key that the caller chooses, new for each report: 1 to 200 visible ASCII characters (khóa chống gửi trùng).",
  })
  idempotencyKey!: string;

  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => ID, { description: "Code on the last day of its latest period, or id, of the unit that it is about (đơn vị báo cáo)." })
  unit!: string;

  @Field(() => DateScalar, { nullable: true, description: "Date of the report, up to today; null where it has none (ngày báo cáo)." })
  publishedOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark (ghi chú)." })
  note?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id of the report that this one corrects: it supersedes a draft at once, a published report when it is published itself (thay thế).",
  })
  supersedes?: string | null;

  @Field(() => [FigureInput], { description: "Its figures, 1 to 5,000 (số liệu)." })
  figures!: FigureInput[];
}

export const ReportProblemCodeEnum = enumType<ReportProblemCode>(
  "ReportProblemCode",
  "What is wrong with a submitted report (loại lỗi của báo cáo).",
  REPORT_PROBLEMS,
);

@ObjectType("ReportProblem", { simpleResolvers: true, description: "Why the service did not store a report (lỗi của báo cáo)." })
export class ReportProblemType implements ReportProblem {
  @Field(() => [String], { description: "Path into the input, lists counted from 0: figures, 3, value (vị trí)." })
  path!: string[];

  @Field(() => ReportProblemCodeEnum, { description: "Stable name of the problem (mã lỗi)." })
  code!: ReportProblemCode;

  @Field(() => String, { description: "In words, with the values and what they must be (nội dung)." })
  message!: string;
}

@ObjectType("SubmitReportPayload", {
  simpleResolvers: true,
  description: "The stored draft, or what is wrong with it (kết quả gửi báo cáo).",
})
export class SubmitReportPayload {
  @Field(() => ReportType, {
    nullable: true,
    description: "The draft; null where there are problems, and then nothing is stored (báo cáo).",
  })
  report!: ReportType | null;

  @Field(() => [ReportProblemType], { description: "The first 1,000; empty where the report is stored (các lỗi)." })
  problems!: ReportProblemType[];
}

@InputType("PublishReportInput", { description: "A report to publish (báo cáo cần công bố)." })
export class PublishReportInput {
  @Field(() => ID, { description: "Id of the report (định danh)." })
  id!: string;
}

@ObjectType("PublishReportPayload", { simpleResolvers: true, description: "The published report (báo cáo đã công bố)." })
export class PublishReportPayload {
  @Field(() => ReportType, { description: "The report (báo cáo)." })
  report!: ReportType;
}

@InputType("WithdrawReportInput", { description: "A report to withdraw (báo cáo cần thu hồi)." })
export class WithdrawReportInput {
  @Field(() => ID, { description: "Id of the report (định danh)." })
  id!: string;

  @Field(() => String, { description: "Why, 1 to 1,000 characters; the report shows it (lý do thu hồi)." })
  reason!: string;
}

@ObjectType("WithdrawReportPayload", { simpleResolvers: true, description: "The withdrawn report (báo cáo đã thu hồi)." })
export class WithdrawReportPayload {
  @Field(() => ReportType, { description: "The report (báo cáo)." })
  report!: ReportType;
}
