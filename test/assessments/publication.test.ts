import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossier, givenDossiers, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { rubricInput } from "./rubrics.ts";
import { CycleRoom, criterionOf, type SeenCycle, sheetOf } from "./cycle-room.ts";
import { publishCycle, RANKING, scoredCycle as scored, type Scores } from "./scored-cycle.ts";

let room: CycleRoom;
beforeAll(async () => {
  room = await CycleRoom.start();
});
afterAll(() => room.service.close());

interface SeenRanking {
  readonly version: number;
  readonly entries: readonly {
    readonly unit: { readonly code: string };
    readonly score: number | null;
    readonly rank: number | null;
    readonly classification: { readonly code: string } | null;
  }[];
  readonly supersedes: SeenRanking | null;
  readonly [field: string]: unknown;
}
const rankings = async (year: number): Promise<SeenRanking[]> => {
  const text = `{ unit(code: "04") { rankings(index: PAR, year: ${year}) { ${RANKING} supersedes { ${RANKING} supersedes { version } } } } }`;
  return (await room.ask<{ unit: { rankings: SeenRanking[] } }>(null, text)).data.unit.rankings;
};
const placesOf = ({ entries }: SeenRanking) =>
  entries.map(({ unit, score, rank, classification }) => [unit.code, score, rank, classification?.code ?? null]);

const scoredCycle = (year: number, scores: Scores) => scored(room, year, scores);
const publish = (cycle: SeenCycle, over: object = {}) => publishCycle(room, cycle, over);

describe("a publication", () => {
  it("answers totals, ranks with ties, classes and their numbers to everybody", async () => {
    // 10 + 30 + 39.5 + 18 = 97.5, 8 + 20 + 30 + 10 = 68, and the same sum in another way.
    const cycle = await scoredCycle(2025, { "01273": [10, 30, 39.5, 0.9], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
    await room.done("admin", "adjustScore", { sheet: sheetOf(cycle, "01273").id, kind: "BONUS", points: 2, reason: "Sáng kiến" });
    expect(await rankings(2025)).toEqual([]);
    const published = await publish(cycle, { publishedOn: "2026-11-20" });
    expect(published.cycle!.stage).toBe("PUBLISHED");
    const [ranking, ...others] = await rankings(2025);
    expect(others).toEqual([]);
    expect(ranking).toMatchObject({
      ...{ version: 1, ranked: 3, year: 2025, supersedes: null },
      byClassification: [
        { classification: { code: "TOT" }, count: 1 },
        { classification: { code: "KHA" }, count: 2 },
        { classification: { code: "YEU" }, count: 0 },
      ],
      sources: [{ kind: "ASSESSMENT", title: "Quyết định 12/QĐ-UBND", publishedOn: "2026-11-20", state: "PUBLISHED" }],
    });
    expect(placesOf(ranking!)).toEqual([
      ["01273", 99.5, 1, "TOT"],
      ["01279", 68, 2, "KHA"],
      ["01288", 68, 2, "KHA"],
    ]);
  });

  it("is the unit's own result of the year, and its result of the year before the next", async () => {
    const cycle = await scoredCycle(2026, { "01273": [5, 10, 10, 0], "01279": [9, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
    await publish(cycle);
    const text = `{ unit(code: "01273") { assessments(index: PAR) { year score rank rankOf block { code } previous { year score rank } } } }`;
    const { unit } = (await room.ask<{ unit: { assessments: object[] } }>(null, text)).data;
    expect(unit.assessments).toMatchObject([
      { year: 2025, score: 99.5, rank: 1, rankOf: 3, previous: null },
      { year: 2026, score: 25, rank: 3, rankOf: 3, previous: { year: 2025, score: 99.5, rank: 1 } },
    ]);
    const change = `{ scoreSheet(id: "${sheetOf(cycle, "01273").id}") { change { previousTotal total byRules byPerformance items { code previous current byRules byPerformance } } } }`;
    const own = (await room.ask<{ scoreSheet: { change: object } }>("one", change)).data.scoreSheet;
    expect(own.change).toEqual({
      ...{ previousTotal: 99.5, total: 25, byRules: 0, byPerformance: -74.5 },
      items: [
        { code: "1.1", previous: 10, current: 5, byRules: 0, byPerformance: -5 },
        { code: "1.2", previous: 30, current: 10, byRules: 0, byPerformance: -20 },
        { code: "2.1", previous: 39.5, current: 10, byRules: 0, byPerformance: -29.5 },
        { code: "2.2", previous: 18, current: 0, byRules: 0, byPerformance: -18 },
      ],
    });
    expect((await room.ask<{ scoreSheet: { change: object | null } }>("interior", change)).data.scoreSheet.change).toBeNull();
  });

  it("is corrected by a next version, and the one before stays as it was", async () => {
    const scores = { "01273": [10, 30, 30, 0.5], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] } as const;
    const cycle = await scoredCycle(2024, scores);
    await publish(cycle, { title: "Quyết định 1" });
    const [sheet, other] = [sheetOf(cycle, "01279"), sheetOf(cycle, "01288")];
    const corrections = {
      ...{ cycle: cycle.id, reason: "Kết luận thanh tra" },
      items: [
        { sheet: sheet.id, criterion: criterionOf(sheet, "1.1"), points: 10.25 },
        { sheet: other.id, criterion: criterionOf(other, "2.1"), isApplicable: false },
      ],
      adjustments: [{ sheet: sheet.id, kind: "PENALTY", points: 0.5, reason: "Chậm báo cáo" }],
    };
    await room.done("admin", "correctPublishedScores", corrections);
    const [ranking] = await rankings(2024);
    expect(ranking).toMatchObject({ version: 2, supersedes: { version: 1, supersedes: null, sources: [{ state: "SUPERSEDED" }] } });
    // 10.25 + 20 + 30 + 10 − 0.5 = 69.75; (10 + 20 + 10) / 60.5 × 100 = 66.1157, printed 66.12.
    expect(placesOf(ranking!)).toEqual([
      ["01273", 80, 1, "TOT"],
      ["01279", 69.75, 2, "KHA"],
      ["01288", 66.12, 3, "KHA"],
    ]);
    expect(placesOf(ranking!["supersedes"] as SeenRanking)).toEqual([
      ["01273", 80, 1, "TOT"],
      ["01279", 68, 2, "KHA"],
      ["01288", 68, 2, "KHA"],
    ]);
  });

  it("says why a class is not that of the band, and why a version corrects the one before", async () => {
    const cycle = await scoredCycle(2022, { "01273": [10, 30, 30, 0.5], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
    const [sheet, other] = [sheetOf(cycle, "01273"), sheetOf(cycle, "01279")];
    const override = (of: typeof sheet, classification: string | null, reason: string) =>
      room.done("admin", "overrideClassification", { sheet: of.id, classification, reason });
    await override(sheet, "KHA", "Có hồ sơ quá hạn");
    await override(other, "YEU", "Nhập nhầm");
    await override(other, null, "Bỏ");
    await publish(cycle);
    const items = [{ sheet: sheet.id, criterion: criterionOf(sheet, "1.1"), points: 9 }];
    await room.done("admin", "correctPublishedScores", { cycle: cycle.id, reason: "Kết luận thanh tra", items });
    const ranking = "reason entries { unit { code } classification { code } classificationReason }";
    const text = `{ unit(code: "04") { rankings(index: PAR, year: 2022) { ${ranking} supersedes { ${ranking} } } }
      own: unit(code: "01273", asOf: "2022-12-31") { assessments(index: PAR, year: 2022) { classificationReason } }
      reported: unit(code: "48", asOf: "2021-12-31") { rankings(index: PAR, year: 2021) { reason entries { classificationReason } } } }`;
    interface Seen {
      readonly unit: {
        readonly rankings: readonly { readonly reason: string | null; readonly entries: readonly object[]; readonly supersedes: object }[];
      };
      readonly own: object;
      readonly reported: { readonly rankings: readonly { readonly reason: string | null; readonly entries: readonly object[] }[] };
    }
    const { unit, own, reported } = (await room.ask<Seen>(null, text)).data;
    const entries = [
      ["01273", "Có hồ sơ quá hạn"],
      ["01279", null],
      ["01288", null],
    ].map(([code, classificationReason]) => ({ unit: { code }, classification: { code: "KHA" }, classificationReason }));
    expect(unit.rankings).toEqual([{ reason: "Kết luận thanh tra", entries, supersedes: { reason: null, entries } }]);
    expect(own).toEqual({ assessments: [{ classificationReason: "Có hồ sơ quá hạn" }] });
    for (const { reason, entries: stated } of reported.rankings)
      expect([reason, ...stated]).toEqual([null, ...stated.map(() => ({ classificationReason: null }))]);
  });

  it("leaves members with undecided criteria without a score, and only if it is forced", async () => {
    const cycle = await scoredCycle(2023, { "01273": [10, 30, 30, 0.5], "01279": [8, 20, 30, 0.5] });
    const refused = await room.change("admin", "publishAssessmentCycle", { cycle: cycle.id, title: "Quyết định 2" });
    expect(refused).toMatchObject({ cycle: null, problems: ["cycle CRITERION_UNDECIDED"] });
    expect(refused.message).toMatch(/1\.1, 1\.2, 2\.1, 2\.2 of .*01288/);
    expect(await rankings(2023)).toEqual([]);
    await room.done("admin", "setRankedMembers", { cycle: cycle.id, units: ["01279"], isRanked: false, reason: "Đã sáp nhập" });
    await publish(cycle, { force: true });
    expect(placesOf((await rankings(2023))[0]!)).toEqual([
      ["01273", 80, 1, "TOT"],
      ["01279", 68, null, "KHA"],
      ["01288", null, null, null],
    ]);
  });

  it("counts in place of what a report states of the same index, block and year, and of no other", async () => {
    const db = room.service.database.orm.em.fork().getKysely();
    await sql`
      with report as (
        insert into source (key, kind, title, unit_id, state) select 'stated', 'REPORT', 'Báo cáo', unit_id, 'PUBLISHED' from unit_version
        where code = '04' and valid_to is null returning id
      )
      insert into figure (source_id, position, unit_id, period_from, period_to, measure, value, qualifiers, quote)
      select r.id, 1, v.unit_id, '2025-01-01', '2025-12-31', 'assessment.score', f.value, f.qualifiers::jsonb, 'Đạt' from report r
      join unit_version v on v.code = '01288' and v.valid_to is null
      cross join (values (12.34, '{"index": "PAR", "block": "COMMUNES"}'), (55, '{"index": "PAR", "block": "WARDS"}')) f(value, qualifiers)`.execute(
      db,
    );
    const own = `{ unit(code: "01288") { assessments(index: PAR, year: 2025) { score block { code } sources { kind } } figures(period: "2025") { measure value } } }`;
    const { unit } = (await room.ask<{ unit: { assessments: object[]; figures: object[] } }>(null, own)).data;
    expect(unit.assessments).toEqual([
      { score: 55, block: { code: "WARDS" }, sources: [{ kind: "REPORT" }] },
      { score: 68, block: { code: "COMMUNES" }, sources: [{ kind: "ASSESSMENT" }] },
    ]);
    expect(unit.figures).toEqual([12.34, 55].map((value) => ({ measure: "assessment.score", value })));
    expect((await rankings(2025)).map(({ block, version, entries }) => [block, version, entries.length])).toEqual([
      [{ code: "WARDS" }, 1, 1],
      [{ code: "COMMUNES" }, 1, 3],
    ]);
  });

  it("stays as it was under later imports and versions of the rubric, as its sheets do", async () => {
    const officer = await givenDossiers(room.service);
    const cycle = await room.open({ rubric: await room.rubric({ year: 2025, block: "FROZEN" }), period: "2025" });
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    for (const wrong of [{ publishedOn: "2026-11-23" }, { title: " " }])
      expect(
        (await room.change("admin", "publishAssessmentCycle", { cycle: cycle.id, title: "Quyết định", force: true, ...wrong })).code,
      ).toBe("BAD_USER_INPUT");
    await publish(cycle, { force: true });
    const sheet = sheetOf(cycle, "01273").id;
    const before = [await room.seeSheet("admin", sheet), await rankings(2025)];
    const at = (day: string) => `2025-09-${day}T08:00:00+07:00`;
    const late = dossier({ code: "later", unit: "01273", receivedAt: at("01"), endedAt: at("02"), state: "RESOLVED" });
    const imported = await room.service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: [late] }, officer);
    expect(imported.data.importDossiers.report.created).toBe(1);
    const { id } = (
      await room.ask<{ assessmentCycle: { rubric: { id: string } } }>("admin", `{ assessmentCycle(id: "${cycle.id}") { rubric { id } } }`)
    ).data.assessmentCycle.rubric;
    const revised = rubricInput({ year: 2025, block: "FROZEN", name: "Bản sửa đổi", bands: [{ classification: "YEU" }] });
    await room.done("admin", "reviseRubric", { rubric: id, with: revised });
    expect([await room.seeSheet("admin", sheet), await rankings(2025)]).toEqual(before);
  });
});
