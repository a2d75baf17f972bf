import { satisfaction } from "../assessments/assessment.service.ts";
import type { Rate } from "../figures/rate.ts";
import type { Loaders } from "../server/context.ts";
import { parsePeriod, type Period } from "../time/period.ts";
import type { UnitView } from "../units/unit.loaders.ts";
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

const ROLLUP_LOADERS = { dossier: "dossierRollup", task: "taskRollup", service: "serviceRollup" } as const;

export const rateOfIndicator = (loaders: Loaders, { indicator: { rate }, unit, period }: IndicatorValue): Promise<Rate> =>
  rate
    ? loaders[ROLLUP_LOADERS[rate.kind.name]].load({ unit, period, handledBy: null }).then((rollup) => rollup.rate(rate.name))
    : satisfaction(loaders, unit, period).then((survey) => survey.rate);

export const sourcesOfIndicator = async (loaders: Loaders, { indicator: { rate }, unit, period }: IndicatorValue) =>
  rate
    ? loaders.sourcesOfRollup.load({ unit, period, handledBy: null, kind: rate.kind })
    : (await satisfaction(loaders, unit, period)).sources;
