import type DataLoader from "dataloader";
import type { RecordSums } from "../counters/records.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { FigureLoaders, FigureRow } from "../figures/figure.loaders.ts";
import { countInRange } from "../figures/int-range.ts";
import { enumValue, measureCode } from "../figures/measure.ts";
import type { Rollup } from "./rollup.ts";

type RecordSumsLoader = Pick<DataLoader<RollupKey, RecordSums | null, string>, "load">;

/** Compares the unit's own figures for exactly the period with its records of the same tiers, if both exist. */
export const reconciliationOf = async ({ figuresOf }: FigureLoaders, records: RecordSumsLoader, rollup: Rollup) => {
  const { unit, period, handledBy, kind } = rollup;
  const places = new Map(kind.measures.map(({ name }, place) => [measureCode(kind, name), place]));
  const figures = (await figuresOf.load({ no: unit.no, period })).filter(
    ({ measure, value, from, to, scope }) =>
      places.has(measure) && value !== null && from === period.from && to === period.to && (handledBy === null || scope === handledBy),
  );
  const compared = await Promise.all(figures.map((figure) => comparedWith(records, rollup, figure, places.get(figure.measure)!)));
  return compared.filter((one) => one !== null).toSorted((a, b) => a.place - b.place);
};

const comparedWith = async (
  records: RecordSumsLoader,
  { unit, period, cut, kind }: Rollup,
  { measure, value, scope, source }: FigureRow,
  place: number,
) => {
  const recorded = (await records.load({ unit, period, handledBy: scope, cut }))?.certain?.[place] ?? null;
  if (recorded === null) return null;
  const numbers = {
    reported: countInRange(measure, value!),
    recorded: countInRange(measure, recorded),
    difference: countInRange(measure, recorded - value!),
  };
  return { place, measure: enumValue(kind.measures[place]!.name), ...numbers, source };
};
