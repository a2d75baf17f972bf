import type { Costs } from "../../module/cost/field-cost.ts";

/** The largest block has all communes of the country, and is read as a whole whatever the number of its members. */
const BLOCK = 3_400;
/** A rubric has a hundred nodes. */
const NODES = 100;

export const standingCosts: Costs = {
  fields: {
    "AssessmentCycle.standings": { size: 200, hidden: { own: BLOCK, within: 0 } },
    "ScoreSheet.projected": { hidden: { own: NODES, within: 0 } },
    "ScoreSheet.whatIf": { hidden: { own: NODES, within: 0 } },
    "ScoreSheet.change": { hidden: { own: NODES, within: 0 } },
    "ScoreChange.items": { size: NODES },
    "ScoreItem.receipt": { hidden: { own: 1, within: 0 } },
    "ScoreItem.livingReceipt": { hidden: { own: 1, within: 0 } },
  },
  parts: ["ProjectedScore", "ScoreReceipt", "ScoreChange"],
};
