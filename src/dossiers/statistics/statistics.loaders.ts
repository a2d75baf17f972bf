import type { RequestContext } from "../../access/request-context.ts";
import { dossierCountLoaders } from "./dossier-count.loaders.ts";
import { figureLoaders } from "../../figures/figure.loaders.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { EvidenceKind } from "../../hierarchy/unit-view.ts";
import { rollupLoaders } from "../../rollups/rollup.loaders.ts";

/** Each resolver makes one look-up only, because a country's tree calls it a hundred thousand times. */
export const statisticsLoaders = (context: Pick<RequestContext, "use">, evidence: EvidenceKind) => ({
  ...context.use(unitLoaders, evidence),
  ...context.use(figureLoaders, evidence),
  ...context.use(dossierCountLoaders, evidence),
  ...context.use(rollupLoaders, evidence),
});
