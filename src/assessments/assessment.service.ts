import type { RequestContext } from "../access/request-context.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Assessment, Ranking } from "./assessment.ts";
import { assessmentLoaders } from "./assessment.loaders.ts";
import { memberLoaders } from "./member.loaders.ts";
import { publishedAssessment, rankingOf } from "./publications/published.service.ts";
import { reportedAssessments, reportedRankings } from "./reported.service.ts";
import type { IndexKind } from "./vocabulary.ts";

type Asking = Pick<RequestContext, "use">;

const yearFirst = (a: Assessment, b: Assessment): number => a.year - b.year;
const keyOf = ({ rubric, block }: Assessment) => `${rubric.index} ${rubric.year} ${block.code}`;

/** The unit's own results by year. What was published here counts for its index, block and year in place of what reports state. */
export const assessmentsOf = async (
  context: Asking,
  unit: UnitView,
  index: IndexKind | null,
  year: number | null,
): Promise<Assessment[]> => {
  const results = await context.use(assessmentLoaders, unit.evidence).resultsOf.load({ no: unit.no, index, year });
  const published = results.published.map(({ score, ...by }) => publishedAssessment(unit, by, score));
  const replaced = new Set(published.map(keyOf));
  const reported = reportedAssessments(unit, results.figures);
  return [...reported.filter((one) => !replaced.has(keyOf(one))), ...published].toSorted(yearFirst);
};

/** The result of the previous year by the same index in the same block. */
export const previousOf = async (context: Asking, { unit, rubric, block, year }: Assessment): Promise<Assessment | null> =>
  (await assessmentsOf(context, unit, rubric.index, year - 1)).find((assessment) => assessment.block.code === block.code) ?? null;

/** Rankings of the peer blocks below the unit, which it publishes; those published here in place of what reports state of the same block. */
export const rankingsOf = async (context: Asking, unit: UnitView, index: IndexKind, year: number): Promise<Ranking[]> => {
  const found = await context.use(assessmentLoaders, unit.evidence).rankingsOf.load({ no: unit.no, index, year });
  const published = await Promise.all(found.published.map((ranking) => rankingOf(context, ranking, unit)));
  const reported = reportedRankings(found.figures, await context.use(memberLoaders, unit.evidence).membersOn.load(unit.asOf));
  const replaced = new Set(published.map(({ block }) => block.code));
  return [...reported.filter(({ block }) => !replaced.has(block.code)), ...published];
};
