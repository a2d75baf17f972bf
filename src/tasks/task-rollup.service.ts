import { TIERS } from "../hierarchy/unit.entity.ts";
import { type PeriodGrain, seriesOf } from "../lib/time/period.ts";
import type { RollupLoaders } from "../rollups/rollup.loaders.ts";
import type { Rollup } from "../rollups/rollup.ts";

/** The tiers that have data; of a roll-up of one tier that tier alone. */
export const tasksByTier = async ({ taskRollup }: RollupLoaders, { unit, period, handledBy, cut }: Rollup) => {
  const tiers = TIERS.filter((tier) => handledBy === null || tier === handledBy);
  const rollups = await Promise.all(tiers.map((tier) => taskRollup.load({ unit, period, handledBy: tier, cut })));
  return tiers
    .map((tier, n) => ({ tier, rollup: rollups[n]! }))
    .filter(({ rollup }) => rollup.measureCoverage.covered > 0 || !rollup.exact || rollup.sum("total") !== null);
};

/** @throws BadUserInput for a grain that does not divide the period. */
export const taskSeries = ({ taskRollup }: RollupLoaders, { unit, period, handledBy, cut }: Rollup, grain: PeriodGrain) =>
  Promise.all(seriesOf(period, grain).map((point) => taskRollup.load({ unit, period: point, handledBy, cut })));
