import type { RequestContext } from "../../access/request-context.ts";
import type { EvidenceKind, UnitView } from "../../hierarchy/unit-view.ts";
import type { Assessment, Ranking } from "../assessment.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { rubricLoaders, type RubricView } from "../rubrics/rubric.loaders.ts";
import { bandsOf } from "../scoring/bands.ts";
import { pointsOf } from "../scoring/points.ts";
import { distributionOf } from "../scoring/ranking.ts";
import { classificationOf } from "../vocabulary.ts";
import {
  type Publication,
  publicationLoaders,
  publishedScoreLoaders,
  type PublicationsOf,
  type PublishedScoreRow,
  type ScoresOfUnit,
} from "./publication.loaders.ts";

type Asking = Pick<RequestContext, "use">;

const assessmentOf = (unit: PublishedScoreRow, { year, ranked, source }: Publication, rubric: RubricView): Assessment => ({
  ...{ unit, rubric, block: rubric.block, year, rank: unit.rank, rankOf: unit.rank === null ? null : ranked, sources: [source] },
  score: unit.scaled === null ? null : pointsOf(unit.scaled),
  classification: classificationOf(unit.classification ?? undefined),
  classificationReason: unit.classReason,
});

/** The unit's own results by the latest publications, by year. */
export const publishedAssessments = async (context: Asking, asked: ScoresOfUnit, evidence: EvidenceKind): Promise<Assessment[]> => {
  const scores = await context.use(publishedScoreLoaders, evidence).scoresOfUnit.load(asked);
  return Promise.all(
    scores.map(async (score) => {
      const publication = (await context.use(publicationLoaders).publicationByNo.load(score.publicationNo))!;
      return assessmentOf(score, publication, (await context.use(rubricLoaders).rubricByNo.load(publication.rubricNo))!);
    }),
  );
};

/** The rankings that the unit published. */
export const publishedRankings = async (context: Asking, asked: PublicationsOf, unit: UnitView): Promise<Ranking[]> => {
  const publications = await context.use(publicationLoaders).publicationsOf.load(asked);
  return Promise.all(publications.map((publication) => rankingOf(context, publication, unit)));
};

/** A version of the published results, with its members as of the day, or of the last day of the year for those that did not exist then. */
export const rankingOf = async (context: Asking, publication: Publication, at: Pick<UnitView, "asOf" | "evidence">): Promise<Ranking> => {
  const scores = await context.use(publishedScoreLoaders, at.evidence).scoresOf.load({ publicationNo: publication.no, day: at.asOf });
  const rubric = (await context.use(rubricLoaders).rubricByNo.load(publication.rubricNo))!;
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
    byClassification: distributionOf(bandsOf(rubric.bands), scores).map(({ classification, count }) => ({
      ...{ classification: classificationOf(classification)!, count },
    })),
    entries: scores.map((score) => assessmentOf(score, publication, rubric)),
    sources: [publication.source],
  };
};

/** The version that the ranking corrects; null for the first, and for a ranking that reports state. */
export const supersededBy = async (context: Asking, { published }: Ranking): Promise<Ranking | null> => {
  if (published === null || published.publication.version === 1) return null;
  const { publication, at } = published;
  const versions = await context.use(publicationLoaders).publicationsOfCycle.load(publication.cycleNo);
  return rankingOf(
    context,
    versions.find(({ version }) => version === publication.version - 1)!,
    at,
  );
};

/** The latest published version; null for a cycle that is not published. */
export const rankingOfCycle = async (
  context: Pick<RequestContext, "use" | "today">,
  { no, period }: CycleView,
): Promise<Ranking | null> => {
  const [latest] = await context.use(publicationLoaders).publicationsOfCycle.load(no);
  const asOf = period.to < context.today ? period.to : context.today;
  return latest ? rankingOf(context, latest, { asOf, evidence: "PUBLISHED" }) : null;
};
