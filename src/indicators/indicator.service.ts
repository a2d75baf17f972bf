import { satisfaction } from "./satisfaction.ts";
import { NOTHING_COUNTED } from "../counters/cut.ts";
import type { Rate } from "../rollups/rate.ts";
import { type RollupKind, SERVICE } from "../figures/measure.ts";
import { rollupOfCaller } from "../rollups/rollup-cut.service.ts";
import type { Rollup } from "../rollups/rollup.ts";
import type { IndicatorLoaders } from "./indicator.loaders.ts";
import { parsePeriod, type Period } from "../lib/time/period.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { chosenIndicators, type Indicator } from "./indicator.ts";

export interface IndicatorValue {
  readonly indicator: Indicator;
  readonly unit: UnitView;
  readonly period: Period;
}

export const valuesOf = (unit: UnitView, periodText: string, codes: readonly string[] | null): IndicatorValue[] => {
  const period = parsePeriod("period", periodText);
  return chosenIndicators(codes).map((indicator) => ({ indicator, unit, period }));
};

const rollupOf = (
  loaders: IndicatorLoaders,
  kind: RollupKind,
  { unit, period }: Pick<IndicatorValue, "unit" | "period">,
): Promise<Rollup> => {
  const key = { unit, period, handledBy: null };
  return kind === SERVICE ? loaders.serviceRollup.load({ ...key, cut: NOTHING_COUNTED }) : rollupOfCaller(loaders, kind, key);
};

export const rateOfIndicator = (loaders: IndicatorLoaders, value: IndicatorValue): Promise<Rate> => {
  const { rate } = value.indicator;
  return rate
    ? rollupOf(loaders, rate.kind, value).then((rollup) => rollup.rate(rate.name))
    : satisfaction(loaders, value.unit, value.period).then((survey) => survey.rate);
};

/** The rates of the indicators in their order. Indicators of one roll-up read it once, which matters for a block of thousands of units. */
export const ratesOfIndicators = async (
  loaders: IndicatorLoaders,
  { unit, period }: Pick<IndicatorValue, "unit" | "period">,
  indicators: readonly Indicator[],
): Promise<Rate[]> => {
  const kinds = [...new Set(indicators.flatMap(({ rate }) => rate?.kind ?? []))];
  const [survey, ...rollups] = await Promise.all([
    indicators.some(({ rate }) => rate === null) ? satisfaction(loaders, unit, period) : null,
    ...kinds.map((kind) => rollupOf(loaders, kind, { unit, period })),
  ]);
  return indicators.map(({ rate }) => (rate ? rollups[kinds.indexOf(rate.kind)]!.rate(rate.name) : survey!.rate));
};

export const sourcesOfIndicator = async (loaders: IndicatorLoaders, { indicator: { rate }, unit, period }: IndicatorValue) => {
  if (!rate) return (await satisfaction(loaders, unit, period)).sources;
  const cut = rate.kind === SERVICE ? NOTHING_COUNTED : await loaders.cutOf(unit);
  return loaders.sourcesOfRollup.load({ unit, period, handledBy: null, cut, kind: rate.kind });
};
