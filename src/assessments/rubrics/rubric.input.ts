import { Field, Float, ID, InputType, Int } from "type-graphql";
import { IndexKindEnum } from "../assessment.type.ts";
import type { IndexKind } from "../vocabulary.ts";
import { CriterionScoringEnum, ScoreStepShapeEnum } from "./rubric.type.ts";
import type { ScoreStepShape } from "../scoring/steps.ts";
import type { CriterionScoring } from "./rubric.entity.ts";

@InputType("ScoreBandInput", { description: "The range of scores of one class: from <= score < to (thang xếp loại)." })
export class ScoreBandInput {
  @Field(() => ID, { description: "Code of the class: XUAT_SAC (xếp loại)." })
  classification!: string;

  @Field(() => Float, { nullable: true, description: "Lowest score of the class; omitted for the lowest class (từ)." })
  from?: number | null;

  @Field(() => Float, { nullable: true, description: "Score from which the next class begins; omitted for the top class (đến dưới)." })
  to?: number | null;
}

@InputType("ScoreStepInput", { description: "From this value on, so many points (mức điểm)." })
export class ScoreStepInput {
  @Field(() => Float, { description: "The value from which it counts; of a rate a share 0..1 (từ)." })
  from!: number;

  @Field(() => Float, { description: "Points at this value, from 0 to the maximum of the criterion (điểm)." })
  points!: number;

  @Field(() => ScoreStepShapeEnum, { defaultValue: "STEP", description: "How points change up to the next step (cách tính)." })
  shape!: ScoreStepShape;
}

@InputType("CriterionInput", { description: "A node of the tree: a domain, a criterion or a sub-criterion (tiêu chí)." })
export class CriterionInput {
  @Field(() => String, {
    description: "Number in the rubric: 3.2.1, whose parent is 3.2; unique in it, at most 50 characters (số thứ tự).",
  })
  code!: string;

  @Field(() => String, { description: "Name, at most 1,000 characters (tên)." })
  name!: string;

  @Field(() => Float, {
    description: "Maximum points, with at most two decimals; of an inner node the sum of the maxima of its children (điểm tối đa).",
  })
  maxScore!: number;

  @Field(() => String, { nullable: true, description: "How points are given, in words, at most 4,000 characters (thang điểm)." })
  scale?: string | null;

  @Field(() => CriterionScoringEnum, { nullable: true, description: "How it is scored; omitted for inner nodes (cách chấm điểm)." })
  scoring?: CriterionScoring | null;

  @Field(() => ID, { nullable: true, description: "Of INDICATOR alone: code of the indicator (chỉ số)." })
  indicator?: string | null;

  @Field(() => [ScoreStepInput], {
    defaultValue: [],
    description: "Of INDICATOR and SURVEY, and required there: how a value becomes points, ascending by from, at most 50 (các mức điểm).",
  })
  steps!: ScoreStepInput[];

  @Field(() => ID, {
    nullable: true,
    description:
      "Code or id of the unit that appraises it; omitted for inner nodes, for SURVEY, and where it is the organiser (đơn vị thẩm định).",
  })
  appraiser?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "True if a self-score needs evidence (bắt buộc có tài liệu kiểm chứng)." })
  evidenceRequired!: boolean;
}

@InputType("RubricInput", { description: "The criteria for one peer block in one year (bộ tiêu chí)." })
export class RubricInput {
  @Field(() => ID, { description: "Code or id of the unit that judges by it (đơn vị tổ chức đánh giá)." })
  organiser!: string;

  @Field(() => IndexKindEnum, { description: "The index (loại chỉ số)." })
  index!: IndexKind;

  @Field(() => ID, { description: "Code of the peer block: COMMUNES, at most 50 characters (mã khối)." })
  block!: string;

  @Field(() => String, { description: "Name of the peer block: Khối xã, phường, đặc khu; at most 200 characters (tên khối)." })
  blockName!: string;

  @Field(() => Int, { description: "Assessed year, 2000 to 2100 (năm đánh giá)." })
  year!: number;

  @Field(() => String, { description: "Name, at most 300 characters (tên)." })
  name!: string;

  @Field(() => Float, { description: "Maximum points without bonus: the sum of the maxima of the roots (điểm tối đa)." })
  maxScore!: number;

  @Field(() => Float, { defaultValue: 0, description: "The most that bonus may add (điểm thưởng tối đa)." })
  bonusMax!: number;

  @Field(() => Float, { defaultValue: 0, description: "The most that penalty may take (điểm phạt tối đa)." })
  penaltyMax!: number;

  @Field(() => [ScoreBandInput], {
    description: "The classes, in any order, without gap or overlap; an empty list where there are no classes (thang xếp loại).",
  })
  bands!: ScoreBandInput[];

  @Field(() => [CriterionInput], { description: "Parents before children, 1 to 5,000 (các tiêu chí)." })
  criteria!: CriterionInput[];
}

@InputType("ReviseRubricInput", { description: "A rubric and the content of its next version (sửa bộ tiêu chí)." })
export class ReviseRubricInput {
  @Field(() => ID, { description: "Id of the rubric (bộ tiêu chí)." })
  rubric!: string;

  @Field(() => RubricInput, { description: "The next version, of the same organiser, index, block and year (nội dung mới)." })
  with!: RubricInput;
}

@InputType("RubricIdInput", { description: "A rubric (bộ tiêu chí)." })
export class RubricIdInput {
  @Field(() => ID, { description: "Id of the rubric (bộ tiêu chí)." })
  rubric!: string;
}
