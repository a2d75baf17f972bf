import type { Rollup } from "../figures/rollup.ts";
import type { RollupLoaders } from "../figures/rollup.loaders.ts";
import { type PeriodGrain, seriesOf } from "../time/period.ts";
import { TIERS } from "../units/unit.entity.ts";

/** The tiers of which anything is known; of a roll-up of one tier that tier alone. */
export const dossiersByTier = async ({ dossierRollup }: RollupLoaders, { unit, period, handledBy }: Rollup) => {
  const tiers = TIERS.filter((tier) => handledBy === null || tier === handledBy);
  const rollups = await Promise.all(tiers.map((tier) => dossierRollup.load({ unit, period, handledBy: tier })));
  return tiers
    .map((tier, n) => ({ tier, rollup: rollups[n]! }))
    .filter(({ rollup }) => rollup.knowledge.covered > 0 || !rollup.exact || hasCounts(rollup));
};

/** An agency's own dossiers count in the tier of its unit, which the agency does not cover. */
const hasCounts = (rollup: Rollup): boolean => ["received", "resolved", "inProcess"].some((measure) => rollup.sum(measure) !== null);

export const dossierSeries = ({ dossierRollup }: RollupLoaders, { unit, period, handledBy }: Rollup, grain: PeriodGrain) =>
  Promise.all(seriesOf(period, grain).map((point) => dossierRollup.load({ unit, period: point, handledBy })));
