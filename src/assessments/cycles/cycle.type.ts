import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { enumType } from "../../lib/enum.ts";
import { type Edge, PageInfo } from "../../lib/page.ts";
import { DateScalar, DateTimeScalar, PeriodScalar } from "../../lib/time/scalar.ts";
import { UnitType } from "../../units/unit.type.ts";
import { PeerBlockType } from "../assessment.type.ts";
import { InputProblemType } from "../input-problem.type.ts";
import { CriterionType } from "../rubrics/rubric.type.ts";
import type { AdjustmentKind, CycleStage, ScoreRound } from "./cycle-vocabulary.ts";

export const CycleStageEnum = enumType<CycleStage>("CycleStage", "A stage of an assessment cycle, in order (giai đoạn đánh giá).", {
  SELF_SCORING: "Units score themselves (tự chấm điểm).",
  FIRST_APPRAISAL: "First appraisal (thẩm định lần 1).",
  EXPLANATION: "Units explain (giải trình).",
  SECOND_APPRAISAL: "Second appraisal (thẩm định lần 2).",
  SURVEY: "Survey results and adjustments are entered (điều tra xã hội học, điểm thưởng, điểm phạt).",
  PUBLISHED: "The results are published (đã công bố).",
});

export const ScoreRoundEnum = enumType<ScoreRound>("ScoreRound", "A round of scoring (vòng chấm điểm).", {
  SELF: "The self-scores (tự chấm điểm).",
  FIRST: "After the first appraisal (thẩm định lần 1).",
  SECOND: "After the second appraisal (thẩm định lần 2).",
  FINAL: "With survey, bonus and penalty (kết quả).",
});

export const AdjustmentKindEnum = enumType<AdjustmentKind>("AdjustmentKind", "Direction of an adjustment (loại điều chỉnh).", {
  BONUS: "Added points (điểm thưởng).",
  PENALTY: "Taken points (điểm phạt).",
});

@ObjectType("StageDeadline", { simpleResolvers: true, description: "The last day of a stage (hạn của giai đoạn)." })
export class StageDeadlineType {
  @Field(() => CycleStageEnum, { description: "The stage (giai đoạn)." })
  stage!: CycleStage;

  @Field(() => DateScalar, { description: "The last day on which others than the organiser can write (ngày hết hạn)." })
  on!: string;
}

@ObjectType("CycleMember", {
  simpleResolvers: true,
  description:
    "A unit that is scored in a cycle (đơn vị được đánh giá). It may be scored without being ranked, as one that was merged meanwhile.",
})
export class CycleMemberType {
  @Field(() => UnitType, { description: "The unit, as of the end of the period, today, or its last day (đơn vị)." })
  unit!: UnitType;

  @Field(() => Boolean, { description: "False if it is scored and not ranked (có xếp hạng)." })
  isRanked!: boolean;

  @Field(() => String, { nullable: true, description: "Why it is not ranked; null if it is (lý do không xếp hạng)." })
  reason!: string | null;
}

@ObjectType("AssessmentCycle", { simpleResolvers: true, description: "One year's assessment of one peer block (đợt đánh giá)." })
export class AssessmentCycleType {
  @Field(() => ID, { description: "Stable (định danh)." })
  id!: string;

  @Field(() => PeerBlockType, { description: "The units that are ranked with each other (khối)." })
  block!: PeerBlockType;

  @Field(() => Int, { description: "Assessed year (năm đánh giá)." })
  year!: number;

  @Field(() => PeriodScalar, { description: "The period of which computed criteria are computed (kỳ đánh giá)." })
  period!: unknown;

  @Field(() => CycleStageEnum, { description: "Its stage (giai đoạn)." })
  stage!: CycleStage;

  @Field(() => [StageDeadlineType], {
    description: "The last day of each stage that has one, in the order of stages; after it only the organiser can still write (thời hạn).",
  })
  deadlines!: StageDeadlineType[];
}

@ObjectType("ScoreEvidence", { simpleResolvers: true, description: "A named link; files stay where they are (tài liệu kiểm chứng)." })
export class ScoreEvidenceType {
  @Field(() => String, { description: "Its name (tên)." })
  name!: string;

  @Field(() => String, { description: "Its address (đường dẫn)." })
  url!: string;
}

const NODE = "of an inner node the sum of those below it; null while one of these is not decided";

@ObjectType("ScoreItem", { simpleResolvers: true, description: "The scores of a unit by one criterion (điểm theo tiêu chí)." })
export class ScoreItemType {
  @Field(() => CriterionType, { description: "The criterion (tiêu chí)." })
  criterion!: CriterionType;

  @Field(() => Boolean, {
    description: "False where it does not apply to the unit: it leaves the maximum and has no points (có áp dụng).",
  })
  isApplicable!: boolean;

  @Field(() => Float, { nullable: true, description: `Self-score; ${NODE} (điểm tự chấm).` })
  selfScore!: number | null;

  @Field(() => Float, { nullable: true, description: `Points of the first appraisal; ${NODE} (điểm thẩm định lần 1).` })
  firstScore!: number | null;

  @Field(() => Float, { nullable: true, description: `Points of the second appraisal; ${NODE} (điểm thẩm định lần 2).` })
  secondScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Second, else first appraisal, else of INDICATOR the frozen computed points; of SURVEY the points of its answers; of inner nodes the sum. Null while it is not decided " +
      "(điểm kết quả).",
  })
  finalScore!: number | null;

  @Field(() => String, { nullable: true, description: "Remark of the unit on its self-score; null if there is none (giải thích tự chấm)." })
  selfNote!: string | null;

  @Field(() => String, { nullable: true, description: "Remark of the first appraisal; null if there is none (ý kiến thẩm định lần 1)." })
  firstNote!: string | null;

  @Field(() => String, { nullable: true, description: "Explanation of the unit; null if there is none (giải trình)." })
  explanation!: string | null;

  @Field(() => String, { nullable: true, description: "Remark of the second appraisal; null if there is none (ý kiến thẩm định lần 2)." })
  secondNote!: string | null;

  @Field(() => [ScoreEvidenceType], { description: "Links of the unit that prove it (tài liệu kiểm chứng)." })
  evidence!: ScoreEvidenceType[];
}

@ObjectType("ScoreAdjustment", { simpleResolvers: true, description: "Bonus or penalty of a unit (điểm thưởng, điểm phạt)." })
export class ScoreAdjustmentType {
  @Field(() => ID, { description: "Stable (định danh)." })
  id!: string;

  @Field(() => AdjustmentKindEnum, { description: "Bonus or penalty (loại)." })
  kind!: AdjustmentKind;

  @Field(() => Float, { description: "Points, above 0 for both kinds (điểm)." })
  points!: number;

  @Field(() => String, { description: "The reason (lý do)." })
  reason!: string;

  @Field(() => DateTimeScalar, { description: "When it was decided (thời điểm quyết định)." })
  decidedAt!: string;
}

@ObjectType("ScoreSheet", {
  simpleResolvers: true,
  description:
    "One member's scores (phiếu chấm điểm). Seen by VIEWERs of the member and of the organiser. ASSESSORs of an appraiser see their own criteria of other units, and sums with " +
    "other criteria in them are null for them.",
})
export class ScoreSheetType {
  @Field(() => ID, { description: "Stable (định danh)." })
  id!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was handed in; null until then (thời điểm nộp)." })
  submittedAt!: string | null;
}

@ObjectType("AssessmentCycleEdge", { simpleResolvers: true, description: "A cycle in a list." })
export class AssessmentCycleEdge implements Edge<AssessmentCycleType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => AssessmentCycleType, { description: "The cycle." })
  node!: AssessmentCycleType;
}

@ObjectType("AssessmentCycleConnection", { simpleResolvers: true, description: "A page of assessment cycles (danh sách đợt đánh giá)." })
export class AssessmentCycleConnection {
  @Field(() => [AssessmentCycleEdge], { description: "The cycles of the page with their cursors." })
  edges!: AssessmentCycleEdge[];

  @Field(() => [AssessmentCycleType], { description: "The cycles of the page." })
  nodes!: AssessmentCycleType[];

  @Field(() => PageInfo, { description: "The position of the page." })
  pageInfo!: PageInfo;
}

const PROBLEMS = "The first 1,000; empty where the change was stored (các lỗi).";

@ObjectType("AssessmentCyclePayload", { simpleResolvers: true, description: "The result of a change of a cycle (kết quả)." })
export class AssessmentCyclePayloadType {
  @Field(() => AssessmentCycleType, { nullable: true, description: "The cycle; null where there are problems (đợt đánh giá)." })
  cycle!: AssessmentCycleType | null;

  @Field(() => [InputProblemType], { description: PROBLEMS })
  problems!: readonly InputProblemType[];
}

@ObjectType("ScoreSheetPayload", { simpleResolvers: true, description: "The result of a change of a sheet (kết quả)." })
export class ScoreSheetPayloadType {
  @Field(() => ScoreSheetType, { nullable: true, description: "The sheet; null where there are problems (phiếu chấm điểm)." })
  sheet!: ScoreSheetType | null;

  @Field(() => [InputProblemType], { description: PROBLEMS })
  problems!: readonly InputProblemType[];
}
