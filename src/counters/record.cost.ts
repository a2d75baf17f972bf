import type { Costs } from "../module/cost/field-cost.ts";

export const recordCosts: Costs = {
  fields: {
    // Two kinds: dossiers and tasks.
    "Unit.records": { size: 2 },
    "DeclareCompletePayload.records": { size: 0 },
  },
};
