import type { Module } from "../../module/module.ts";
import { AssessmentCycle, ScoreAdjustment, ScoreItem, ScoreSheet, SurveyAnswer } from "./cycle.entity.ts";

export const cycleModule: Module = {
  entities: [AssessmentCycle, ScoreSheet, ScoreItem, ScoreAdjustment, SurveyAnswer],
};
