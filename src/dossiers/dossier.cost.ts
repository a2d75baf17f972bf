import type { Costs } from "../module/cost/field-cost.ts";
import { statisticsFields } from "./statistics/statistics.cost.ts";

export const dossierCosts: Costs = {
  fields: {
    ...statisticsFields,
    "DossierConnection.totalCount": { counted: 5000 },
    // Few dossiers have more than two pauses, and most have none.
    "Dossier.pauses": { size: 2 },
    "Dossier.timeliness": { counted: 1 },
  },
  parts: ["DossierFieldRollup.counts", "DossierFieldRollup.field", "Form06.total", "Form06Row.field"],
};
