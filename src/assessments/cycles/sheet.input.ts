import { Field, Float, ID, InputType } from "type-graphql";
import { DateScalar } from "../../lib/time/scalar.ts";
import { AdjustmentKindEnum } from "./cycle.type.ts";
import type { AdjustmentKind } from "./cycle-vocabulary.ts";

const REASON = "The reason, 1 to 2,000 characters (lý do).";
const SHEET = "Id of the sheet (phiếu chấm điểm).";

@InputType("ScoreEvidenceInput", { description: "A named link; files stay where they are (tài liệu kiểm chứng)." })
export class ScoreEvidenceInput {
  @Field(() => String, { description: "Its name, at most 300 characters (tên)." })
  name!: string;

  @Field(() => String, { description: "Its address, which begins with http:// or https:// (đường dẫn)." })
  url!: string;
}

@InputType("ScoreItemInput", { description: "Points of one criterion, with a remark (điểm theo tiêu chí)." })
export class ScoreItemInput {
  @Field(() => ID, { description: "Id of a leaf that applies to the unit (tiêu chí)." })
  criterion!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      "Points from 0 to the maximum, with at most two decimals. Omitted in a self-score of INDICATOR, which is computed; an appraiser may overrule it with a note (điểm).",
  })
  points?: number | null;

  @Field(() => String, { nullable: true, description: "A remark, at most 2,000 characters (ghi chú)." })
  note?: string | null;

  @Field(() => [ScoreEvidenceInput], {
    defaultValue: [],
    description: "Of a self-score: all links that prove it, at most 20 (tài liệu kiểm chứng).",
  })
  evidence!: ScoreEvidenceInput[];
}

@InputType("ScoreInput", { description: "Scores of a sheet by many criteria (điểm)." })
export class ScoreInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => [ScoreItemInput], { description: "At least one; each replaces what was stored of its criterion (điểm theo tiêu chí)." })
  items!: ScoreItemInput[];
}

@InputType("ScoreSheetIdInput", { description: "A sheet (phiếu chấm điểm)." })
export class ScoreSheetIdInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;
}

@InputType("ReopenScoreSheetInput", { description: "A sheet to be reopened (mở lại phiếu)." })
export class ReopenScoreSheetInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => DateScalar, { description: "The last day on which the member may write, today or later (đến ngày)." })
  until!: string;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("ExplainItemInput", { description: "Explanation of one criterion (giải trình theo tiêu chí)." })
export class ExplainItemInput {
  @Field(() => ID, { description: "Id of a criterion whose first appraisal is below the self-score (tiêu chí)." })
  criterion!: string;

  @Field(() => String, { description: "The explanation, 1 to 4,000 characters (nội dung giải trình)." })
  text!: string;

  @Field(() => [ScoreEvidenceInput], {
    defaultValue: [],
    description: "Further links, which are added to those of the self-score; at most 20 together (tài liệu kiểm chứng bổ sung).",
  })
  evidence!: ScoreEvidenceInput[];
}

@InputType("ExplainInput", { description: "Explanations of a sheet (giải trình)." })
export class ExplainInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => [ExplainItemInput], {
    description: "At least one; each replaces the explanation of its criterion (giải trình theo tiêu chí).",
  })
  items!: ExplainItemInput[];
}

@InputType("SetApplicabilityInput", { description: "What applies to a member (tiêu chí áp dụng)." })
export class SetApplicabilityInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => [ID], { description: "Ids of criteria; an inner node stands for all leaves below it (tiêu chí)." })
  criteria!: string[];

  @Field(() => Boolean, { description: "False if they do not apply to the member (có áp dụng)." })
  isApplicable!: boolean;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("AdjustScoreInput", { description: "Bonus or penalty of a member (điểm thưởng, điểm phạt)." })
export class AdjustScoreInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => AdjustmentKindEnum, { description: "Bonus or penalty (loại)." })
  kind!: AdjustmentKind;

  @Field(() => Float, {
    description: "Points above 0, with at most two decimals; with the others of the kind at most the rubric's maximum (điểm).",
  })
  points!: number;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("RemoveAdjustmentInput", { description: "An adjustment to be removed (hủy điều chỉnh)." })
export class RemoveAdjustmentInput {
  @Field(() => ID, { description: "Id of the adjustment (điều chỉnh)." })
  adjustment!: string;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("OverrideClassificationInput", { description: "Another class than that of the score (xếp loại khác)." })
export class OverrideClassificationInput {
  @Field(() => ID, { description: SHEET })
  sheet!: string;

  @Field(() => ID, { nullable: true, description: "Code of a class of the rubric; null removes the override (xếp loại)." })
  classification?: string | null;

  @Field(() => String, { description: REASON })
  reason!: string;
}
