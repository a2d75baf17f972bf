import type { Costs } from "../module/cost/field-cost.ts";

export const recordCosts: Costs = {
  fields: {
    // Dossiers and tasks.
    "Unit.records": { size: 2 },
    // Of each unit that was sent.
    "DeclareCompletePayload.records": { size: 0 },
  },
};
