import { Directive, Field, Float, ID, InputType, ObjectType } from "type-graphql";
import type { SourceState } from "../figures/figure.entity.ts";
import { SourceStateEnum } from "../figures/source.type.ts";
import { type Edge, PageInfo, totalCountField } from "../lib/page.ts";
import { DateScalar, DateTimeScalar, PeriodScalar } from "../lib/time/scalar.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import { TierEnum } from "../units/unit.type.ts";

@InputType("FigureInput", { description: "One number, range or rate that a report states (số liệu)." })
export class FigureInput {
  @Field(() => ID, {
    nullable: true,
    description: "Code on the last day of the period, or id, of the unit that it is of: the report's own unless said, or one within it.",
  })
  unit?: string | null;

  @Field(() => ID, {
    description: "Code of the measure: dossier.received, task.total, or a rate such as dossier.on-time-rate (mã chỉ tiêu).",
  })
  measure!: string;

  @Field(() => TierEnum, {
    nullable: true,
    description:
      "The tier that handled it: the unit's own, or a lower one of which it speaks. Blank is the whole unit with all its tiers (cấp).",
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

  @Field(() => Float, { nullable: true, description: "Of how many, where the figure brings its own denominator: 233 of 164/233 (mẫu số)." })
  denominator?: number | null;

  @Field(() => String, { description: "The words of the report that state it (trích dẫn)." })
  quote!: string;
}

@InputType("ReportInput", { description: "A report with the figures that it states (báo cáo)." })
export class ReportInput {
  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => ID, { description: "Code on the last day of its latest period, or id, of the unit that it speaks of (đơn vị báo cáo)." })
  unit!: string;

  @Field(() => DateScalar, { nullable: true, description: "Day that it bears, up to today; null where it bears none (ngày báo cáo)." })
  publishedOn?: string | null;

  @Field(() => String, { nullable: true, description: "A remark (ghi chú)." })
  note?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id of the report that this one corrects: a draft gives way at once, a published report when this one is published (thay thế).",
  })
  supersedes?: string | null;

  @Field(() => [FigureInput], { description: "Its figures, at most 5,000." })
  figures!: FigureInput[];
}

@Directive('@key(fields: "id")')
@ObjectType("Report", { simpleResolvers: true, description: "A report in one of its states (báo cáo); nothing of it is ever deleted." })
export class ReportType {
  @Field(() => ID, { description: "Stable; that of the source of its figures." })
  id!: string;

  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => DateScalar, { nullable: true, description: "Day that it bears; null where it bears none (ngày báo cáo)." })
  publishedOn!: string | null;

  @Field(() => String, { nullable: true, description: "A remark; null where there is none (ghi chú)." })
  note!: string | null;

  @Field(() => SourceStateEnum, { description: "Whether it counts, and for whom (trạng thái)." })
  state!: SourceState;

  @Field(() => String, { nullable: true, description: "Why it was withdrawn; null in other states (lý do thu hồi)." })
  reason!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was submitted; null where it was loaded with the service." })
  submittedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it came into its present state; null where it was loaded with the service.",
  })
  stateAt!: string | null;
}

@ObjectType("ReportEdge", { simpleResolvers: true, description: "A report in a list." })
export class ReportEdge implements Edge<ReportType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => ReportType, { description: "The report." })
  node!: ReportType;
}

@ObjectType("ReportConnection", { simpleResolvers: true, description: "A page of reports (danh sách báo cáo)." })
export class ReportConnection {
  @Field(() => [ReportEdge], { description: "The reports of the page with their cursors." })
  edges!: ReportEdge[];

  @Field(() => [ReportType], { description: "The reports of the page." })
  nodes!: ReportType[];

  @Field(() => PageInfo, { description: "Where the page stands." })
  pageInfo!: PageInfo;

  @totalCountField
  totalCount!: number;
}
