import { Field, ID, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { DateScalar } from "../lib/time/scalar.ts";
import type { SourceKind, SourceState } from "./figure.entity.ts";

export const SourceKindEnum = enumType<SourceKind>("SourceKind", "Kind of evidence (loại nguồn).", {
  REPORT: "A report that states figures (báo cáo).",
  RECORDS: "Single records of dossiers or tasks (dữ liệu gốc).",
  SYNTHETIC: "Made up for demonstration (số liệu giả lập).",
});

export const SourceStateEnum = enumType<SourceState>("SourceState", "State of a report (trạng thái báo cáo).", {
  DRAFT: "Submitted; seen by VIEWERs of its unit alone (bản nháp).",
  PUBLISHED: "Published: it counts for everybody (đã công bố).",
  SUPERSEDED: "A corrected report has taken its place; it is kept, and counts no more (đã thay thế).",
  WITHDRAWN: "Taken back; it is kept, and counts no more (đã thu hồi).",
});

@ObjectType("DataSource", { simpleResolvers: true, description: "Where numbers come from (nguồn số liệu)." })
export class SourceType {
  @Field(() => ID, { description: "Stable." })
  id!: string;

  @Field(() => SourceKindEnum, { description: "Kind of evidence." })
  kind!: SourceKind;

  @Field(() => String, { description: "Title as published (tiêu đề)." })
  title!: string;

  @Field(() => DateScalar, { nullable: true, description: "Day of publication; null where the source bears none." })
  publishedOn!: string | null;

  @Field(() => SourceStateEnum, { description: "DRAFT where it counts only because the caller asked for all evidence." })
  state!: SourceState;
}
