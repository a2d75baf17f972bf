import { Field, Float, ObjectType } from "type-graphql";
import { enumType } from "../../lib/enum.ts";
import { type Edge, PageInfo } from "../../lib/page.ts";
import { RubricType } from "../assessment.type.ts";
import { InputProblemType } from "../input-problem.type.ts";
import type { ScoreStepShape } from "../scoring/steps.ts";
import type { CriterionScoring } from "./rubric.entity.ts";

export const CriterionScoringEnum = enumType<CriterionScoring>("CriterionScoring", "How a criterion is scored (cách chấm điểm).", {
  MANUAL: "Self-scored, then appraised (tự chấm, thẩm định).",
  INDICATOR: "Self-score computed from an indicator of the unit's subtree over the rubric's period; then appraised (tính theo chỉ số).",
  SURVEY: "From the survey of the cycle; not self-scored (điều tra xã hội học).",
});

export const ScoreStepShapeEnum = enumType<ScoreStepShape>("ScoreStepShape", "How points change between two steps (cách tính điểm).", {
  STEP: "Points stay up to the next step (theo bậc).",
  LINEAR: "A straight line leads to the points of the next step (tuyến tính).",
});

@ObjectType("ScoreStep", {
  simpleResolvers: true,
  description:
    "From this value on, so many points (mức điểm). Below the first step: 0 points. Ascending by from; points are from 0 to maxScore, and may rise or fall.",
})
export class ScoreStepType {
  @Field(() => Float, { description: "The value from which it counts; of a rate a share 0..1 (từ)." })
  from!: number;

  @Field(() => Float, { description: "Points at this value (điểm)." })
  points!: number;

  @Field(() => ScoreStepShapeEnum, { description: "How points change up to the next step (cách tính)." })
  shape!: ScoreStepShape;
}

@ObjectType("Criterion", {
  simpleResolvers: true,
  description: "A node of the tree of a rubric (tiêu chí). The points of an inner node are the sum of those below it.",
})
export class CriterionType {
  @Field(() => String, { description: "Number in the rubric, unique in it: 3.2.1 (số thứ tự)." })
  code!: string;

  @Field(() => String, { description: "Name (tên)." })
  name!: string;

  @Field(() => Float, { description: "Maximum points (điểm tối đa)." })
  maxScore!: number;

  @Field(() => String, { nullable: true, description: "How points are given, in words; null if not stated (thang điểm)." })
  scale!: string | null;

  @Field(() => CriterionScoringEnum, { nullable: true, description: "How it is scored; null for inner nodes (cách chấm điểm)." })
  scoring!: CriterionScoring | null;

  @Field(() => [ScoreStepType], { description: "Of INDICATOR and SURVEY: how a value becomes points; else empty (các mức điểm)." })
  steps!: readonly ScoreStepType[];

  @Field(() => Boolean, { description: "True if a self-score needs evidence (bắt buộc có tài liệu kiểm chứng)." })
  evidenceRequired!: boolean;
}

@ObjectType("CriterionChange", {
  simpleResolvers: true,
  description:
    "A difference between two rubrics (thay đổi tiêu chí). One side is null if the code is in one rubric only; both are there if name, points, scale, scoring with its " +
    "indicator, or steps differ.",
})
export class CriterionChangeType {
  @Field(() => String, { description: "Code of the criterion (số thứ tự)." })
  code!: string;

  @Field(() => CriterionType, { nullable: true, description: "The criterion before; null if it is new (trước)." })
  from!: CriterionType | null;

  @Field(() => CriterionType, { nullable: true, description: "The criterion after; null if it was removed (sau)." })
  to!: CriterionType | null;
}

@ObjectType("RubricEdge", { simpleResolvers: true, description: "A rubric in a list." })
export class RubricEdge implements Edge<RubricType> {
  @Field(() => String, { description: "Position in the list, for `after`." })
  cursor!: string;

  @Field(() => RubricType, { description: "The rubric." })
  node!: RubricType;
}

@ObjectType("RubricConnection", { simpleResolvers: true, description: "A page of rubrics (danh sách bộ tiêu chí)." })
export class RubricConnection {
  @Field(() => [RubricEdge], { description: "The rubrics of the page with their cursors." })
  edges!: RubricEdge[];

  @Field(() => [RubricType], { description: "The rubrics of the page." })
  nodes!: RubricType[];

  @Field(() => PageInfo, { description: "The position of the page." })
  pageInfo!: PageInfo;
}

@ObjectType("RubricPayload", { simpleResolvers: true, description: "The result of a change of a rubric (kết quả)." })
export class RubricPayloadType {
  @Field(() => RubricType, { nullable: true, description: "The rubric; null where there are problems (bộ tiêu chí)." })
  rubric!: RubricType | null;

  @Field(() => [InputProblemType], { description: "The first 1,000; empty where the change was stored (các lỗi)." })
  problems!: readonly InputProblemType[];
}
