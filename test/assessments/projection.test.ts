import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImportAnswer, dossier, givenDossiers, IMPORT, type Sent } from "../support/dossiers.ts";
import { statementsOf } from "../support/statements.ts";
import { CycleRoom, criterionOf, itemOf, type SeenCycle, sheetOf, type Who } from "./cycle-room.ts";

let room: CycleRoom;
let officer: string;
beforeAll(async () => {
  room = await CycleRoom.start();
  // Of ten dossiers in the first commune nine were resolved in time, and in the second seven: 0.9 and 0.7.
  officer = await givenDossiers(room.service, [...resolvedIn("01273", 9, 1), ...resolvedIn("01279", 7, 3)]);
});
afterAll(() => room.service.close());

const at = (day: string) => `${day}T08:00:00+07:00`;
const resolvedIn = (unit: string, inTime: number, late: number): Sent[] =>
  Array.from({ length: inTime + late }, (_, n) => ({
    ...{ code: `${unit}-${inTime}-${n}`, unit, state: "RESOLVED" as const, endedAt: at(n < inTime ? "2026-03-05" : "2026-03-20") },
  }));

const PROJECTED = "total low high classification { code } bestRank worstRank";
const projected = async (who: Who, sheet: string, changes?: readonly object[]) => {
  const field = changes === undefined ? `projected { ${PROJECTED} }` : `projected: whatIf(changes: $changes) { ${PROJECTED} }`;
  const text = `query ($sheet: ID!${changes === undefined ? "" : ", $changes: [WhatIfInput!]!"}) { scoreSheet(id: $sheet) { ${field} } }`;
  const { data, errors } = await room.ask<{ scoreSheet: { projected: Record<string, unknown> | null } | null } | null>(who, text, {
    sheet,
    changes,
  });
  return errors ? errors[0]!.message : data!.scoreSheet!.projected;
};
const STANDINGS = "standings { unit { code } total scaled rank bestRank worstRank classification { code } }";
interface Standing {
  readonly unit: { readonly code: string };
  readonly bestRank: number;
  readonly worstRank: number;
  readonly [field: string]: unknown;
}
const standings = async (who: Who, cycle: string) => {
  const { data, errors } = await room.ask<{ assessmentCycle: { standings: Standing[] | null } | null }>(
    who,
    `query ($cycle: ID!) { assessmentCycle(id: $cycle) { ${STANDINGS} } }`,
    { cycle },
  );
  return errors
    ? errors[0]!.extensions["code"]
    : data.assessmentCycle!.standings!.map(({ unit, total, scaled, rank, bestRank, worstRank }) => [
        unit.code,
        total,
        scaled,
        rank,
        `${bestRank}–${worstRank}`,
      ]);
};
const appraise = async (cycle: SeenCycle, code: string, points: Readonly<Record<string, number>>) => {
  const sheet = sheetOf(cycle, code);
  const items = Object.entries(points).map(([criterion, given]) => ({
    criterion: criterionOf(sheet, criterion),
    points: given,
    note: "Theo hồ sơ",
  }));
  await room.done("assessor", "appraise", { sheet: sheet.id, items });
};

describe("a projection", () => {
  let cycle: SeenCycle;
  beforeAll(async () => {
    cycle = await room.open();
  });

  it("counts computed criteria as they are now, and undecided ones from 0 to their maximum", async () => {
    // 0.9 and more earn 39.5, from 0.5 on 10, and a commune without dossiers is undecided.
    const [one, two, three] = ["01273", "01279", "01288"].map((code) => sheetOf(cycle, code).id) as [string, string, string];
    expect(await projected("admin", one)).toEqual({ total: 39.5, low: 39.5, high: 100, classification: null, bestRank: 1, worstRank: 3 });
    expect(await projected("admin", two)).toEqual({ total: 10, low: 10, high: 70.5, classification: null, bestRank: 1, worstRank: 3 });
    expect(await projected("admin", three)).toEqual({ total: 0, low: 0, high: 100, classification: null, bestRank: 1, worstRank: 3 });
  });

  it("keeps places to itself for those who do not see every sheet, and everything for appraisers of some criteria", async () => {
    const sheet = sheetOf(cycle, "01273").id;
    expect(await projected("one", sheet)).toMatchObject({ total: 39.5, bestRank: null, worstRank: null });
    expect(await projected("interior", sheet)).toBeNull();
    expect([await standings("admin", cycle.id), await standings("one", cycle.id), await standings("interior", cycle.id)]).toEqual([
      [
        ["01273", null, null, null, "1–3"],
        ["01279", null, null, null, "1–3"],
        ["01288", null, null, null, "1–3"],
      ],
      ...["FORBIDDEN", "FORBIDDEN"],
    ]);
  });

  it("answers what would be with other points or values", async () => {
    const sheet = sheetOf(cycle, "01273");
    const criterion = (code: string) => criterionOf(sheet, code);
    const changes = [
      { criterion: criterion("2.1"), value: 0.6 },
      { criterion: criterion("1.2"), points: 30.25 },
      { criterion: criterion("2.2"), value: 0.75 },
    ];
    // 10 + 30.25 + 15, and 1.1 from 0 to 10.25.
    expect(await projected("admin", sheet.id, changes)).toMatchObject({
      total: 55.25,
      low: 55.25,
      high: 65.5,
      classification: { code: "KHA" },
    });
    expect(await projected("admin", sheet.id, [{ criterion: criterion("2.1"), value: 0.9 }])).toEqual(await projected("admin", sheet.id));
    const refusals = await Promise.all(
      [
        [{ criterion: criterion("1"), points: 1 }],
        [{ criterion: criterion("1.1"), value: 1 }],
        [{ criterion: criterion("1.1"), points: 10.26 }],
        [{ criterion: criterion("1.1") }],
        [changes[0]!, changes[0]!],
      ].map((wrong) => projected("admin", sheet.id, wrong)),
    );
    expect(refusals).toEqual([
      expect.stringMatching(/^changes\[0\]\.criterion: .*must be a leaf/),
      expect.stringMatching(/^changes\[0\]\.value: 1 .*must be left out/),
      expect.stringMatching(/^changes\[0\]\.points: 10\.26 .*must be from 0 to 10\.25/),
      expect.stringMatching(/^changes\[0\]: .*exactly one of points and value/),
      expect.stringMatching(/^changes\[1\]\.criterion: .*must not occur twice/),
    ]);
  });

  it("freezes computed criteria at hand-in, beside what they are now", async () => {
    const sheet = sheetOf(cycle, "01279").id;
    const receipts = async () => {
      const text = `query ($sheet: ID!) { scoreSheet(id: $sheet) { items { criterion { code } selfScore finalScore receipt { ${RECEIPT} at } livingReceipt { ${RECEIPT} } } } }`;
      const { data } = await room.ask<{ scoreSheet: { items: { criterion: { code: string } }[] } }>("admin", text, { sheet });
      return data.scoreSheet.items.find(({ criterion }) => criterion.code === "2.1");
    };
    const RECEIPT = "value lowPoints highPoints rate { numerator denominator coverage low high }";
    const before = { value: 0.7, lowPoints: 10, highPoints: 10, rate: { numerator: 7, denominator: 10, coverage: 1, low: 0.7, high: 0.7 } };
    expect(await receipts()).toMatchObject({ selfScore: null, receipt: before, livingReceipt: before });
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    expect(await receipts()).toMatchObject({ selfScore: 10, finalScore: 10, receipt: before });
    const more = await room.service.ask<ImportAnswer, object>(
      IMPORT,
      { source: "cao-bang", dossiers: resolvedIn("01279", 30, 0).map(dossier) },
      officer,
    );
    expect(more.data.importDossiers.report.created).toBe(30);
    expect(await receipts()).toMatchObject({
      ...{ selfScore: 10, finalScore: 10, receipt: before },
      livingReceipt: { value: 0.925, lowPoints: 39.5, highPoints: 39.5, rate: { numerator: 37, denominator: 40 } },
    });
    expect(await projected("admin", sheet)).toMatchObject({ total: 10, low: 10, high: 70.5 });
  });

  it("works computed criteria out again when a sheet is reopened", async () => {
    const opened = await room.open();
    const sheet = sheetOf(opened, "01273");
    const evidence = [{ name: "Kế hoạch", url: "https://example.vn/kh" }];
    const items = ["1.1", "1.2"].map((code) => ({ criterion: criterionOf(sheet, code), points: 5, evidence }));
    await room.done("one", "scoreSelf", { sheet: sheet.id, items });
    const selfScore = async () => itemOf((await room.seeSheet("one", sheet.id))!, "2.1").selfScore;
    await room.done("one", "submitScoreSheet", { sheet: sheet.id });
    expect(await selfScore()).toBe(39.5);
    await room.done("admin", "reopenScoreSheet", { sheet: sheet.id, until: "2026-12-31", reason: "Bổ sung" });
    expect(await selfScore()).toBeNull();
    await room.service.ask(IMPORT, { source: "cao-bang", dossiers: resolvedIn("01273", 0, 10).map(dossier) }, officer);
    // Nine of twenty, which is below the first step.
    expect(await projected("one", sheet.id)).toMatchObject({ total: 0, low: 0, high: 60.5 });
    await room.done("one", "submitScoreSheet", { sheet: sheet.id });
    expect(await selfScore()).toBe(0);
  });

  it("says which places are still possible as sheets are decided", async () => {
    await appraise(cycle, "01273", { "1.1": 10, "1.2": 30 });
    await appraise(cycle, "01279", { "1.1": 0, "1.2": 10 });
    // 79.5 to 99.5; 20 to 40; and 0 to 100, because the third has neither dossiers nor points.
    expect(await standings("admin", cycle.id)).toEqual([
      ["01273", null, null, null, "1–2"],
      ["01288", null, null, null, "1–3"],
      ["01279", null, null, null, "2–3"],
    ]);
    await appraise(cycle, "01288", { "1.1": 0, "1.2": 0, "2.1": 0 });
    await room.advance(cycle.id, "SURVEY");
    const criterion = criterionOf(sheetOf(cycle, "01273"), "2.2");
    const answers = ["01279", "01288"].map((unit) => ({ unit, criterion, respondents: "Người dân", counts: [{ weight: 1, count: 5 }] }));
    await room.done("admin", "recordSurvey", { cycle: cycle.id, answers });
    expect(await standings("admin", cycle.id)).toEqual([
      ["01273", null, null, null, "1–1"],
      ["01279", 40, 40, 1, "2–2"],
      ["01288", 20, 20, 2, "3–3"],
    ]);
  });

  it("takes as many statements for a block of three as for one of twelve", async () => {
    const members = ["01273", "01279", "01288", "01290", "01294", "01297", "01304", "01318", "01321", "01324", "01327", "01336"];
    const counts = [];
    for (const chosen of [members.slice(0, 3), members]) {
      const opened = await room.open({ members: chosen });
      counts.push((await statementsOf(() => standings("admin", opened.id))).length);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});
