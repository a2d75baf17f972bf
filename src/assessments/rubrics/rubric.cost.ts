import type { Costs } from "../../module/cost/field-cost.ts";

export const rubricCosts: Costs = {
  fields: {
    // Eight or nine domains, with a hundred nodes below all of them.
    "Rubric.domains": { size: 9, hidden: { own: 100 } },
    "Criterion.children": { size: 5, hidden: {} },
    "RubricConnection.totalCount": { counted: 20 },
    "Query.rubricDiff": { size: 100, hidden: { own: 200 } },
  },
  parts: ["Criterion.parent", "Criterion.steps", "Criterion.indicator", "CriterionChange.from", "CriterionChange.to"],
};
