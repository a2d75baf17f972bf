import type { Costs } from "../module/cost/field-cost.ts";

export const figureCosts: Costs = {
  // A yearly report states fewer than a hundred numbers of one unit.
  fields: { "Unit.figures": { size: 100 } },
  parts: ["Figure.source"],
};
