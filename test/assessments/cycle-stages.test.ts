import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CYCLE_STAGES } from "../../src/assessments/cycles/cycle-vocabulary.ts";
import { CycleRoom, type SeenCycle, sheetOf } from "./cycle-room.ts";
import { MAKER, prepare, putInto, type Write, WRITES, writesOf } from "./cycle-writes.ts";

let room: CycleRoom;
let cycle: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
  await putInto(room, "SURVEY");
  await room.done("admin", "adjustScore", { sheet: sheetOf(cycle, "01273").id, kind: "BONUS", points: 0.5, reason: "x" });
  cycle = (await room.seeCycle("admin", cycle.id))!;
});
afterAll(() => room.service.close());

const UNPUBLISHED = CYCLE_STAGES.slice(0, -1);
/** The stages of each write, written a second time. */
const STAGES: Readonly<Record<Write, readonly string[]>> = {
  ...{
    scoreSelf: ["SELF_SCORING"],
    submitScoreSheet: ["SELF_SCORING"],
    explain: ["EXPLANATION"],
    appraise: ["FIRST_APPRAISAL", "SECOND_APPRAISAL"],
  },
  ...{ recordSurvey: ["SURVEY"], adjustScore: ["SURVEY"], removeAdjustment: ["SURVEY"], reopenScoreSheet: ["SELF_SCORING", "EXPLANATION"] },
  ...{ setApplicability: UNPUBLISHED, overrideClassification: UNPUBLISHED, setRankedMembers: UNPUBLISHED },
  advanceAssessmentCycle: UNPUBLISHED.slice(0, -1),
  ...{ publishAssessmentCycle: UNPUBLISHED, correctPublishedScores: ["PUBLISHED"] },
};

describe("in the stage", () => {
  it.each(CYCLE_STAGES)("%s every write is made or refused as the table says", async (stage) => {
    for (const write of WRITES) {
      await prepare(room);
      await putInto(room, stage);
      const { code, message, problems } = await room.change(MAKER[write], write, writesOf(cycle)[write]);
      const isAllowed = STAGES[write].includes(stage);
      expect([write, code, problems], message).toEqual([write, isAllowed ? undefined : "CONFLICT", []]);
      if (!isAllowed) expect(message).toContain(stage);
    }
  });
});

describe("after the deadline of the stage", () => {
  const DUE: Readonly<Partial<Record<Write, string>>> = {
    scoreSelf: "SELF_SCORING",
    submitScoreSheet: "SELF_SCORING",
    explain: "EXPLANATION",
    appraise: "FIRST_APPRAISAL",
  };

  it.each(Object.entries(DUE) as [Write, string][])("%s is for the organiser alone", async (write, stage) => {
    await prepare(room);
    const input = writesOf(cycle)[write];
    await putInto(room, stage, [{ stage, on: "2026-11-21" }]);
    const late = await room.change(MAKER[write], write, input);
    expect(late).toMatchObject({ code: "CONFLICT", message: `${write} was possible until 2026-11-21, the deadline of ${stage}` });
    expect((await room.change("admin", write, input)).code).toBeUndefined();
    await prepare(room);
    await putInto(room, stage, [{ stage, on: "2026-11-22" }]);
    expect((await room.change(MAKER[write], write, input)).code).toBeUndefined();
  });

  it("the member writes again until the day to which its sheet is reopened, and hands it in once more", async () => {
    await prepare(room);
    await putInto(room, "SELF_SCORING", [{ stage: "SELF_SCORING", on: "2026-11-21" }]);
    const { scoreSelf, submitScoreSheet, reopenScoreSheet } = writesOf(cycle);
    expect((await room.change("admin", "submitScoreSheet", submitScoreSheet)).sheet?.submittedAt).not.toBeNull();
    expect((await room.change("admin", "scoreSelf", scoreSelf)).code).toBe("CONFLICT");
    for (const until of ["2026-11-21", "soon"])
      expect((await room.change("admin", "reopenScoreSheet", { ...reopenScoreSheet, until })).code).toBe("BAD_USER_INPUT");
    expect((await room.change("admin", "reopenScoreSheet", { ...reopenScoreSheet, until: "2026-11-22" })).sheet?.submittedAt).toBeNull();
    expect((await room.change("one", "scoreSelf", scoreSelf)).code).toBeUndefined();
    expect((await room.change("two", "scoreSelf", scoreSelf)).code).toBe("NOT_FOUND");
    expect((await room.change("one", "submitScoreSheet", submitScoreSheet)).sheet?.submittedAt).not.toBeNull();
  });
});
