import { type FigureLoaders, reportedFigures, sourcesOf } from "../figures/figure.loaders.ts";
import { decimalOf } from "../lib/number.ts";
import { parsePeriod } from "../lib/time/period.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { AssessmentFigure } from "./assessment.loaders.ts";
import { type Assessment, bestFirst, type Ranking } from "./assessment.ts";
import type { MemberUnits } from "./member.loaders.ts";
import type { RubricView } from "./rubrics/rubric.loaders.ts";
import { blockOf, classificationOf, type CommendationForm, INDEX_NAMES, type IndexKind } from "./vocabulary.ts";

const number = (text: string | undefined): number | null => (text === undefined ? null : decimalOf(text));
const first = (figures: readonly AssessmentFigure[], qualifier: string): string | undefined =>
  figures.find(({ qualifiers }) => qualifiers[qualifier] !== undefined)?.qualifiers[qualifier];
const yearOf = ({ to }: AssessmentFigure): number => Number(to.slice(0, 4));
const blockCode = ({ qualifiers }: AssessmentFigure): string => qualifiers["block"] ?? "ALL";

const rubricOf = (figures: readonly AssessmentFigure[]): RubricView => {
  const { publisher, qualifiers } = figures[0]!;
  const year = yearOf(figures[0]!);
  const index = qualifiers["index"] as IndexKind;
  const name = `${INDEX_NAMES[index]} năm ${year}`;
  return {
    id: `${index}/${year}/${publisher}/${blockCode(figures[0]!)}`,
    index,
    name,
    year,
    maxScore: number(first(figures, "max")),
    bands: [],
    ...{
      no: null,
      organiserNo: null,
      block: blockOf(blockCode(figures[0]!)),
      version: 1,
      state: "PUBLISHED",
      bonusMax: null,
      penaltyMax: null,
    },
  };
};

const assessmentOf = (unit: UnitView, figures: readonly AssessmentFigure[], rubric = rubricOf(figures)): Assessment => {
  const stated = (measure: string) => figures.findLast((figure) => figure.measure === `assessment.${measure}`)?.value;
  return {
    unit,
    rubric,
    block: blockOf(blockCode(figures[0]!)),
    year: rubric.year,
    score: stated("score") ?? null,
    rank: stated("rank") ?? number(first(figures, "rank")),
    rankOf: number(first(figures, "of")),
    classification: classificationOf(first(figures, "classification")),
    classificationReason: null,
    sources: sourcesOf(figures),
  };
};

const grouped = (figures: readonly AssessmentFigure[]) => [
  ...Map.groupBy(figures, (figure) => `${figure.qualifiers["index"]} ${yearOf(figure)} ${blockCode(figure)} ${figure.unitNo}`).values(),
];

/** Results of the unit that reports state, by year, then in the order of the sources. */
export const reportedAssessments = (unit: UnitView, figures: readonly AssessmentFigure[]): Assessment[] =>
  grouped(figures).map((stated) => assessmentOf(unit, stated));

/** Rankings of peer blocks that reports state, in the order of the sources. */
export const reportedRankings = (figures: readonly AssessmentFigure[], units: MemberUnits): Ranking[] =>
  [...Map.groupBy(figures, blockCode)].map(([code, ofBlock]) => {
    const rubric = rubricOf(ofBlock);
    const counts = ofBlock.filter(({ measure }) => measure === "ranking.count");
    const members = grouped(ofBlock.filter(({ measure }) => measure !== "ranking.count"));
    return {
      rubric,
      block: blockOf(code),
      year: rubric.year,
      ranked: number(first(ofBlock, "ranked") ?? first(ofBlock, "of")),
      byClassification: counts.map(({ qualifiers, value }) => ({
        classification: classificationOf(qualifiers["classification"])!,
        count: value,
      })),
      entries: members.map((stated) => assessmentOf(units(stated[0]!.unitNo, stated[0]!.to)!, stated, rubric)).toSorted(bestFirst),
      sources: sourcesOf(ofBlock),
      ...{ version: 1, reason: null, published: null },
    };
  });

/** Commendations for exactly this period, by form and index in the order of the sources. */
export const commendationsOf = async (loaders: FigureLoaders, unit: UnitView, period: string) => {
  const figures = await reportedFigures(loaders, unit, parsePeriod("period", period), "commendation.");
  return [...Map.groupBy(figures, ({ qualifiers }) => `${qualifiers["form"]} ${qualifiers["index"]}`).values()].map((rows) => ({
    form: rows[0]!.qualifiers["form"] as CommendationForm,
    index: rows[0]!.qualifiers["index"] as IndexKind,
    collectives: rows.findLast(({ measure }) => measure === "commendation.collectives")?.value ?? null,
    individuals: rows.findLast(({ measure }) => measure === "commendation.individuals")?.value ?? null,
    sources: sourcesOf(rows),
  }));
};
