import type { RollupLoaders } from "../../rollups/rollup.loaders.ts";
import type { RollupKey } from "../../counters/rollup-key.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";
import { qualityOf } from "./service-quality.ts";

/** Without values if there are no records or their roll-ups are withheld. */
export const serviceQuality = async (
  loaders: DossierCountLoaders & Pick<RollupLoaders, "dossierRollup">,
  unit: RollupKey["unit"],
  period: RollupKey["period"],
) => {
  const key = { unit, period, handledBy: null, cut: await loaders.cutOf(unit) };
  const [counts, rollup] = await Promise.all([loaders.dossierCounts.load(key), loaders.dossierRollup.load(key)]);
  return { period, ...qualityOf(rollup.isWithheld ? null : (counts?.counted ?? null)) };
};
