import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { Permission } from "../../access/permission.ts";
import type { RequestContext } from "../../access/request-context.ts";
import { RankingType } from "../assessment.type.ts";
import { AssessmentCyclePayloadType, AssessmentCycleType } from "../cycles/cycle.type.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { correctPublished } from "./correct.service.ts";
import { CorrectPublishedScoresInput, PublishAssessmentCycleInput } from "./publication.input.ts";
import { publishCycle } from "./publish.service.ts";
import { rankingOfCycle } from "./published.service.ts";

@Resolver()
export class PublicationMutations {
  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description:
      "Freezes totals, ranks (1, 2, 2, 4), classes and distribution as a Ranking with a source of kind ASSESSMENT; from then on Unit.assessments and Unit.rankings answer them. " +
      "Requires ADMIN of the organiser. Problems name undecided criteria unless force; their members have no rank. CONFLICT for a published cycle (công bố kết quả).",
  })
  publishAssessmentCycle(
    @Arg("input", () => PublishAssessmentCycleInput, { description: "The cycle and its publication." }) input: PublishAssessmentCycleInput,
    @Ctx() context: RequestContext,
  ) {
    return publishCycle(context, input);
  }

  @Authorized<Permission>("assessments:organise")
  @Mutation(() => AssessmentCyclePayloadType, {
    description:
      "Publishes the next version with all corrections of one decision; earlier versions stay readable. Requires ADMIN of the organiser. CONFLICT for a cycle that is not " +
      "published (đính chính kết quả).",
  })
  correctPublishedScores(
    @Arg("input", () => CorrectPublishedScoresInput, { description: "The corrections and their reason." })
    input: CorrectPublishedScoresInput,
    @Ctx() context: RequestContext,
  ) {
    return correctPublished(context, input);
  }
}

@Resolver(() => AssessmentCycleType)
export class CycleRankingResolver {
  @FieldResolver(() => RankingType, {
    nullable: true,
    description: "The latest published version; null until it is published (kết quả công bố).",
  })
  ranking(@Root() cycle: CycleView, @Ctx() context: RequestContext) {
    return rankingOfCycle(context, cycle);
  }
}
