import type { Day } from "../../lib/time/date.ts";

/** In their order: a cycle advances to any later one. */
export const CYCLE_STAGES = ["SELF_SCORING", "FIRST_APPRAISAL", "EXPLANATION", "SECOND_APPRAISAL", "SURVEY", "PUBLISHED"] as const;
export type CycleStage = (typeof CYCLE_STAGES)[number];

export type ScoreRound = "SELF" | "FIRST" | "SECOND" | "FINAL";

export type AdjustmentKind = "BONUS" | "PENALTY";

/** The last day of a stage. */
export interface StoredDeadline {
  readonly stage: CycleStage;
  readonly on: Day;
}

export interface ScoreEvidence {
  readonly name: string;
  readonly url: string;
}
