import type { Module } from "../../module/module.ts";
import { cycleCosts } from "./cycle.cost.ts";
import { CycleMutations } from "./cycle-mutation.resolver.ts";
import { CycleConnectionResolver, CycleQueries, CycleResolver, ScoreSheetResolver } from "./cycle.resolver.ts";
import { SheetAppraisalMutations, SheetMemberMutations, SheetOrganiserMutations } from "./sheet-mutation.resolver.ts";
import { AssessmentCycle, ScoreAdjustment, ScoreItem, ScoreSheet, SurveyAnswer } from "./cycle.entity.ts";

export const cycleModule: Module = {
  resolvers: [
    CycleQueries,
    CycleResolver,
    CycleConnectionResolver,
    ScoreSheetResolver,
    CycleMutations,
    SheetMemberMutations,
    SheetAppraisalMutations,
    SheetOrganiserMutations,
  ],
  costs: cycleCosts,
  entities: [AssessmentCycle, ScoreSheet, ScoreItem, ScoreAdjustment, SurveyAnswer],
};
