import { type FigureLoaders, type FigureRow, reportedFigures, sourcesOf, type SourceView } from "../figures/figure.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Period } from "../lib/time/period.ts";
import { computeRate, quotedRate, type Rate } from "../rollups/rate.ts";

/** Survey results for exactly this period, one per question, in the order of the sources. */
export const surveysOf = async (loaders: FigureLoaders, unit: UnitView, period: Period) => {
  const figures = await reportedFigures(loaders, unit, period, "survey.satisfied");
  return [...Map.groupBy(figures, ({ qualifiers }) => qualifiers["question"] ?? "")].map(([question, answers]) => ({
    question,
    satisfied: satisfactionOf(answers),
    sources: sourcesOf(answers),
  }));
};

const satisfactionOf = (answers: readonly FigureRow[]): Rate => {
  const counted = answers.findLast(
    ({ measure, value, denominator }) => measure === "survey.satisfied" && value !== null && denominator !== null,
  );
  if (counted) return computeRate({ part: counted.value, of: counted.denominator, whole: counted.denominator }, null);
  const { value, low, high } = answers.at(-1)!;
  return quotedRate({ value, low: low ?? value, high: high ?? value });
};

/** Satisfaction over all questions: satisfied / asked of the questions with counts; if only rates were printed, the single rate or their range. */
export const satisfaction = async (
  loaders: FigureLoaders,
  unit: UnitView,
  period: Period,
): Promise<{ rate: Rate; sources: SourceView[] }> => {
  const surveys = await surveysOf(loaders, unit, period);
  const sources = sourcesOf(surveys.flatMap((survey) => survey.sources.map((source) => ({ source }))));
  const rates = surveys.map(({ satisfied }) => satisfied);
  const counted = rates.filter(({ quoted }) => !quoted);
  const sum = (numbers: (number | null)[]) => numbers.reduce<number>((total, value) => total + (value ?? 0), 0);
  if (counted.length > 0) {
    const asked = sum(counted.map(({ denominator }) => denominator));
    return { rate: computeRate({ part: sum(counted.map(({ numerator }) => numerator)), of: asked, whole: asked }, null), sources };
  }
  if (rates.length < 2) return { rate: rates[0] ?? computeRate({ part: null, of: null, whole: null }, null), sources };
  const [low, high] = [Math.min(...rates.map((rate) => rate.low ?? 0)), Math.max(...rates.map((rate) => rate.high ?? 1))];
  return { rate: quotedRate({ value: low === high ? low : null, low, high }), sources };
};
