import type { Costs } from "../../module/cost/field-cost.ts";
import { NODES } from "../cycles/cycle.cost.ts";

/** The largest block has all communes of the country, and is read as a whole whatever the number of its members. */
const BLOCK = 3_400;

export const standingCosts: Costs = {
  fields: {
    "AssessmentCycle.standings": { size: 200, hidden: { own: BLOCK } },
    "ScoreSheet.projected": { hidden: { own: NODES } },
    "ScoreSheet.whatIf": { hidden: { own: NODES } },
    "ScoreSheet.change": { hidden: { own: NODES } },
    "ScoreChange.items": { size: NODES },
    "ScoreItem.receipt": { hidden: { own: 1 } },
    "ScoreItem.livingReceipt": { hidden: { own: 1 } },
  },
  parts: ["ProjectedScore", "ScoreReceipt", "ScoreChange"],
};
