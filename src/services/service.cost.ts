import type { Costs } from "../module/cost/field-cost.ts";
import { ofPeriod } from "../module/cost/rules.ts";
import { SOURCES } from "../rollups/rollup.cost.ts";

export const serviceCosts: Costs = {
  fields: {
    "Unit.services": { rule: ofPeriod, hidden: { own: 0, within: 0 } },
    "ServiceRollup.sources": { size: SOURCES, hidden: { own: 2, within: 1 } },
    // Central, provincial, district and communal authorities, and a few other offices.
    "ServiceRollup.byAuthority": { size: 10 },
  },
};
