import { expect, it } from "vitest";
import { criterionOf, itemOf, sheetOf } from "../cycle-room.ts";
import { classesOf, placesOf, rankingOf, rankingsSeen } from "./public-view.ts";
import { COMMUNE_CLASSES, COMMUNE_PLACES, CORRECTED_PLACES } from "./published.ts";
import { MERGED, OVERRULED } from "./thanh-hoa.ts";
import { REASON, type Year } from "./year-room.ts";

const ASSESSMENTS = "assessments(index: PAR, year: 2025) { score rank rankOf classification { code } block { code } previous { year } }";
const publishedOf = async ({ room }: Year, unit: string, asOf: string): Promise<readonly object[]> =>
  (await room.answer<{ unit: { assessments: object[] } }>(null, `{ unit(code: "${unit}", asOf: "${asOf}") { ${ASSESSMENTS} } }`)).unit
    .assessments;
const result = (score: number, rank: number | null, classification: string) => [
  {
    ...{ score, rank, rankOf: rank === null ? null : 9, previous: null },
    classification: { code: classification },
    block: { code: "COMMUNES" },
  },
];

/** One decision corrects what was published of two communes. */
export const correctCommunes = (year: Year): void => {
  const sheet = (unit: string) => sheetOf(year.communes, unit).id;

  it("is refused where it corrects what cannot be", async () => {
    year.room.goTo("2026-04-10");
    const items = (unit: string, code: string, points: number) => ({
      ...{ cycle: year.communes.id, reason: REASON },
      items: [{ sheet: sheet(unit), criterion: criterionOf(sheetOf(year.communes, unit), code), points }],
    });
    expect([
      await year.room.refusal("assessor", "correctPublishedScores", items("14875", "1.2", 6.5)),
      await year.room.refusal("14875", "correctPublishedScores", items("14875", "1.2", 6.5)),
      await year.room.refusal("admin", "correctPublishedScores", items("14875", "1.2", 10.5)),
      await year.room.refusal("admin", "correctPublishedScores", items("14890", "2.1", 20)),
      await year.room.refusal("admin", "correctPublishedScores", { cycle: year.communes.id, reason: REASON }),
    ]).toEqual([
      ...["FORBIDDEN", "FORBIDDEN", "items.0.points POINTS_INVALID", "items.0.points NOT_APPLICABLE"],
      "items NOTHING_CORRECTED",
    ]);
    expect(placesOf(await rankingOf(year.room, "COMMUNES"))).toEqual(COMMUNE_PLACES);
    expect(await publishedOf(year, "14875", "2026-04-10")).toEqual(result(80, 2, "TOT"));
  });

  it("counts no dossiers that changed since the sheets were handed in", async () => {
    await year.room.sendDossiers("14854", [0, 20, 0, 0, 0], { receivedOn: "2025-09-01", through: "2025-12-31" });
    const [frozen, now] = await year.room.receipts("14854", sheet("14854"), "2.1");
    expect([frozen, now]).toMatchObject([
      { rate: { numerator: 18, denominator: 20 } },
      { value: 0, rate: { numerator: 0, denominator: 20 } },
    ]);
  });

  it("publishes the next version, and the one before stays as it was", async () => {
    await year.room.done("admin", "correctPublishedScores", {
      ...{ cycle: year.communes.id, reason: REASON },
      items: [{ sheet: sheet("14875"), criterion: criterionOf(sheetOf(year.communes, "14875"), "1.2"), points: 6.5 }],
      adjustments: [{ sheet: sheet("14864"), kind: "BONUS", points: 1.5, reason: REASON }],
    });
    const ranking = await rankingOf(year.room, "COMMUNES");
    expect(placesOf(ranking)).toEqual(CORRECTED_PLACES);
    expect([ranking.version, classesOf(ranking)]).toEqual([2, COMMUNE_CLASSES]);
    expect(placesOf(ranking.supersedes!)).toEqual(COMMUNE_PLACES);
    expect(ranking.supersedes).toMatchObject({
      version: 1,
      supersedes: null,
      sources: [{ state: "SUPERSEDED", publishedOn: "2026-03-20" }],
    });
    expect(ranking).toMatchObject({ sources: [{ kind: "ASSESSMENT", state: "PUBLISHED", publishedOn: "2026-04-10" }] });
    expect((await rankingsSeen(year.room)).map(({ block, version }) => `${block.code} ${version}`).toSorted()).toEqual([
      ...["CENTRAL_AGENCIES 1", "COMMUNES 2", "DEPARTMENTS 1"],
    ]);
  });

  it("answers each commune's result, and that of the merged one as it was", async () => {
    expect(await publishedOf(year, "14875", "2026-04-10")).toEqual(result(80.5, 2, "TOT"));
    expect(await publishedOf(year, MERGED, "2025-06-30")).toEqual(result(54.44, null, "TRUNG_BINH"));
    expect(await publishedOf(year, MERGED, "2026-04-10")).toEqual([]);
    const merged = (await rankingOf(year.room, "COMMUNES")).entries.find(({ unit }) => unit.code === MERGED);
    expect(merged!.unit).toEqual({ id: `${MERGED}.2015`, code: MERGED, name: "Phú Thanh" });
  });

  it("leaves the rounds of each sheet to be read by its commune", async () => {
    // 8 + 6 + 4 and 50; 6.5 + 6 + 4 and 50; 7 + 6 + 4 and 50; and 7 + 6.5 + 4, 50 and 13.
    expect(await year.room.sheet("14875", sheet("14875"))).toMatchObject({ self: 68, first: 66.5, second: 67, final: 80.5, scaled: 80.5 });
    const overruled = itemOf((await year.room.sheet(OVERRULED.unit, sheet(OVERRULED.unit)))!, OVERRULED.code);
    expect(overruled).toMatchObject({ selfScore: 0, firstScore: 3, firstNote: "Theo hồ sơ", secondScore: null, finalScore: 3 });
    const explained = itemOf((await year.room.sheet("14875", sheet("14875")))!, "1.1");
    expect(explained).toMatchObject({ selfScore: 8, firstScore: 6.5, explanation: "Đã bổ sung tài liệu", secondScore: 7, finalScore: 7 });
    // 8 + 7 + 10; 8 + 6.33 + 10 twice; with 11 of the survey, and of 50.
    const rounds = { self: 25, first: 24.33, second: 24.33, final: 35.33, maxApplicable: 50, scaled: 70.66 };
    expect(await year.room.sheet("14890", sheet("14890"))).toMatchObject(rounds);
    expect(await year.room.sheet("14875", sheet("14890"))).toBeNull();
  });
};
