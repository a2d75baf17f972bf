import { Field, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { EvidenceSourceKind, SourceState } from "./figure.entity.ts";

export const SourceKindEnum = enumType<EvidenceSourceKind>("SourceKind", "Kind of evidence (loại nguồn).", {
  REPORT: "A report that states figures (báo cáo).",
  RECORDS: "Single records of dossiers or tasks (dữ liệu gốc).",
  ASSESSMENT: "A publication of an assessment that was scored here (kết quả đánh giá đã công bố).",
  SYNTHETIC: "Generated data for demonstration (số liệu giả lập).",
});

export const SourceStateEnum = enumType<SourceState>("SourceState", "State of a report (trạng thái báo cáo).", {
  DRAFT: "Submitted; visible only to VIEWERs of its unit (bản nháp).",
  PUBLISHED: "Published; counts for everybody (đã công bố).",
  SUPERSEDED: "Replaced by a corrected report; remains stored but no longer counts (đã thay thế).",
  WITHDRAWN: "Withdrawn; remains stored but no longer counts (đã thu hồi).",
});

@ObjectType("DataSource", { simpleResolvers: true, description: "A source of numbers (nguồn số liệu)." })
export class SourceType {
  @Field(() => ID, { description: "Stable." })
  id!: string;

  @Field(() => SourceKindEnum, { description: "Kind of evidence." })
  kind!: EvidenceSourceKind;

  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => DateScalar, { nullable: true, description: "Day of publication; null if the source has none." })
  publishedOn!: string | null;

  @Field(() => SourceStateEnum, { description: "DRAFT if it counts only because the caller requested evidence ALL." })
  state!: SourceState;
}
