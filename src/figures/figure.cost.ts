import type { Costs } from "../module/cost/field-cost.ts";
import { carried } from "../module/cost/rules.ts";

export const figureCosts: Costs = {
  fields: {
    // A yearly report states fewer than a hundred numbers of one unit.
    "Unit.figures": { size: 100 },
    "Figure.source": { rule: carried },
  },
};
