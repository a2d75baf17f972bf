import type { Costs } from "../module/cost/field-cost.ts";
import { statisticsCosts } from "./statistics/statistics.cost.ts";

export const dossierCosts: Costs = {
  fields: {
    ...statisticsCosts.fields,
    "DossierConnection.totalCount": { counted: 5000 },
    // Few dossiers have more than two pauses, and most have none.
    "Dossier.pauses": { size: 2 },
    "Dossier.timeliness": { rule: ({ count }) => ({ rows: count, below: { count: 0 } }) },
  },
};
