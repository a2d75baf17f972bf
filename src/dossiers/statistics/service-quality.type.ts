import { Field, Float, ID, ObjectType } from "type-graphql";
import { Rate } from "../../rollups/rate.ts";
import type { Period } from "../../lib/time/period.ts";
import { PeriodScalar } from "../../lib/time/scalar.ts";
import type { Criterion, Quality } from "./service-quality.ts";

@ObjectType("QualityCriterion", { simpleResolvers: true, description: "A criterion of Decision 766/QĐ-TTg (tiêu chí)." })
export class QualityCriterionType implements Criterion {
  @Field(() => ID, { description: "Number in the decision's index, such as 2.1 (mã tiêu chí)." })
  code!: string;

  @Field(() => String, { description: "Name of the criterion (tên tiêu chí)." })
  name!: string;

  @Field(() => Rate, {
    description: "The rate that the criterion measures, from single records; its value is null without records (tỷ lệ).",
  })
  rate!: Rate;

  @Field(() => Float, { nullable: true, description: "Score; null if the rate has no value (điểm)." })
  score!: number | null;

  @Field(() => Float, { description: "Maximum points (điểm tối đa)." })
  maxScore!: number;
}

@ObjectType("ServiceQuality", {
  simpleResolvers: true,
  description:
    "The part of Decision 766/QĐ-TTg's real-time index that single dossiers determine: 48 of its 100 points (chất lượng phục vụ).",
})
export class ServiceQualityType implements Quality {
  @Field(() => PeriodScalar, { description: "The requested period (kỳ báo cáo)." })
  period!: Period;

  @Field(() => [QualityCriterionType], {
    description: "2.1 timeliness, 3 full online service, 3.6 online payment, 4.1 electronic results, 4.2 digitisation.",
  })
  criteria!: QualityCriterionType[];

  @Field(() => Float, {
    nullable: true,
    description: "Sum of the scores of the criteria that have one; null if none has (tổng điểm).",
  })
  score!: number | null;

  @Field(() => Float, { description: "Points of all five criteria, 48 (điểm tối đa)." })
  maxScore!: number;
}
