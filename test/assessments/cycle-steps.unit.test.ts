import { describe, expect, it } from "vitest";
import { CYCLE_STEPS, stagesAfter, stagesLeft } from "../../src/assessments/cycles/cycle-steps.ts";
import { CYCLE_STAGES } from "../../src/assessments/cycles/cycle-vocabulary.ts";

/** What the rules allow, written a second time: the writes of each stage by side; `!` ends with the deadline. */
const OPEN = "advanceAssessmentCycle overrideClassification publishAssessmentCycle setApplicability setRankedMembers";
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SELF_SCORING: { MEMBER: "scoreSelf! submitScoreSheet!", APPRAISER: "", ORGANISER: `${OPEN} reopenScoreSheet` },
  FIRST_APPRAISAL: { MEMBER: "", APPRAISER: "appraise!", ORGANISER: OPEN },
  EXPLANATION: { MEMBER: "explain!", APPRAISER: "", ORGANISER: `${OPEN} reopenScoreSheet` },
  SECOND_APPRAISAL: { MEMBER: "", APPRAISER: "appraise!", ORGANISER: OPEN },
  SURVEY: { MEMBER: "", APPRAISER: "", ORGANISER: `${OPEN} adjustScore recordSurvey removeAdjustment` },
  PUBLISHED: { MEMBER: "", APPRAISER: "", ORGANISER: "correctPublishedScores" },
};

describe("the table of writes", () => {
  it.each(CYCLE_STAGES)("allows in %s what the rules say, and nothing else", (stage) => {
    for (const [side, allowed] of Object.entries(ALLOWED[stage]!)) {
      const writes = CYCLE_STEPS.filter((step) => step.side === side && (step.stages as readonly string[]).includes(stage));
      const names = writes.map(({ mutation, hasDeadline }) => `${mutation}${hasDeadline ? "!" : ""}`);
      expect(names.toSorted(), side).toEqual(allowed.split(" ").filter(Boolean).toSorted());
    }
  });

  it("leads to any later stage but PUBLISHED", () => {
    expect(stagesAfter("SELF_SCORING")).toEqual(["FIRST_APPRAISAL", "EXPLANATION", "SECOND_APPRAISAL", "SURVEY"]);
    expect(stagesAfter("SECOND_APPRAISAL")).toEqual(["SURVEY"]);
    expect(stagesAfter("SURVEY")).toEqual([]);
    expect(stagesAfter("PUBLISHED")).toEqual([]);
    expect(stagesLeft("FIRST_APPRAISAL", "SECOND_APPRAISAL")).toEqual(["FIRST_APPRAISAL", "EXPLANATION"]);
  });
});
