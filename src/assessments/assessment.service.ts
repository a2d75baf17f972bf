import type { RequestContext } from "../access/request-context.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Assessment, Ranking } from "./assessment.ts";
import { assessmentLoaders } from "./assessment.loaders.ts";
import { publishedAssessments, publishedRankings } from "./publications/published.service.ts";
import { reportedAssessments, reportedRankings } from "./reported.service.ts";
import type { IndexKind } from "./vocabulary.ts";

type Asking = Pick<RequestContext, "use">;

const yearFirst = (a: Assessment, b: Assessment): number => a.year - b.year;

/** The unit's own results by year. What was published here counts for its index, block and year in place of what reports state. */
export const assessmentsOf = async (
  context: Asking,
  unit: UnitView,
  index: IndexKind | null,
  year: number | null,
): Promise<Assessment[]> => {
  const published = await publishedAssessments(context, { no: unit.no, asOf: unit.asOf, index, year }, unit.evidence);
  const reported = await reportedAssessments(context.use(assessmentLoaders, unit.evidence), unit, index, year);
  const keyOf = ({ rubric, block }: Assessment) => `${rubric.index} ${rubric.year} ${block.code}`;
  const replaced = new Set(published.map(keyOf));
  return [...reported.filter((one) => !replaced.has(keyOf(one))), ...published].toSorted(yearFirst);
};

/** The result of the previous year by the same index in the same block. */
export const previousOf = async (context: Asking, { unit, rubric, block, year }: Assessment): Promise<Assessment | null> =>
  (await assessmentsOf(context, unit, rubric.index, year - 1)).find((assessment) => assessment.block.code === block.code) ?? null;

/** Rankings of the peer blocks below the unit, which it publishes; those published here in place of what reports state of the same block. */
export const rankingsOf = async (context: Asking, unit: UnitView, index: IndexKind, year: number): Promise<Ranking[]> => {
  const published = await publishedRankings(context, { organiserNo: unit.no, index, year }, unit);
  const reported = await reportedRankings(context.use(assessmentLoaders, unit.evidence), unit, index, year);
  const replaced = new Set(published.map(({ block }) => block.code));
  return [...reported.filter(({ block }) => !replaced.has(block.code)), ...published];
};
