import type { RequestContext } from "../access/request-context.ts";
import { cutLoaders } from "../counters/cut.loaders.ts";
import { figureLoaders } from "../figures/figure.loaders.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { rollupLoaders } from "../rollups/rollup.loaders.ts";

export type IndicatorLoaders = ReturnType<typeof indicatorLoaders>;

export const indicatorLoaders = (context: Pick<RequestContext, "use">, evidence: EvidenceKind) => ({
  ...context.use(cutLoaders, evidence),
  ...context.use(rollupLoaders, evidence),
  ...context.use(figureLoaders, evidence),
});
