import type { Module } from "../module/module.ts";
import { AssessmentResolver, UnitAssessmentsResolver } from "./assessment.resolver.ts";
import { assessmentCosts } from "./assessment.cost.ts";

export const assessmentModule: Module = {
  resolvers: [UnitAssessmentsResolver, AssessmentResolver],
  costs: assessmentCosts,
};
