import type { Costs } from "../../module/cost/field-cost.ts";
import { alike } from "../../module/cost/rules.ts";
import { NODES } from "../cycles/cycle.cost.ts";

export const standingCosts: Costs = {
  fields: {
    // The largest block has all communes of the country, and is read as a whole whatever the number of its members.
    "AssessmentCycle.standings": { size: 200, hidden: { own: 3_400 } },
    ...alike({ hidden: { own: NODES } }, "ScoreSheet.projected", "ScoreSheet.whatIf", "ScoreSheet.change"),
    "ScoreChange.items": { size: NODES },
    ...alike({ hidden: { own: 1 } }, "ScoreItem.receipt", "ScoreItem.livingReceipt"),
  },
  parts: ["ProjectedScore", "ScoreReceipt", "ScoreChange"],
};
