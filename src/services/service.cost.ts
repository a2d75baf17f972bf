import type { Costs } from "../module/cost/field-cost.ts";
import { rollupOfUnit, rollupSources } from "../rollups/rollup.cost.ts";

export const serviceCosts: Costs = {
  fields: {
    "Unit.services": rollupOfUnit,
    "ServiceRollup.sources": rollupSources,
    // Central, provincial, district and communal authorities, and a few other offices.
    "ServiceRollup.byAuthority": { size: 10 },
  },
};
