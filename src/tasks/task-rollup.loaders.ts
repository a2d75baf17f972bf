import type { RequestContext } from "../access/request-context.ts";
import { cutLoaders } from "../counters/cut.loaders.ts";
import { recordSumsLoader } from "../counters/record-sums.loaders.ts";
import { figureLoaders } from "../figures/figure.loaders.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { EvidenceKind } from "../hierarchy/unit-view.ts";
import { rollupLoaders } from "../rollups/rollup.loaders.ts";
import { TASK_RECORDS } from "./task-records.ts";

/** Each resolver makes one look-up only, as for dossiers. */
export const taskRollupLoaders = (context: RequestContext, evidence: EvidenceKind) => ({
  ...context.use(unitLoaders, evidence),
  ...context.use(figureLoaders, evidence),
  ...context.use(cutLoaders, evidence),
  ...context.use(rollupLoaders, evidence),
  taskRecords: recordSumsLoader(TASK_RECORDS, context),
});
