import { Field, Float, ID, ObjectType } from "type-graphql";
import { Rate } from "../../rollups/rate.ts";
import type { Period } from "../../lib/time/period.ts";
import { PeriodScalar } from "../../lib/time/scalar.ts";
import type { Criterion, Quality } from "./service-quality.ts";

@ObjectType("QualityCriterion", { simpleResolvers: true, description: "A criterion of Decision 766/QĐ-TTg (tiêu chí)." })
export class QualityCriterionType implements Criterion {
  @Field(() => ID, { description: "Its number in the decision's index: 2.1 (mã tiêu chí)." })
  code!: string;

  @Field(() => String, { description: "Its name (tên tiêu chí)." })
  name!: string;

  @Field(() => Rate, {
    description: "The ratio that it measures, of single records; its value is null where there are none to measure (tỷ lệ).",
  })
  rate!: Rate;

  @Field(() => Float, { nullable: true, description: "Points earned; null where the rate has no value (điểm)." })
  score!: number | null;

  @Field(() => Float, { description: "Points that can be earned (điểm tối đa)." })
  maxScore!: number;
}

@ObjectType("ServiceQuality", {
  simpleResolvers: true,
  description: "The part of Decision 766/QĐ-TTg's real-time index that single dossiers decide: 48 of its 100 points (chất lượng phục vụ).",
})
export class ServiceQualityType implements Quality {
  @Field(() => PeriodScalar, { description: "The period asked for (kỳ báo cáo)." })
  period!: Period;

  @Field(() => [QualityCriterionType], {
    description: "2.1 in time, 3 online in full, 3.6 paid online, 4.1 electronic results, 4.2 digitised.",
  })
  criteria!: QualityCriterionType[];

  @Field(() => Float, {
    nullable: true,
    description: "Sum of the points of those criteria that have any; null where none has (tổng điểm).",
  })
  score!: number | null;

  @Field(() => Float, { description: "Points of all five criteria, 48 (điểm tối đa)." })
  maxScore!: number;
}
