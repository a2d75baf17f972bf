import type { FigureLoaders, FigureRow } from "../../figures/figure.loaders.ts";
import { countInRange } from "../../figures/int-range.ts";
import { DOSSIER, enumValue, measureCode } from "../../figures/measure.ts";
import type { Rollup } from "../../rollups/rollup.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";

const PLACES = new Map(DOSSIER.measures.map(({ name }, place) => [measureCode(DOSSIER, name), { name, place }]));

/** Compares the unit's own figures for exactly the period with its records of the same tiers, if both exist. */
export const reconciliationOf = async (loaders: FigureLoaders & DossierCountLoaders, rollup: Rollup) => {
  const { unit, period, handledBy } = rollup;
  const figures = (await loaders.figuresOf.load({ no: unit.no, period })).filter(
    ({ measure, value, from, to, scope }) =>
      PLACES.has(measure) && value !== null && from === period.from && to === period.to && (handledBy === null || scope === handledBy),
  );
  const compared = await Promise.all(figures.map((figure) => comparedWith(loaders, rollup, figure)));
  return compared.filter((one) => one !== null).toSorted((a, b) => a.place - b.place);
};

const comparedWith = async (
  { dossierRecords }: DossierCountLoaders,
  { unit, period, cut }: Rollup,
  { measure, value, scope, source }: FigureRow,
) => {
  const { name, place } = PLACES.get(measure)!;
  const recorded = (await dossierRecords.load({ unit, period, handledBy: scope, cut }))?.certain?.[place] ?? null;
  if (recorded === null) return null;
  const numbers = {
    reported: countInRange(measure, value!),
    recorded: countInRange(measure, recorded),
    difference: countInRange(measure, recorded - value!),
  };
  return { place, measure: enumValue(name), ...numbers, source };
};
