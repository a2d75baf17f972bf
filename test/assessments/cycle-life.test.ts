import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CycleRoom, criterionOf, itemOf, type Outcome, type SeenSheet, sheetOf } from "./cycle-room.ts";

let room: CycleRoom;
beforeAll(async () => {
  room = await CycleRoom.start();
});
afterAll(() => room.service.close());

const EVIDENCE = [{ name: "Kế hoạch 01", url: "https://example.vn/kh-01" }];
const scored = (sheet: SeenSheet, points: Readonly<Record<string, number>>) =>
  Object.entries(points).map(([code, given]) => ({
    criterion: criterionOf(sheet, code),
    points: given,
    ...(code === "1.1" && { evidence: EVIDENCE }),
  }));
const sheetAfter = ({ sheet }: Outcome): SeenSheet => sheet!;

describe("a cycle", () => {
  it("leads from self-scores by two appraisals, an explanation, a survey and a bonus to a total, which is the plain sum", async () => {
    const cycle = await room.open({
      deadlines: [
        { stage: "EXPLANATION", on: "2027-01-20" },
        { stage: "SELF_SCORING", on: "2026-12-31" },
      ],
    });
    expect(cycle).toMatchObject({
      ...{ stage: "SELF_SCORING", year: 2026, period: "2026", organiser: { code: "04" } },
      deadlines: [
        { stage: "SELF_SCORING", on: "2026-12-31" },
        { stage: "EXPLANATION", on: "2027-01-20" },
      ],
      members: [{ unit: { code: "01273" }, isRanked: true, reason: null }, { unit: { code: "01279" } }, { unit: { code: "01288" } }],
    });
    let sheet = sheetOf(cycle, "01273");
    expect(sheet.items.map(({ criterion }) => criterion.code)).toEqual(["1", "1.1", "1.2", "2", "2.1", "2.2"]);
    const items = scored(sheet, { "1.1": 10.25, "1.2": 30.1 });
    sheet = sheetAfter(await room.done("one", "scoreSelf", { sheet: sheet.id, items }));
    expect(itemOf(sheet, "1")).toMatchObject({ selfScore: 40.35, firstScore: null, finalScore: null });
    expect(itemOf(sheet, "1.1")).toMatchObject({ selfScore: 10.25, evidence: EVIDENCE });
    expect(sheet).toMatchObject({ self: null, final: null, maxApplicable: 100, submittedAt: null });
    sheet = sheetAfter(await room.done("one", "submitScoreSheet", { sheet: sheet.id }));
    expect(sheet.submittedAt).toMatch(/^2026-11-22T12:00:00/);

    await room.advance(cycle.id, "FIRST_APPRAISAL");
    const first = [
      { criterion: criterionOf(sheet, "1.1"), points: 9.05, note: "Thiếu báo cáo" },
      { criterion: criterionOf(sheet, "2.1"), points: 35, note: "Số liệu chưa đủ" },
    ];
    await room.done("interior", "appraise", { sheet: sheet.id, items: first });
    sheet = sheetAfter(await room.done("assessor", "appraise", { sheet: sheet.id, items: scored(sheet, { "1.2": 30.1 }) }));
    expect(itemOf(sheet, "1")).toMatchObject({ firstScore: 39.15, finalScore: 39.15 });
    expect(sheet).toMatchObject({ first: 74.15, final: null });

    await room.advance(cycle.id, "EXPLANATION");
    const added = [{ name: "Báo cáo", url: "https://example.vn/bc" }];
    const explained = [{ criterion: criterionOf(sheet, "1.1"), text: "Đã báo cáo ngày 05/01", evidence: added }];
    sheet = sheetAfter(await room.done("one", "explain", { sheet: sheet.id, items: explained }));
    expect(itemOf(sheet, "1.1")).toMatchObject({ explanation: "Đã báo cáo ngày 05/01", evidence: [...EVIDENCE, ...added] });

    await room.advance(cycle.id, "SECOND_APPRAISAL");
    sheet = sheetAfter(
      await room.done("interior", "appraise", { sheet: sheet.id, items: [{ criterion: criterionOf(sheet, "1.1"), points: 10 }] }),
    );
    await room.advance(cycle.id, "SURVEY");
    sheet = (await room.seeSheet("admin", sheet.id))!;
    expect(itemOf(sheet, "1.1")).toMatchObject({ firstScore: 9.05, secondScore: 10, finalScore: 10 });
    expect(sheet).toMatchObject({ first: 74.15, second: 75.1, final: null });
    const survey = (respondents: string, counts: readonly (readonly [number, number])[]) => ({
      ...{ unit: "01273", criterion: criterionOf(sheet, "2.2"), respondents },
      counts: counts.map(([weight, count]) => ({ weight, count })),
    });
    const answers = [
      survey("Người dân", [
        [1, 50],
        [0.6, 30],
        [0, 20],
      ]),
      survey("Doanh nghiệp", [[0.2, 100]]),
    ];
    sheet = sheetOf((await room.done("admin", "recordSurvey", { cycle: cycle.id, answers })).cycle!, "01273");
    // (50 + 18 + 20) / 200 = 0.44, and 0.44 × 20 = 8.8.
    expect(itemOf(sheet, "2.2").finalScore).toBe(8.8);
    expect(sheet).toMatchObject({ final: 83.9, scaled: 83.9 });
    sheet = sheetAfter(await room.done("admin", "adjustScore", { sheet: sheet.id, kind: "BONUS", points: 1.5, reason: "Sáng kiến" }));
    sheet = sheetAfter(await room.done("admin", "adjustScore", { sheet: sheet.id, kind: "PENALTY", points: 0.25, reason: "Báo cáo muộn" }));
    expect(sheet).toMatchObject({
      final: 85.15,
      scaled: 85.15,
      adjustments: [
        { kind: "BONUS", points: 1.5 },
        { kind: "PENALTY", points: 0.25 },
      ],
    });
    sheet = sheetAfter(await room.done("admin", "removeAdjustment", { adjustment: sheet.adjustments![1]!.id, reason: "Nhập nhầm" }));
    expect(sheet).toMatchObject({ final: 85.4, adjustments: [{ kind: "BONUS" }] });
    const again = await room.done("admin", "recordSurvey", { cycle: cycle.id, answers: [survey("Doanh nghiệp", [[1, 100]])] });
    // (88 − 20 + 100) / 200 = 0.84, and 0.84 × 20 = 16.8.
    expect(sheetOf(again.cycle!, "01273").final).toBe(93.4);
    expect((await room.change("admin", "advanceAssessmentCycle", { cycle: cycle.id, to: "PUBLISHED", force: true })).code).toBe("CONFLICT");
  });

  it("leaves out of maximum and sums what does not apply, and scales what remains", async () => {
    const cycle = await room.open();
    let sheet = sheetOf(cycle, "01279");
    const set = (codes: readonly string[], isApplicable: boolean) =>
      room.done("admin", "setApplicability", {
        sheet: sheet.id,
        criteria: codes.map((code) => criterionOf(sheet, code)),
        isApplicable,
        reason: "Không có lĩnh vực này",
      });
    sheet = sheetAfter(await set(["2"], false));
    expect(sheet).toMatchObject({ maxApplicable: 40.5 });
    expect(itemOf(sheet, "2")).toMatchObject({ isApplicable: false, finalScore: null });
    expect(itemOf(sheet, "2.1").isApplicable).toBe(false);
    const refused = await room.change("two", "scoreSelf", {
      sheet: sheet.id,
      items: [{ criterion: criterionOf(sheet, "2.1"), note: "x" }],
    });
    expect(refused.problems).toEqual(["items.0.criterion NOT_APPLICABLE"]);
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    sheet = sheetAfter(
      await room.done("admin", "appraise", {
        sheet: sheet.id,
        items: scored(sheet, { "1.2": 30, "1.1": 5.25 }).map(({ evidence: _evidence, ...item }) => item),
      }),
    );
    // 35.25 of 40.5 is 87.037… of 100.
    expect(sheet).toMatchObject({ final: 35.25, scaled: 87.04 });
    sheet = sheetAfter(await set(["2.2", "2.1"], true));
    expect(sheet).toMatchObject({ maxApplicable: 100, final: null, scaled: null });
  });

  it("names what is not ready before a stage is left, unless it is forced", async () => {
    const cycle = await room.open({ members: ["01273", "01279"] });
    const sheet = sheetOf(cycle, "01273");
    await room.done("one", "scoreSelf", { sheet: sheet.id, items: scored(sheet, { "1.1": 1, "1.2": 1 }) });
    await room.done("one", "submitScoreSheet", { sheet: sheet.id });
    const advance = (to: string) => room.change("admin", "advanceAssessmentCycle", { cycle: cycle.id, to });
    const unready = await advance("FIRST_APPRAISAL");
    expect(unready).toMatchObject({ cycle: null, problems: ["to SHEET_NOT_SUBMITTED"] });
    expect(unready.message).toMatch(/\(01279\) was not handed in$/);
    expect((await room.seeCycle("admin", cycle.id))!.stage).toBe("SELF_SCORING");
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    expect((await room.seeCycle("admin", cycle.id))!.sheets.map(({ submittedAt }) => submittedAt === null)).toEqual([false, true]);
    expect((await advance("EXPLANATION")).problems).toEqual(Array.from({ length: 6 }, () => "to CRITERION_UNDECIDED"));
    expect((await advance("SELF_SCORING")).code).toBe("CONFLICT");
    expect((await advance("FIRST_APPRAISAL")).code).toBe("CONFLICT");
    expect((await room.advance(cycle.id, "SURVEY")).stage).toBe("SURVEY");
  });

  it("names what is not ready by code of the unit, whatever the order of the members", async () => {
    const { id } = await room.open({ members: ["01288", "01273", "01279"] });
    const missing = async (to: string) => {
      const text = `mutation { advanceAssessmentCycle(input: { cycle: "${id}", to: ${to} }) { problems { message } } }`;
      const { data } = await room.ask<{ advanceAssessmentCycle: { problems: { message: string }[] } }>("admin", text);
      return data.advanceAssessmentCycle.problems.map(({ message }) => message);
    };
    const units = ["01273", "01279", "01288"];
    const open = units.map((code) => expect.stringMatching(new RegExp(`the sheet of .+ \\(${code}\\) was not handed in$`)));
    expect(await missing("FIRST_APPRAISAL")).toEqual(open);
    await room.advance(id, "FIRST_APPRAISAL");
    const undecided = units.flatMap((code) =>
      ["1.1", "1.2", "2.1"].map((item) => expect.stringMatching(new RegExp(`the criterion ${item} of .+ \\(${code}\\) has no points$`))),
    );
    expect(await missing("SURVEY")).toEqual(undecided);
  });

  it("keeps who is ranked, with the reason", async () => {
    const cycle = await room.open();
    const set = async (units: readonly string[], isRanked: boolean) =>
      (await room.done("admin", "setRankedMembers", { cycle: cycle.id, units, isRanked, reason: "Sáp nhập" })).cycle!.members.map(
        ({ isRanked: is, reason }) => [is, reason],
      );
    expect(await set(["01279", "01288"], false)).toEqual([
      [true, null],
      [false, "Sáp nhập"],
      [false, "Sáp nhập"],
    ]);
    expect(await set(["01288"], true)).toEqual([
      [true, null],
      [false, "Sáp nhập"],
      [true, null],
    ]);
    expect(
      (await room.change("admin", "setRankedMembers", { cycle: cycle.id, units: ["04"], isRanked: true, reason: "x" })).problems,
    ).toEqual(["units.0 MEMBER_UNKNOWN"]);
  });

  it("is listed for organiser and members, the latest year first", async () => {
    const rubric = await room.rubric({ year: 2031 });
    const { id } = await room.open({ rubric, members: ["01288"] });
    const list = async (who: "three" | "one" | "admin", unit: string) =>
      (
        await room.ask<{ assessmentCycles: { totalCount: number; nodes: { id: string; year: number }[] } }>(
          who,
          `query ($unit: ID!) { assessmentCycles(unit: $unit, first: 1) { totalCount nodes { id year } } }`,
          { unit },
        )
      ).data.assessmentCycles;
    expect((await list("three", "01288")).nodes).toEqual([{ id, year: 2031 }]);
    expect((await list("admin", "04")).nodes).toEqual([{ id, year: 2031 }]);
    expect((await list("one", "01288")).nodes).not.toContainEqual({ id, year: 2031 });
    expect((await list("one", "01273")).totalCount).toBeGreaterThan(1);
  });
});
