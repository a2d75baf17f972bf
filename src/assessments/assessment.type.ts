import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { enumType } from "../lib/enum.ts";
import { Rate } from "../rollups/rate.ts";
import { SourceType } from "../figures/source.type.ts";
import { UnitType } from "../units/unit.type.ts";
import type { RubricState } from "./rubrics/rubric.entity.ts";
import type { CommendationForm, IndexKind } from "./vocabulary.ts";

export const IndexKindEnum = enumType<IndexKind>("IndexKind", "What an assessment measures (loại chỉ số).", {
  PAR: "Administrative reform index (chỉ số cải cách hành chính).",
  ARCHIVES: "Clerical and archival work (công tác văn thư, lưu trữ).",
  SIPAS: "Satisfaction with administrative services (chỉ số hài lòng).",
  PAPI: "Provincial governance and public administration (PAPI).",
  PCI: "Provincial competitiveness (PCI).",
  DDCI: "Competitiveness of departments and districts (DDCI).",
  DTI: "Digital transformation (chỉ số chuyển đổi số).",
  SERVICE_QUALITY: "Quality of service to people and businesses, Decision 766/QĐ-TTg (bộ chỉ số 766).",
  OTHER: "Another index (khác).",
});

export const CommendationFormEnum = enumType<CommendationForm>("CommendationForm", "Form of a commendation (hình thức khen thưởng).", {
  CERTIFICATE_OF_MERIT: "Certificate of merit, by a province (bằng khen).",
  CERTIFICATE: "Certificate, by a district or commune (giấy khen).",
});

@ObjectType("Classification", {
  simpleResolvers: true,
  description: "A class as stated by the source, never derived from a score (xếp loại).",
})
export class ClassificationType {
  @Field(() => ID, { description: "XUAT_SAC · TOT · KHA · TRUNG_BINH_KHA · TRUNG_BINH · YEU · CHUA_DAT." })
  code!: string;

  @Field(() => String, { description: "In Vietnamese: xuất sắc." })
  label!: string;

  @Field(() => String, { description: "In English: excellent." })
  labelEn!: string;
}

@ObjectType("ScoreBand", {
  simpleResolvers: true,
  description: "Range of scores of one class (thang xếp loại). Half-open: from <= score < to; the top class has no upper end.",
})
export class BandType {
  @Field(() => ClassificationType, { description: "The class." })
  classification!: ClassificationType;

  @Field(() => Float, { nullable: true, description: "Lowest score of the class; null for the lowest class." })
  from!: number | null;

  @Field(() => Float, { nullable: true, description: "Score from which the next class begins; null for the top class." })
  to!: number | null;
}

export const RubricStateEnum = enumType<RubricState>("RubricState", "The state of a rubric (trạng thái bộ tiêu chí).", {
  DRAFT: "For VIEWERs of the organiser alone (dự thảo).",
  PUBLISHED: "Public; it never changes (đã ban hành).",
});

@ObjectType("PeerBlock", { simpleResolvers: true, description: "Units that are ranked with each other (khối)." })
export class PeerBlockType {
  @Field(() => ID, { description: "DEPARTMENTS · CENTRAL_AGENCIES · DISTRICTS · COMMUNES · DIVISIONS · ALL …" })
  code!: string;

  @Field(() => String, { description: "Name in Vietnamese." })
  name!: string;
}

@ObjectType("Rubric", {
  simpleResolvers: true,
  description:
    "Criteria for one peer block in one year (bộ tiêu chí). A published rubric is public and never changes: a correction is a new version. Drafts are for VIEWERs of the " +
    "organiser. A rubric that reports merely name is PUBLISHED, of version 1, and has no domains.",
})
export class RubricType {
  @Field(() => ID, { description: "Stable." })
  id!: string;

  @Field(() => IndexKindEnum, { description: "The index." })
  index!: IndexKind;

  @Field(() => String, { description: "Name in Vietnamese." })
  name!: string;

  @Field(() => Int, { description: "Assessed year." })
  year!: number;

  @Field(() => PeerBlockType, { nullable: true, description: "The units that are judged by it (khối)." })
  block!: PeerBlockType;

  @Field(() => Int, { description: "Version, counted from 1 (phiên bản)." })
  version!: number;

  @Field(() => RubricStateEnum, { description: "Its state (trạng thái)." })
  state!: RubricState;

  @Field(() => Float, {
    nullable: true,
    description: "Points without bonus, as stated; null if the source does not state them (điểm tối đa).",
  })
  maxScore!: number | null;

  @Field(() => [BandType], { description: "Its classes by score, as published; empty if the source does not state them." })
  bands!: BandType[];

  @Field(() => Float, {
    nullable: true,
    description: "The most that bonus may add in the year; null if it is not stated (điểm thưởng tối đa).",
  })
  bonusMax!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The most that penalty may take in the year; null if it is not stated (điểm phạt tối đa).",
  })
  penaltyMax!: number | null;
}

@ObjectType("Assessment", {
  simpleResolvers: true,
  description:
    "One unit's result (kết quả đánh giá). Scores do not roll up. They may exceed maxScore (bonus points) and are never clamped.",
})
export class AssessmentType {
  @Field(() => UnitType, { description: "The assessed unit." })
  unit!: UnitType;

  @Field(() => RubricType, { description: "The criteria." })
  rubric!: RubricType;

  @Field(() => PeerBlockType, { description: "The block in which the unit was ranked." })
  block!: PeerBlockType;

  @Field(() => Int, { description: "Assessed year." })
  year!: number;

  @Field(() => Float, { nullable: true, description: "Points (điểm); null if the source does not state them." })
  score!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Rank within the block, 1 is the best (thứ hạng); null if the source does not state it.",
  })
  rank!: number | null;

  @Field(() => Int, { nullable: true, description: "Number of ranked units; null if the source does not state it." })
  rankOf!: number | null;

  @Field(() => ClassificationType, { nullable: true, description: "Class; null if the source does not state it." })
  classification!: ClassificationType | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the published class is not that of the band; null where it is, and for what reports state (lý do xếp loại khác).",
  })
  classificationReason!: string | null;

  @Field(() => [SourceType], { description: "Sources of the result." })
  sources!: SourceType[];
}

@ObjectType("ClassificationCount", {
  simpleResolvers: true,
  description: "Number of units of a block in one class (số đơn vị theo xếp loại).",
})
export class ClassificationCountType {
  @Field(() => ClassificationType, { description: "The class." })
  classification!: ClassificationType;

  @Field(() => Int, { description: "Its units; 0 if the source states that there are none." })
  count!: number;
}

@ObjectType("Ranking", {
  simpleResolvers: true,
  description:
    "Ranking of one peer block in one year (bảng xếp hạng). It belongs to the unit that published it, or for reports to the parent of the ranked units.",
})
export class RankingType {
  @Field(() => RubricType, { description: "The criteria." })
  rubric!: RubricType;

  @Field(() => PeerBlockType, { description: "The ranked units." })
  block!: PeerBlockType;

  @Field(() => Int, { description: "Assessed year." })
  year!: number;

  @Field(() => Int, { nullable: true, description: "Number of ranked members; null if the source does not state it." })
  ranked!: number | null;

  @Field(() => [ClassificationCountType], { description: "In the order of the source." })
  byClassification!: ClassificationCountType[];

  @Field(() => [AssessmentType], { description: "Best first; only members with a published result." })
  entries!: AssessmentType[];

  @Field(() => [SourceType], { description: "Sources of the ranking." })
  sources!: SourceType[];

  @Field(() => Int, { description: "Counts from 1; a correction is the next version, and earlier ones stay readable (phiên bản)." })
  version!: number;

  @Field(() => String, {
    nullable: true,
    description: "Why it corrects the version before; null for the first one, and for what reports state (lý do đính chính).",
  })
  reason!: string | null;
}

@ObjectType("SurveyResult", { simpleResolvers: true, description: "Satisfaction of people who answered a survey (kết quả khảo sát)." })
export class SurveyResultType {
  @Field(() => String, { description: "The question, in the words of the source." })
  question!: string;

  @Field(() => Rate, { description: "Satisfied / asked (tỷ lệ hài lòng)." })
  satisfied!: Rate;

  @Field(() => [SourceType], { description: "Sources of the result." })
  sources!: SourceType[];
}

@ObjectType("Commendation", { simpleResolvers: true, description: "Commendations that the unit gave (khen thưởng)." })
export class CommendationType {
  @Field(() => CommendationFormEnum, { description: "Form." })
  form!: CommendationForm;

  @Field(() => IndexKindEnum, { description: "Kind of the commended work." })
  index!: IndexKind;

  @Field(() => Int, { nullable: true, description: "Number of commended collectives (tập thể); null if the source does not state it." })
  collectives!: number | null;

  @Field(() => Int, { nullable: true, description: "Number of commended persons (cá nhân); null if the source does not state it." })
  individuals!: number | null;

  @Field(() => [SourceType], { description: "Sources of the numbers." })
  sources!: SourceType[];
}
