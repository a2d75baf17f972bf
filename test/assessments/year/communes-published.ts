import { expect, it } from "vitest";
import { criterionOf, sheetOf } from "../cycle-room.ts";
import { classesOf, placesOf, rankingsSeen, STANDINGS, standingsOf } from "./public-view.ts";
import { COMMUNE_CLASSES, COMMUNE_PLACES, OPEN_PLACES } from "./published.ts";
import { COMMUNES, MERGED } from "./thanh-hoa.ts";
import { appraisal, REASON, selfScores, survey, type Year } from "./year-room.ts";

/** From the explanations to the publication of the communes. */
export const publishCommunes = (year: Year): void => {
  const sheet = (unit: string) => sheetOf(year.communes, unit).id;
  it("hears explanations of lower scores", async () => {
    const explanation = (unit: string, code: string) => {
      return { sheet: sheet(unit), items: [{ criterion: criterionOf(sheetOf(year.communes, unit), code), text: "Đã bổ sung tài liệu" }] };
    };
    expect([
      await year.room.refusal("14848", "explain", explanation("14848", "1.1")),
      await year.room.refusal("14854", "explain", explanation("14848", "1.2")),
      await year.room.refusal(MERGED, "explain", explanation(MERGED, "1.2")),
      await year.room.refusal("assessor", "appraise", appraisal(year.communes, "14848", { "1.2": 10 })),
    ]).toEqual(["items.0.criterion NOT_BELOW_SELF_SCORE", "NOT_FOUND", "FORBIDDEN", "CONFLICT"]);
    await year.room.done("14848", "explain", explanation("14848", "1.2"));
    await year.room.done("14863", "explain", explanation("14863", "1.2"));
    await year.room.done("14875", "explain", explanation("14875", "1.1"));
    year.room.goTo("2026-02-21");
    expect(await year.room.refusal("14854", "explain", explanation("14854", "1.1"))).toBe("CONFLICT");
    await year.room.done("admin", "advanceAssessmentCycle", { cycle: year.communes.id, to: "SECOND_APPRAISAL" });
    for (const [unit, { plan, outreach }] of Object.entries(COMMUNES)) {
      if (plan[2] !== undefined) await year.room.appraise("interior", year.communes, unit, { "1.1": plan[2] });
      if (outreach[2] !== undefined) await year.room.appraise("assessor", year.communes, unit, { "1.2": outreach[2] });
    }
  });

  it("adds the survey, bonus and penalty, and says who is ranked", async () => {
    year.room.goTo("2026-03-06");
    const answered = survey(year.communes, "3", Object.fromEntries(Object.entries(COMMUNES).map(([unit, { answers }]) => [unit, answers])));
    const bonus = (unit: string, kind: string, points: number) => ({ sheet: sheet(unit), kind, points, reason: REASON });
    expect([
      await year.room.refusal("admin", "recordSurvey", answered),
      await year.room.refusal("admin", "adjustScore", bonus("14848", "BONUS", 1)),
      await year.room.refusal("admin", "advanceAssessmentCycle", { cycle: year.communes.id, to: "EXPLANATION" }),
      await year.room.refusal("admin", "advanceAssessmentCycle", { cycle: year.communes.id, to: "PUBLISHED" }),
    ]).toEqual(["CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT"]);
    await year.room.done("admin", "advanceAssessmentCycle", { cycle: year.communes.id, to: "SURVEY" });
    const publication = { cycle: year.communes.id, title: "Quyết định 812/QĐ-UBND" };
    expect([
      await year.room.refusal("admin", "adjustScore", bonus("14848", "BONUS", 3.01)),
      await year.room.refusal("14848", "recordSurvey", answered),
      await year.room.refusal("assessor", "publishAssessmentCycle", publication),
    ]).toEqual(["points CAP_EXCEEDED", "FORBIDDEN", "FORBIDDEN"]);
    expect((await year.room.change("admin", "publishAssessmentCycle", publication)).problems).toEqual(
      Array.from({ length: 10 }, () => "cycle CRITERION_UNDECIDED"),
    );
    const open = await standingsOf(year.room, year.communes.id);
    const places = open.map(({ unit, bestRank, worstRank }) => [unit.code, `${bestRank}–${worstRank}`]);
    expect(Object.fromEntries(places)).toEqual(OPEN_PLACES);
    await year.room.done("admin", "recordSurvey", answered);
    await year.room.done("admin", "adjustScore", bonus("14848", "BONUS", 1.69));
    await year.room.done("admin", "adjustScore", bonus("14860", "PENALTY", 2));
    const unranked = { cycle: year.communes.id, units: [MERGED], isRanked: false, reason: "Đã sáp nhập từ ngày 01/7/2025" };
    expect([
      await year.room.refusal("14848", "setRankedMembers", unranked),
      await year.room.refusal("admin", "setRankedMembers", { ...unranked, units: ["14872"] }),
    ]).toEqual(["FORBIDDEN", "units.0 MEMBER_UNKNOWN"]);
    await year.room.done("admin", "setRankedMembers", unranked);
  });

  it("publishes what was worked out by hand", async () => {
    const standings = await standingsOf(year.room, year.communes.id);
    expect(standings.map(({ unit, scaled, rank, classification }) => [unit.code, scaled, rank, classification?.code])).toEqual(
      COMMUNE_PLACES.filter(([, , rank]) => rank !== null),
    );
    expect(standings.every(({ rank, bestRank, worstRank }) => rank === bestRank && rank === worstRank)).toBe(true);
    expect((await year.room.ask<object | null>(null, STANDINGS, { id: year.communes.id })).errors?.[0]?.extensions["code"]).toBe(
      "UNAUTHENTICATED",
    );
    expect((await year.room.ask<object>("14848", STANDINGS, { id: year.communes.id })).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    expect(await rankingsSeen(year.room)).toEqual([]);
    year.room.goTo("2026-03-20");
    const publication = { cycle: year.communes.id, title: "Quyết định 812/QĐ-UBND", publishedOn: "2026-03-20" };
    await year.room.done("admin", "publishAssessmentCycle", publication);
    const [ranking] = await rankingsSeen(year.room);
    expect(placesOf(ranking!)).toEqual(COMMUNE_PLACES);
    expect(ranking).toMatchObject({ version: 1, ranked: 9, supersedes: null, block: { code: "COMMUNES" } });
    expect(classesOf(ranking!)).toEqual(COMMUNE_CLASSES);
    expect([
      await year.room.refusal("admin", "publishAssessmentCycle", publication),
      await year.room.refusal("14848", "scoreSelf", selfScores(year.communes, "14848", { "1.2": 1 })),
      await year.room.refusal("assessor", "appraise", appraisal(year.communes, "14848", { "1.2": 1 })),
      await year.room.refusal("admin", "setRankedMembers", { cycle: year.communes.id, units: [MERGED], isRanked: true, reason: REASON }),
    ]).toEqual(["CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT"]);
  });
};
