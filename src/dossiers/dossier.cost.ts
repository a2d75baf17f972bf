import type { Costs } from "../module/cost/field-cost.ts";
import { statisticsCosts } from "./statistics/statistics.cost.ts";

export const dossierCosts: Costs = {
  fields: {
    ...statisticsCosts.fields,
    "DossierConnection.totalCount": { counted: 5000 },
    // Most never stand still, and few more than twice.
    "Dossier.pauses": { size: 2 },
    // It looks at the pauses.
    "Dossier.timeliness": { rule: ({ count }) => ({ rows: count, below: { count: 0 } }) },
  },
};
