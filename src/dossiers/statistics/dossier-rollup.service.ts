import type { Rollup } from "../../rollups/rollup.ts";
import type { RollupLoaders } from "../../rollups/rollup.loaders.ts";
import { type PeriodGrain, seriesOf } from "../../lib/time/period.ts";
import { TIERS } from "../../hierarchy/unit.entity.ts";

/** Returns the tiers with a value; for a roll-up of one tier that tier alone. */
export const dossiersByTier = async ({ dossierRollup }: RollupLoaders, { unit, period, handledBy, cut }: Rollup) => {
  const tiers = TIERS.filter((tier) => handledBy === null || tier === handledBy);
  const rollups = await Promise.all(tiers.map((tier) => dossierRollup.load({ unit, period, handledBy: tier, cut })));
  return tiers
    .map((tier, n) => ({ tier, rollup: rollups[n]! }))
    .filter(({ rollup }) => rollup.measureCoverage.covered > 0 || !rollup.exact || hasCounts(rollup));
};

/** An agency's own dossiers count in the tier of its unit, which the agency does not cover. */
const hasCounts = (rollup: Rollup): boolean => ["received", "resolved", "inProcess"].some((measure) => rollup.sum(measure) !== null);

export const dossierSeries = ({ dossierRollup }: RollupLoaders, { unit, period, handledBy, cut }: Rollup, grain: PeriodGrain) =>
  Promise.all(seriesOf(period, grain).map((point) => dossierRollup.load({ unit, period: point, handledBy, cut })));
