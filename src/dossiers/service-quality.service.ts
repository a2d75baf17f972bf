import type { RollupKey } from "../figures/rollup.ts";
import { areRecordsShown } from "./dossier-access.ts";
import type { DossierCountLoaders } from "./counts/dossier-count.loaders.ts";
import { qualityOf } from "./service-quality.ts";

/** Without values where the caller may not see the records of the period. */
export const serviceQuality = async (loaders: DossierCountLoaders, unit: RollupKey["unit"], period: RollupKey["period"]) => {
  const key = { unit, period, handledBy: null };
  const counts = (await areRecordsShown(loaders, key)) ? await loaders.dossierCounts.load(key) : null;
  return { period, ...qualityOf(counts?.counted ?? null) };
};
