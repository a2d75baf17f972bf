import type { Costs } from "../module/cost/field-cost.ts";
import { rollup } from "../module/cost/rules.ts";
import { SOURCES } from "../rollups/rollup.cost.ts";

export const taskCosts: Costs = {
  fields: {
    "Unit.tasks": { rule: rollup, hidden: { own: 0, within: 0 } },
    "TaskRollup.coverage": { hidden: { own: 5, within: 1 } },
    "TaskRollup.incomplete": { hidden: { own: 5, within: 1 } },
    "TaskRollup.sources": { size: SOURCES, hidden: { own: 2, within: 1 } },
  },
};
