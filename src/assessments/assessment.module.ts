import type { Module } from "../module/module.ts";
import { AssessmentResolver, UnitAssessmentsResolver } from "./assessment.resolver.ts";

export const assessmentModule: Module = {
  resolvers: [UnitAssessmentsResolver, AssessmentResolver],
};
