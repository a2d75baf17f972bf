import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { SourceState } from "../figures/figure.entity.ts";
import { SourceStateEnum } from "../figures/source.type.ts";
import { type Edge, PageInfo, totalCountField } from "../lib/page.ts";
import { DateScalar, DateTimeScalar } from "../lib/time/scalar.ts";

@Directive('@key(fields: "id")')
@ObjectType("Report", { simpleResolvers: true, description: "A report in one of its states (báo cáo); the service never deletes one." })
export class ReportType {
  @Field(() => ID, { description: "Stable; that of the source of its figures." })
  id!: string;

  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => DateScalar, { nullable: true, description: "Date of the report; null where it has none (ngày báo cáo)." })
  publishedOn!: string | null;

  @Field(() => String, { nullable: true, description: "A remark; null where there is none (ghi chú)." })
  note!: string | null;

  @Field(() => SourceStateEnum, { description: "Whether it counts, and for whom (trạng thái)." })
  state!: SourceState;

  @Field(() => String, { nullable: true, description: "Why it was withdrawn; null in other states (lý do thu hồi)." })
  reason!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was submitted; null where it was loaded with the service (thời điểm gửi).",
  })
  submittedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its state last changed; null where it was loaded with the service (thời điểm đổi trạng thái).",
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
