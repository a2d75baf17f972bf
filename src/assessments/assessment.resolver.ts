import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../access/request-context.ts";
import { assessmentLoaders } from "./assessment.loaders.ts";
import { parsePeriod } from "../lib/time/period.ts";
import { PeriodScalar } from "../lib/time/scalar.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { UnitType } from "../units/unit.type.ts";
import type { Assessment, Ranking } from "./assessment.ts";
import { assessmentsOf, previousOf, rankingsOf } from "./assessment.service.ts";
import { supersededBy } from "./publications/published.service.ts";
import { commendationsOf } from "./reported.service.ts";
import { surveysOf } from "../indicators/satisfaction.ts";
import { AssessmentType, CommendationType, IndexKindEnum, RankingType, SurveyResultType } from "./assessment.type.ts";
import type { IndexKind } from "./vocabulary.ts";

const PERIOD = "Exactly this reporting period.";

@Resolver(() => UnitType)
export class UnitAssessmentsResolver {
  @FieldResolver(() => [AssessmentType], {
    description: "This unit's own results, by year, then in the order of the sources (kết quả đánh giá).",
  })
  assessments(
    @Root() unit: UnitView,
    @Arg("index", () => IndexKindEnum, { nullable: true, description: "Selects results of this index." }) index: IndexKind | undefined,
    @Arg("year", () => Int, { nullable: true, description: "Selects results of this year." }) year: number | undefined,
    @Ctx() context: RequestContext,
  ) {
    return assessmentsOf(context, unit, index ?? null, year ?? null);
  }

  @FieldResolver(() => [RankingType], {
    description: "Rankings of the peer blocks below this unit, which it publishes, in the order of the sources (xếp hạng).",
  })
  rankings(
    @Root() unit: UnitView,
    @Arg("index", () => IndexKindEnum, { description: "The index." }) index: IndexKind,
    @Arg("year", () => Int, { description: "Assessed year." }) year: number,
    @Ctx() context: RequestContext,
  ) {
    return rankingsOf(context, unit, index, year);
  }

  @FieldResolver(() => [SurveyResultType], {
    description: "Surveys of this unit for exactly this period, in the order of the sources (khảo sát).",
  })
  surveys(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: PERIOD }) period: string,
    @Ctx() context: RequestContext,
  ) {
    return surveysOf(context.use(assessmentLoaders, unit.evidence), unit, parsePeriod("period", period));
  }

  @FieldResolver(() => [CommendationType], {
    description: "Commendations that this unit gave for exactly this period, in the order of the sources (khen thưởng).",
  })
  commendations(
    @Root() unit: UnitView,
    @Arg("period", () => PeriodScalar, { description: PERIOD }) period: string,
    @Ctx() context: RequestContext,
  ) {
    return commendationsOf(context.use(assessmentLoaders, unit.evidence), unit, period);
  }
}

@Resolver(() => AssessmentType)
export class AssessmentResolver {
  @FieldResolver(() => AssessmentType, {
    nullable: true,
    description: "The result of the previous year by the same index in the same block; null if there is none.",
  })
  previous(@Root() assessment: Assessment, @Ctx() context: RequestContext) {
    return previousOf(context, assessment);
  }
}

@Resolver(() => RankingType)
export class RankingResolver {
  @FieldResolver(() => RankingType, {
    nullable: true,
    description:
      "The version that it corrects, which stays readable; null for the first, and for a ranking that reports state (bản trước).",
  })
  supersedes(@Root() ranking: Ranking, @Ctx() context: RequestContext) {
    return supersededBy(context, ranking);
  }
}
