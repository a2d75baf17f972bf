import { Field, Float, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../../lib/time/scalar.ts";
import { Rate } from "../../rollups/rate.ts";
import { UnitType } from "../../units/unit.type.ts";
import { ClassificationType } from "../assessment.type.ts";

@ObjectType("ProjectedScore", {
  simpleResolvers: true,
  description:
    "What the scaled score of a sheet would be today, and may still become (điểm dự kiến). Computed criteria are worked out now, or as frozen once the sheet was handed in, and run " +
    "from the least to the most points between the bounds of their value; undecided ones run from 0 to their maximum.",
})
export class ProjectedScoreType {
  @Field(() => Float, { description: "Decided and computed points as they are; undecided criteria add none (điểm dự kiến)." })
  total!: number;

  @Field(() => Float, { description: "The least that it may become (thấp nhất)." })
  low!: number;

  @Field(() => Float, { description: "The most that it may become (cao nhất)." })
  high!: number;

  @Field(() => ClassificationType, {
    nullable: true,
    description: "The class, where one band holds both low and high, or where it was overridden; else null (xếp loại dự kiến).",
  })
  classification!: ClassificationType | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The best place that it may still take: 1 + the members whose low is above its high. Null if it is not ranked, and for those who may not see every sheet (hạng cao nhất).",
  })
  bestRank!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The worst place that it may still take: 1 + the members whose high is above its low. Null as bestRank (hạng thấp nhất).",
  })
  worstRank!: number | null;
}

@ObjectType("Standing", { simpleResolvers: true, description: "What a publication now would say of a ranked member (kết quả tạm tính)." })
export class StandingType {
  @Field(() => UnitType, { description: "The member (đơn vị)." })
  unit!: UnitType;

  @Field(() => Float, { nullable: true, description: "Points with bonus and penalty; null while a criterion is undecided (tổng điểm)." })
  total!: number | null;

  @Field(() => Float, { nullable: true, description: "What ranks and classes go by; null while a criterion is undecided (điểm quy đổi)." })
  scaled!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Place among the members that are decided; null while a criterion is undecided (hạng tạm tính).",
  })
  rank!: number | null;

  @Field(() => Int, { description: "The best place that it may still take (hạng cao nhất)." })
  bestRank!: number;

  @Field(() => Int, { description: "The worst place that it may still take (hạng thấp nhất)." })
  worstRank!: number;

  @Field(() => ClassificationType, {
    nullable: true,
    description: "The class that is certain; null where two are possible (xếp loại tạm tính).",
  })
  classification!: ClassificationType | null;
}

@ObjectType("ScoreReceipt", {
  simpleResolvers: true,
  description: "Why a computed or surveyed criterion has its points (căn cứ tính điểm).",
})
export class ScoreReceiptType {
  @Field(() => Float, {
    nullable: true,
    description:
      "The value, 0..1: of INDICATOR its rate, of SURVEY Σ weight × count / Σ count; null if it is unknown, and the criterion undecided (giá trị).",
  })
  value!: number | null;

  @Field(() => Rate, { nullable: true, description: "Of INDICATOR, with its coverage and bounds; null for SURVEY (tỷ lệ)." })
  rate!: Rate | null;

  @Field(() => Float, {
    nullable: true,
    description: "The least points anywhere between low and high of the value; null if it is unknown (điểm thấp nhất).",
  })
  lowPoints!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The most points anywhere between low and high of the value; null if it is unknown (điểm cao nhất).",
  })
  highPoints!: number | null;

  @Field(() => DateTimeScalar, { description: "When it was worked out; frozen when the sheet is handed in (thời điểm tính)." })
  at!: string;
}

@ObjectType("ScoreItemChange", {
  simpleResolvers: true,
  description: "The change of one criterion against the year before (thay đổi theo tiêu chí).",
})
export class ScoreItemChangeType {
  @Field(() => String, { description: "Code, by which the years are matched (số thứ tự)." })
  code!: string;

  @Field(() => String, { description: "Name, of this year's rubric where it has the criterion (tên)." })
  name!: string;

  @Field(() => Float, {
    nullable: true,
    description: "Points of the year before; null where the criterion was not, or did not apply (điểm năm trước).",
  })
  previous!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Points of this year; null where the criterion is not, or does not apply (điểm năm nay).",
  })
  current!: number | null;

  @Field(() => Float, {
    description:
      "Last year's share of its maximum at this year's maximum, less last year's points; of a criterion of one year all of its points (do bộ tiêu chí).",
  })
  byRules!: number;

  @Field(() => Float, { description: "The rest (do kết quả thực hiện)." })
  byPerformance!: number;
}

@ObjectType("ScoreChange", {
  simpleResolvers: true,
  description:
    "Change of the scaled score against the year before: total − previousTotal = byRules + byPerformance, exactly (so với năm trước).",
})
export class ScoreChangeType {
  @Field(() => Float, { description: "Scaled score that was published for the year before (điểm năm trước)." })
  previousTotal!: number;

  @Field(() => Float, { description: "Scaled score of this year (điểm năm nay)." })
  total!: number;

  @Field(() => Float, { description: "What the change of the rubric made: the sum over the criteria (do bộ tiêu chí)." })
  byRules!: number;

  @Field(() => Float, { description: "What the unit did, with adjustments, scaling and rounding (do kết quả thực hiện)." })
  byPerformance!: number;

  @Field(() => [ScoreItemChangeType], {
    description: "In the order of this year's rubric, then the criteria of the year before alone (theo tiêu chí).",
  })
  items!: ScoreItemChangeType[];
}
