import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { criterionOf, CycleRoom, type SeenCycle, sheetOf } from "./cycle-room.ts";
import { publishCycle, scoredCycle } from "./scored-cycle.ts";

let room: CycleRoom;
let cycle: SeenCycle;
let sheet: string;
let of: (code: string) => string;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await scoredCycle(room, 2025, { "01273": [10, 30, 30, 0.5], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
  const first = sheetOf(cycle, "01273");
  sheet = first.id;
  of = (code) => criterionOf(first, code);
  await publishCycle(room, cycle);
});
afterAll(() => room.service.close());

const correct = (items: readonly object[], adjustments: readonly object[] = []) =>
  room.change("admin", "correctPublishedScores", { cycle: cycle.id, reason: "Kết luận thanh tra", items, adjustments });
const versions = async (id = cycle.id) => {
  const text = `{ assessmentCycle(id: "${id}") { ranking { version entries { unit { code } score rank } } } }`;
  type Seen = {
    assessmentCycle: { ranking: { version: number; entries: { unit: { code: string }; score: number | null; rank: number | null }[] } };
  };
  const { version, entries } = (await room.ask<Seen>("viewer", text)).data.assessmentCycle.ranking;
  return { version, places: entries.map(({ unit, score, rank }) => [unit.code, score, rank]) };
};
const bonus = (points: number, over: object = {}) => ({ sheet, kind: "BONUS", points, reason: "Sáng kiến", ...over });

describe("a correction is made as a whole or not at all, and problems name the place,", () => {
  const CASES: readonly (readonly [string, () => Parameters<typeof correct>, readonly string[]])[] = [
    ["if it corrects nothing", () => [[]], ["items NOTHING_CORRECTED"]],
    ["if the sheet is unknown", () => [[{ sheet: "x", criterion: of("1.1"), points: 1 }]], ["items.0.sheet SHEET_UNKNOWN"]],
    ["if the criterion is an inner node", () => [[{ sheet, criterion: of("1"), points: 1 }]], ["items.0.criterion CRITERION_UNKNOWN"]],
    ["if an item has neither points nor isApplicable", () => [[{ sheet, criterion: of("1.1") }]], ["items.0 ONE_OF"]],
    ["if an item has both", () => [[{ sheet, criterion: of("1.1"), points: 1, isApplicable: true }]], ["items.0 ONE_OF"]],
    ["if points are above the maximum", () => [[{ sheet, criterion: of("1.1"), points: 10.26 }]], ["items.0.points POINTS_INVALID"]],
    ["if a criterion stands twice", () => [[1, 2].map((points) => ({ sheet, criterion: of("1.1"), points }))], ["items.1 DUPLICATE"]],
    ["if bonus is above the maximum", () => [[], [bonus(1.5), bonus(0.51)]], ["adjustments.1.points BONUS_ABOVE_MAXIMUM"]],
    [
      "if a bonus is 0, or has no reason",
      () => [[], [bonus(0), bonus(1, { reason: " " })]],
      ["adjustments.0.points POINTS_INVALID", "adjustments.1.reason TEXT_INVALID"],
    ],
  ];
  it.each(CASES)("%s", async (_, input, expected) => {
    const [items, adjustments = []] = input();
    const good = { sheet: sheetOf(cycle, "01279").id, criterion: of("1.2"), points: 21 };
    expect((await correct(items.length + adjustments.length === 0 ? [] : [...items, good], adjustments)).problems).toEqual(expected);
    expect(await versions()).toEqual({
      version: 1,
      places: [
        ["01273", 80, 1],
        ["01279", 68, 2],
        ["01288", 68, 2],
      ],
    });
  });
});

describe("a criterion that applies again", () => {
  it("has the points that it had, or those that another item gives, and is never left without any", async () => {
    // (30 + 30 + 10) / 89.75 × 100 = 77.994….
    await correct([{ sheet, criterion: of("1.1"), isApplicable: false }]);
    expect((await versions()).places[0]).toEqual(["01273", 77.99, 1]);
    expect((await correct([{ sheet, criterion: of("1.1"), points: 9 }])).problems).toEqual(["items.0.points NOT_APPLICABLE"]);
    expect((await correct([{ sheet, criterion: of("1.1"), isApplicable: true }])).problems).toEqual([]);
    expect((await versions()).places[0]).toEqual(["01273", 80, 1]);
  });

  it("needs points where it never had any", async () => {
    const other = await room.open({ members: ["01273"] });
    const { id, items } = sheetOf(other, "01273");
    const [plan, outreach, inTime, survey] = ["1.1", "1.2", "2.1", "2.2"].map(
      (code) => items.find((item) => item.criterion.code === code)!.criterion.id,
    );
    await room.done("admin", "setApplicability", { sheet: id, criteria: [inTime, survey], isApplicable: false, reason: "Không có" });
    await room.advance(other.id, "FIRST_APPRAISAL");
    const points = [plan, outreach].map((criterion) => ({ criterion, points: 10 }));
    await room.done("assessor", "appraise", { sheet: id, items: points });
    await publishCycle(room, other);
    const again = (...corrected: readonly object[]) =>
      room.change("admin", "correctPublishedScores", { cycle: other.id, reason: "Kết luận", items: corrected });
    const applies = { sheet: id, criterion: inTime, isApplicable: true };
    expect((await again(applies)).problems).toEqual(["items.0.isApplicable CRITERION_UNDECIDED"]);
    // 20 of 40.5, and 40 of 80.
    expect(await versions(other.id)).toEqual({ version: 1, places: [["01273", 49.38, 1]] });
    expect((await again(applies, { sheet: id, criterion: inTime, points: 20 })).problems).toEqual([]);
    expect(await versions(other.id)).toEqual({ version: 2, places: [["01273", 50, 1]] });
  });
});
