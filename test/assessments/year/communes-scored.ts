import { expect, it } from "vitest";
import { criterionOf, itemOf, sheetOf } from "../cycle-room.ts";
import { COMMUNE_RUBRIC, COMMUNES, COMPUTED, MERGED, OVERRULED } from "./thanh-hoa.ts";
import { appraisal, REASON, selfScores, type Year } from "./year-room.ts";

const DEADLINES = [
  { stage: "SELF_SCORING", on: "2026-01-20" },
  { stage: "FIRST_APPRAISAL", on: "2026-02-10" },
  { stage: "EXPLANATION", on: "2026-02-20" },
  { stage: "SECOND_APPRAISAL", on: "2026-03-05" },
];
const LATE = "14863";
const living = Object.keys(COMMUNES).filter((code) => code !== MERGED);

/** From June 2025 to the first appraisal of the communes. */
export const scoreCommunes = (year: Year): void => {
  const sheet = (unit: string) => sheetOf(year.communes, unit).id;
  it("opens the cycle of its communes in June, and one of them scores itself before it is merged", async () => {
    year.communes = await year.room.open(COMMUNE_RUBRIC, Object.keys(COMMUNES), DEADLINES);
    expect(year.communes.members.map(({ unit }) => unit.code)).toEqual(Object.keys(COMMUNES).toSorted());
    await year.room.sendDossiers(MERGED, COMMUNES[MERGED]!.dossiers, { receivedOn: "2025-02-03", through: "2025-06-30" });
    const { plan, outreach } = COMMUNES[MERGED]!;
    await year.room.done(MERGED, "scoreSelf", selfScores(year.communes, MERGED, { "1.1": plan[0], "1.2": outreach[0] }));
    expect([
      await year.room.refusal(MERGED, "scoreSelf", selfScores(year.communes, "14848", { "1.2": 1 })),
      await year.room.refusal(MERGED, "scoreSelf", selfScores(year.communes, MERGED, { "2.1": 1 })),
      await year.room.refusal(MERGED, "scoreSelf", selfScores(year.communes, MERGED, { "1.2": 10.01 })),
      await year.room.refusal("14848", "submitScoreSheet", { sheet: sheet("14848") }),
      await year.room.refusal("assessor", "appraise", appraisal(year.communes, MERGED, { "1.2": 1 })),
    ]).toEqual(["NOT_FOUND", "items.0.points POINTS_COMPUTED", "items.0.points POINTS_INVALID", "sheet SELF_SCORE_MISSING", "CONFLICT"]);
  });

  it("leaves the sheet of the merged commune to be read by its side", async () => {
    year.room.goTo("2025-12-15");
    const before = (await year.room.sheet("admin", sheet(MERGED)))!;
    await year.room.giveKey("successor", MERGED, "OFFICER");
    expect(before.unit.code).toBe(MERGED);
    expect([itemOf(before, "1.1").selfScore, itemOf(before, "1.2").selfScore]).toEqual([6, 6.5]);
    expect(await year.room.sheet(MERGED, sheet(MERGED))).toEqual(before);
    expect([
      await year.room.refusal(MERGED, "scoreSelf", selfScores(year.communes, MERGED, { "1.2": 1 })),
      await year.room.refusal(MERGED, "submitScoreSheet", { sheet: sheet(MERGED) }),
      await year.room.refusal("system", "scoreSelf", selfScores(year.communes, MERGED, { "1.2": 1 })),
      await year.room.refusal("successor", "scoreSelf", selfScores(year.communes, MERGED, { "1.2": 1 })),
    ]).toEqual(["FORBIDDEN", "FORBIDDEN", "CONFLICT", "CONFLICT"]);
  });

  it("computes five criteria of dossiers and tasks when sheets are handed in", async () => {
    for (const unit of living) await year.room.assignTasks(unit, COMMUNES[unit]!.tasks);
    year.room.goTo("2026-01-05");
    for (const unit of living) {
      const { dossiers, plan, outreach } = COMMUNES[unit]!;
      await year.room.sendDossiers(unit, dossiers, { receivedOn: "2025-09-01", through: "2025-12-31" });
      await year.room.done(unit, "scoreSelf", selfScores(year.communes, unit, { "1.1": plan[0], "1.2": outreach[0] }));
      if (unit !== LATE) await year.room.done(unit, "submitScoreSheet", { sheet: sheet(unit) });
    }
    expect(await year.room.refusal("14848", "scoreSelf", selfScores(year.communes, "14848", { "1.2": 9 }))).toBe("CONFLICT");
  });

  it("takes a sheet after the deadline only from whom the organiser lets", async () => {
    year.room.goTo("2026-01-21");
    expect(await year.room.refusal(LATE, "submitScoreSheet", { sheet: sheet(LATE) })).toBe("CONFLICT");
    const reopening = { sheet: sheet(LATE), until: "2026-01-23", reason: REASON };
    expect(await year.room.refusal(LATE, "reopenScoreSheet", reopening)).toBe("FORBIDDEN");
    await year.room.done("admin", "reopenScoreSheet", reopening);
    year.room.goTo("2026-01-23");
    await year.room.done(LATE, "submitScoreSheet", { sheet: sheet(LATE) });
    year.room.goTo("2026-01-26");
    const advance = { cycle: year.communes.id, to: "FIRST_APPRAISAL" };
    expect((await year.room.change("admin", "advanceAssessmentCycle", advance)).problems).toEqual(["to SHEET_NOT_SUBMITTED"]);
    await year.room.done("admin", "advanceAssessmentCycle", { ...advance, force: true });
    const cycle = await year.room.cycle(year.communes.id);
    const computed = (unit: string) => ["1.3", "2.1", "2.2", "2.3", "2.4"].map((code) => itemOf(sheetOf(cycle, unit), code).selfScore);
    expect(Object.fromEntries(Object.keys(COMMUNES).map((unit) => [unit, computed(unit)]))).toEqual(COMPUTED);
    const inTime = (numerator: number, denominator: number, points: number) => ({
      ...{ value: numerator / denominator, lowPoints: points, highPoints: points, rate: { numerator, denominator, coverage: 1 } },
    });
    for (const [unit, receipt] of [["14854", inTime(18, 20, 15)] as const, [MERGED, inTime(8, 10, 10)] as const])
      expect(await year.room.receipts(unit, sheet(unit), "2.1")).toEqual([receipt, receipt]);
  });

  it("lets each appraiser score its criteria until the deadline, and the organiser overrule after it", async () => {
    for (const [unit, { plan, outreach }] of Object.entries(COMMUNES)) {
      await year.room.appraise("interior", year.communes, unit, { "1.1": plan[1] });
      await year.room.appraise("assessor", year.communes, unit, { "1.2": outreach[1] });
    }
    const overruling = appraisal(year.communes, OVERRULED.unit, { [OVERRULED.code]: OVERRULED.points });
    const withoutNote = { ...overruling, items: overruling.items.map((item) => ({ ...item, note: null })) };
    expect([
      await year.room.refusal("interior", "appraise", appraisal(year.communes, "14848", { "1.2": 10 })),
      await year.room.refusal("finance", "appraise", appraisal(year.communes, "14848", { "1.1": 10 })),
      await year.room.refusal("14848", "appraise", appraisal(year.communes, "14848", { "1.1": 10 })),
      await year.room.refusal("assessor", "appraise", withoutNote),
      await year.room.refusal("assessor", "appraise", appraisal(year.communes, "14848", { "3": 20 })),
      await year.room.refusal("14848", "explain", { sheet: sheet("14848"), items: [] }),
    ]).toEqual([
      ...["items.0.criterion CRITERION_UNKNOWN", "NOT_FOUND", "FORBIDDEN", "items.0.note NOTE_MISSING"],
      "items.0.criterion SURVEY_CRITERION",
      "CONFLICT",
    ]);
    year.room.goTo("2026-02-11");
    expect(await year.room.refusal("interior", "appraise", appraisal(year.communes, "14848", { "1.1": 1 }))).toBe("CONFLICT");
    await year.room.done("assessor", "appraise", overruling);
  });

  it("goes on when what cannot be computed does not apply", async () => {
    const advance = { cycle: year.communes.id, to: "EXPLANATION" };
    const { problems } = await year.room.change("admin", "advanceAssessmentCycle", advance);
    expect(problems).toEqual(Array.from({ length: 5 }, () => "to CRITERION_UNDECIDED"));
    const without = (unit: string, code: string) => ({
      ...{ sheet: sheet(unit), criteria: [criterionOf(sheetOf(year.communes, unit), code)], isApplicable: false, reason: REASON },
    });
    expect(await year.room.refusal("14890", "setApplicability", without("14890", "2"))).toBe("FORBIDDEN");
    await year.room.done("admin", "setApplicability", without("14890", "2"));
    await year.room.done("admin", "setApplicability", without(MERGED, "1.3"));
    await year.room.done("admin", "advanceAssessmentCycle", advance);
  });
};
