import type { Costs } from "../../module/cost/field-cost.ts";
import { carried, ownUnit } from "../../module/cost/rules.ts";

/** The communes of a province, of which most provinces have about a hundred. */
const MEMBERS = 100;
/** Nodes of a rubric. */
const NODES = 100;

export const cycleCosts: Costs = {
  fields: {
    "AssessmentCycleConnection.totalCount": { counted: 20 },
    "AssessmentCycle.rubric": { rule: carried },
    "AssessmentCycle.deadlines": { rule: carried },
    "AssessmentCycle.members": { size: MEMBERS },
    "AssessmentCycle.sheets": { size: MEMBERS },
    "CycleMember.unit": { rule: ownUnit },
    "ScoreSheet.items": { size: NODES, hidden: { own: 50, within: 0 } },
    "ScoreSheet.adjustments": { size: 3 },
    // They read the items of the sheet.
    "ScoreSheet.total": { hidden: { own: NODES, within: 0 } },
    "ScoreSheet.maxApplicable": { hidden: { own: NODES, within: 0 } },
    "ScoreSheet.scaled": { hidden: { own: NODES, within: 0 } },
    "ScoreItem.criterion": { rule: carried },
    "ScoreItem.evidence": { rule: carried },
  },
  parts: ["StageDeadline", "ScoreEvidence", "InputProblem"],
};
