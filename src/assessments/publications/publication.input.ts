import { Field, Float, ID, InputType } from "type-graphql";
import { DateScalar } from "../../lib/time/scalar.ts";
import { AdjustmentKindEnum } from "../cycles/cycle.type.ts";
import type { AdjustmentKind } from "../cycles/cycle-vocabulary.ts";

@InputType("PublishAssessmentCycleInput", { description: "The publication of the results of a cycle (công bố kết quả)." })
export class PublishAssessmentCycleInput {
  @Field(() => ID, { description: "Id of the cycle (đợt đánh giá)." })
  cycle!: string;

  @Field(() => String, { description: "Title of the decision that publishes them, at most 500 characters (tiêu đề)." })
  title!: string;

  @Field(() => DateScalar, { nullable: true, description: "Day of publication, not after today; default today (ngày công bố)." })
  publishedOn?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Publishes although criteria are undecided; their members get no score and no rank (vẫn công bố).",
  })
  force!: boolean;
}

@InputType("CorrectedScoreInput", {
  description: "Another final score of a criterion, or whether it applies; exactly one of points and isApplicable (điểm được đính chính).",
})
export class CorrectedScoreInput {
  @Field(() => ID, { description: "Id of the sheet (phiếu chấm điểm)." })
  sheet!: string;

  @Field(() => ID, { description: "Id of the criterion, a leaf of the rubric (tiêu chí)." })
  criterion!: string;

  @Field(() => Float, {
    nullable: true,
    description: "Final points, from 0 to the maximum of the criterion, with at most two decimals (điểm).",
  })
  points?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the criterion applies to the unit (có áp dụng)." })
  isApplicable?: boolean | null;
}

@InputType("CorrectedAdjustmentInput", { description: "Bonus or penalty that a correction adds (điểm thưởng, điểm phạt bổ sung)." })
export class CorrectedAdjustmentInput {
  @Field(() => ID, { description: "Id of the sheet (phiếu chấm điểm)." })
  sheet!: string;

  @Field(() => AdjustmentKindEnum, { description: "Bonus or penalty (loại điều chỉnh)." })
  kind!: AdjustmentKind;

  @Field(() => Float, { description: "Points above 0, with at most two decimals; with all others at most the rubric's maximum (điểm)." })
  points!: number;

  @Field(() => String, { description: "Why, at most 1,000 characters (lý do)." })
  reason!: string;
}

@InputType("CorrectPublishedScoresInput", {
  description: "All corrections of one decision: one new version (đính chính kết quả đã công bố).",
})
export class CorrectPublishedScoresInput {
  @Field(() => ID, { description: "Id of the published cycle (đợt đánh giá)." })
  cycle!: string;

  @Field(() => String, { description: "Why the results are corrected, at most 1,000 characters (lý do)." })
  reason!: string;

  @Field(() => [CorrectedScoreInput], { defaultValue: [], description: "Corrected criteria (tiêu chí được đính chính)." })
  items!: CorrectedScoreInput[];

  @Field(() => [CorrectedAdjustmentInput], { defaultValue: [], description: "Added bonus and penalty (điều chỉnh bổ sung)." })
  adjustments!: CorrectedAdjustmentInput[];
}
