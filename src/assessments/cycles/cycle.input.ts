import { Field, Float, ID, InputType, Int } from "type-graphql";
import { DateScalar, PeriodScalar } from "../../lib/time/scalar.ts";
import { CycleStageEnum } from "./cycle.type.ts";
import type { CycleStage } from "./cycle-vocabulary.ts";

@InputType("StageDeadlineInput", { description: "The last day of a stage (hạn của giai đoạn)." })
export class StageDeadlineInput {
  @Field(() => CycleStageEnum, { description: "The stage, not PUBLISHED (giai đoạn)." })
  stage!: CycleStage;

  @Field(() => DateScalar, { description: "The last day on which others than the organiser can write (ngày hết hạn)." })
  on!: string;
}

@InputType("OpenAssessmentCycleInput", { description: "A cycle to be opened (mở đợt đánh giá)." })
export class OpenAssessmentCycleInput {
  @Field(() => ID, { description: "Id of the published rubric (bộ tiêu chí)." })
  rubric!: string;

  @Field(() => PeriodScalar, { description: "The period of which computed criteria are computed (kỳ đánh giá)." })
  period!: string;

  @Field(() => [ID], {
    description:
      "The units that are scored, 1 to 5,000: codes on the last day of the period, or ids; within the organiser. A unit that ended during the period may be one (đơn vị được đánh giá).",
  })
  members!: string[];

  @Field(() => [StageDeadlineInput], {
    defaultValue: [],
    description: "At most one for each stage, none earlier than that of a stage before it (thời hạn).",
  })
  deadlines!: StageDeadlineInput[];
}

@InputType("AdvanceAssessmentCycleInput", { description: "A cycle and its next stage (chuyển giai đoạn)." })
export class AdvanceAssessmentCycleInput {
  @Field(() => ID, { description: "Id of the cycle (đợt đánh giá)." })
  cycle!: string;

  @Field(() => CycleStageEnum, { description: "Any later stage but PUBLISHED (giai đoạn)." })
  to!: CycleStage;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "True to advance although sheets are not handed in, or criteria are not decided (bất kể chưa đầy đủ).",
  })
  force!: boolean;
}

@InputType("SetRankedMembersInput", { description: "Which members are ranked (đơn vị được xếp hạng)." })
export class SetRankedMembersInput {
  @Field(() => ID, { description: "Id of the cycle (đợt đánh giá)." })
  cycle!: string;

  @Field(() => [ID], { description: "Codes or ids of members, as when the cycle was opened (đơn vị)." })
  units!: string[];

  @Field(() => Boolean, { description: "False if they are scored and not ranked (có xếp hạng)." })
  isRanked!: boolean;

  @Field(() => String, { description: "Why, 1 to 2,000 characters (lý do)." })
  reason!: string;
}

@InputType("SurveyCountInput", { description: "How many gave an answer of one weight (số phiếu theo mức)." })
export class SurveyCountInput {
  @Field(() => Float, { description: "Weight of the answer, 0 to 1, with at most two decimals: 0.6 (mức điểm)." })
  weight!: number;

  @Field(() => Int, { description: "Number of those who gave it (số phiếu)." })
  count!: number;
}

@InputType("SurveyAnswersInput", {
  description: "The answers of one group about one criterion of a member; only their sums are stored (kết quả khảo sát).",
})
export class SurveyAnswersInput {
  @Field(() => ID, { description: "Code or id of the member, as when the cycle was opened (đơn vị)." })
  unit!: string;

  @Field(() => ID, { description: "Id of a criterion of SURVEY (tiêu chí)." })
  criterion!: string;

  @Field(() => String, {
    description: "The group of those who answered, 1 to 200 characters; sent again, its answers are replaced (đối tượng khảo sát).",
  })
  respondents!: string;

  @Field(() => [SurveyCountInput], { description: "Answers by weight, each weight once (số phiếu)." })
  counts!: SurveyCountInput[];
}

@InputType("RecordSurveyInput", { description: "Answers of a survey (kết quả điều tra xã hội học)." })
export class RecordSurveyInput {
  @Field(() => ID, { description: "Id of the cycle (đợt đánh giá)." })
  cycle!: string;

  @Field(() => [SurveyAnswersInput], { description: "Answers, 1 to 5,000 (kết quả)." })
  answers!: SurveyAnswersInput[];
}
