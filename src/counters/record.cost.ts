import type { Costs } from "../module/cost/field-cost.ts";

export const recordCosts: Costs = {
  // Two kinds: dossiers and tasks.
  fields: { "Unit.records": { size: 2 }, "DeclareCompletePayload.records": { size: 0 } },
};
