import type { Costs } from "../../module/cost/field-cost.ts";
import { carried } from "../../module/cost/rules.ts";

export const rubricCosts: Costs = {
  fields: {
    // Eight or nine domains, with a hundred nodes below all of them.
    "Rubric.domains": { size: 9, hidden: { own: 100, within: 0 } },
    "Criterion.children": { size: 5, hidden: { own: 0, within: 0 } },
    "Criterion.parent": { rule: carried },
    "Criterion.steps": { rule: carried },
    "Criterion.indicator": { rule: carried },
    "RubricConnection.totalCount": { counted: 20 },
    "Query.rubricDiff": { size: 100, hidden: { own: 200, within: 0 } },
    "CriterionChange.from": { rule: carried },
    "CriterionChange.to": { rule: carried },
  },
};
