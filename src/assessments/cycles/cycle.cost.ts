import type { Costs } from "../../module/cost/field-cost.ts";
import { alike, ownUnit } from "../../module/cost/rules.ts";

/** Nodes of a rubric. */
export const NODES = 100;

export const cycleCosts: Costs = {
  fields: {
    "AssessmentCycleConnection.totalCount": { counted: 20 },
    // The communes of a province, of which most provinces have about a hundred.
    ...alike({ size: 100 }, "AssessmentCycle.members", "AssessmentCycle.sheets"),
    "CycleMember.unit": ownUnit,
    "ScoreSheet.items": { size: NODES, hidden: { own: 50 } },
    "ScoreSheet.adjustments": { size: 3 },
    // They read the items of the sheet.
    ...alike({ hidden: { own: NODES } }, "ScoreSheet.total", "ScoreSheet.maxApplicable", "ScoreSheet.scaled"),
  },
  parts: [
    ...["AssessmentCycle.rubric", "AssessmentCycle.deadlines", "ScoreItem.criterion", "ScoreItem.evidence"],
    ...["StageDeadline", "ScoreEvidence", "InputProblem"],
  ],
};
