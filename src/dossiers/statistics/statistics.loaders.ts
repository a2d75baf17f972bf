import type { RequestContext } from "../../access/request-context.ts";
import { dossierCountLoaders } from "../../counters/dossier-count.loaders.ts";
import { figureLoaders } from "../../figures/figure.loaders.ts";
import { type EvidenceKind, unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { rollupLoaders } from "../../rollups/rollup.loaders.ts";

/** One look-up for each resolver, of which a country's tree calls a hundred thousand. */
export const statisticsLoaders = (context: Pick<RequestContext, "use">, evidence: EvidenceKind) => ({
  ...context.use(unitLoaders, evidence),
  ...context.use(figureLoaders, evidence),
  ...context.use(dossierCountLoaders, evidence),
  ...context.use(rollupLoaders, evidence),
});
