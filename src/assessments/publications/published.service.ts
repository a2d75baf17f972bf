import type { RequestContext } from "../../access/request-context.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { type Assessment, bestFirst, type Ranking } from "../assessment.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { memberLoaders } from "../member.loaders.ts";
import { bandsOf } from "../scoring/bands.ts";
import { pointsOf } from "../scoring/points.ts";
import { distributionOf } from "../scoring/ranking.ts";
import { classificationOf } from "../vocabulary.ts";
import { publicationLoaders, type PublishedBy, type PublishedRanking, type MemberScore } from "./publication.loaders.ts";

type Asking = Pick<RequestContext, "use">;

/** What a publication states of a member. */
export const publishedAssessment = (unit: UnitView, { publication, rubric }: PublishedBy, score: MemberScore): Assessment => {
  const { year, ranked, source } = publication;
  return {
    ...{ unit, rubric, block: rubric.block, year, rank: score.rank, rankOf: score.rank === null ? null : ranked, sources: [source] },
    score: score.scaled === null ? null : pointsOf(score.scaled),
    classification: classificationOf(score.classification ?? undefined),
    classificationReason: score.classReason,
  };
};

/** A version of the published results, with its members as of the day, or of the last day of the year for those that did not exist then. */
export const rankingOf = async (
  context: Asking,
  { scores, ...published }: PublishedRanking,
  at: Pick<UnitView, "asOf" | "evidence">,
): Promise<Ranking> => {
  const { publication, rubric } = published;
  const units = await context.use(memberLoaders, at.evidence).membersOn.load(at.asOf);
  const entries = scores.flatMap((score) => {
    const unit = units(score.unitNo, `${publication.year}-12-31`);
    return unit ? publishedAssessment(unit, published, score) : [];
  });
  const sorted = entries.toSorted(bestFirst);
  const placings = sorted.map(({ rank, classification }) => ({ rank, classification: classification?.code ?? null }));
  return {
    ...{
      rubric,
      block: rubric.block,
      year: publication.year,
      ranked: publication.ranked,
      version: publication.version,
      reason: publication.reason,
    },
    published: { publication, at: { asOf: at.asOf, evidence: at.evidence } },
    byClassification: distributionOf(bandsOf(rubric.bands), placings).map(({ classification, count }) => ({
      ...{ classification: classificationOf(classification)!, count },
    })),
    entries: sorted,
    sources: [publication.source],
  };
};

/** The version that the ranking corrects; null for the first, and for a ranking that reports state. */
export const supersededBy = async (context: Asking, { published }: Ranking): Promise<Ranking | null> => {
  if (published === null || published.publication.version === 1) return null;
  const { publication, at } = published;
  const before = await context.use(publicationLoaders).versionOf.load({ cycleNo: publication.cycleNo, version: publication.version - 1 });
  return rankingOf(context, before!, at);
};

/** The latest published version; null for a cycle that is not published. */
export const rankingOfCycle = async (
  context: Pick<RequestContext, "use" | "today">,
  { no, period }: CycleView,
): Promise<Ranking | null> => {
  const latest = await context.use(publicationLoaders).versionOf.load({ cycleNo: no, version: null });
  const asOf = period.to < context.today ? period.to : context.today;
  return latest && rankingOf(context, latest, { asOf, evidence: "PUBLISHED" });
};
