import type { Role } from "../../access/viewer.ts";
import { CYCLE_STAGES, type CycleStage } from "./cycle-vocabulary.ts";

/** MEMBER scores itself, APPRAISER appraises criteria of others, ORGANISER runs the cycle. */
export type CycleSide = "MEMBER" | "APPRAISER" | "ORGANISER";

export const ROLE_OF_SIDE: Readonly<Record<CycleSide, Role>> = { MEMBER: "OFFICER", APPRAISER: "ASSESSOR", ORGANISER: "ADMIN" };

interface CycleStep {
  readonly mutation: string;
  readonly side: CycleSide;
  readonly stages: readonly CycleStage[];
  /** True if only the organiser, and whom it lets, writes after the deadline of the stage. */
  readonly hasDeadline: boolean;
}

const step = <const M extends string>(mutation: M, side: CycleSide, stages: readonly CycleStage[], hasDeadline = false) => ({
  ...{ mutation, side, stages, hasDeadline },
});
const UNPUBLISHED = CYCLE_STAGES.filter((stage) => stage !== "PUBLISHED");

/** Every write of an open cycle, with its side and its stages; what is not in this table is refused. */
export const CYCLE_STEPS = [
  step("scoreSelf", "MEMBER", ["SELF_SCORING"], true),
  step("submitScoreSheet", "MEMBER", ["SELF_SCORING"], true),
  step("explain", "MEMBER", ["EXPLANATION"], true),
  step("appraise", "APPRAISER", ["FIRST_APPRAISAL", "SECOND_APPRAISAL"], true),
  step("recordSurvey", "ORGANISER", ["SURVEY"]),
  step("adjustScore", "ORGANISER", ["SURVEY"]),
  step("removeAdjustment", "ORGANISER", ["SURVEY"]),
  step("reopenScoreSheet", "ORGANISER", ["SELF_SCORING", "EXPLANATION"]),
  step("setApplicability", "ORGANISER", UNPUBLISHED),
  step("overrideClassification", "ORGANISER", UNPUBLISHED),
  step("setRankedMembers", "ORGANISER", UNPUBLISHED),
  step("advanceAssessmentCycle", "ORGANISER", UNPUBLISHED),
  step("publishAssessmentCycle", "ORGANISER", UNPUBLISHED),
  step("correctPublishedScores", "ORGANISER", ["PUBLISHED"]),
] as const satisfies readonly CycleStep[];

export type CycleMutation = (typeof CYCLE_STEPS)[number]["mutation"];

export const cycleStepOf = (mutation: CycleMutation): CycleStep => CYCLE_STEPS.find((one) => one.mutation === mutation)!;

/** A cycle advances to any later stage but PUBLISHED, which publication alone reaches. */
export const stagesAfter = (stage: CycleStage): readonly CycleStage[] => UNPUBLISHED.slice(CYCLE_STAGES.indexOf(stage) + 1);

/** The stages that a cycle leaves on its way. */
export const stagesLeft = (from: CycleStage, to: CycleStage): readonly CycleStage[] =>
  CYCLE_STAGES.slice(CYCLE_STAGES.indexOf(from), CYCLE_STAGES.indexOf(to));
