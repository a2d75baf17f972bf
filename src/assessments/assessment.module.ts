import type { Module } from "../module/module.ts";
import { AssessmentResolver, RankingResolver, UnitAssessmentsResolver } from "./assessment.resolver.ts";
import { assessmentCosts } from "./assessment.cost.ts";

export const assessmentModule: Module = {
  resolvers: [UnitAssessmentsResolver, AssessmentResolver, RankingResolver],
  costs: assessmentCosts,
};
