import type { Costs } from "../../module/cost/field-cost.ts";
import { ownUnit } from "../../module/cost/rules.ts";

/** The communes of a province, of which most provinces have about a hundred. */
const MEMBERS = 100;
/** Nodes of a rubric. */
export const NODES = 100;

export const cycleCosts: Costs = {
  fields: {
    "AssessmentCycleConnection.totalCount": { counted: 20 },
    "AssessmentCycle.members": { size: MEMBERS },
    "AssessmentCycle.sheets": { size: MEMBERS },
    "CycleMember.unit": ownUnit,
    "ScoreSheet.items": { size: NODES, hidden: { own: 50 } },
    "ScoreSheet.adjustments": { size: 3 },
    // They read the items of the sheet.
    "ScoreSheet.total": { hidden: { own: NODES } },
    "ScoreSheet.maxApplicable": { hidden: { own: NODES } },
    "ScoreSheet.scaled": { hidden: { own: NODES } },
  },
  parts: [
    ...["AssessmentCycle.rubric", "AssessmentCycle.deadlines", "ScoreItem.criterion", "ScoreItem.evidence"],
    ...["StageDeadline", "ScoreEvidence", "InputProblem"],
  ],
};
