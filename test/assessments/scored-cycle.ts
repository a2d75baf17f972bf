import { criterionOf, type CycleRoom, type SeenCycle, sheetOf } from "./cycle-room.ts";

export const RANKING = `version ranked year block { code } rubric { id version } byClassification { classification { code } count } sources { kind title publishedOn state }
  entries { unit { code } score rank rankOf classification { code } sources { kind } }`;

/** Final points of 1.1, 1.2 and 2.1 by appraisal, and the share of the survey of 2.2, by code of the commune. */
export type Scores = Readonly<Record<string, readonly [number, number, number, number]>>;

/** Opens a cycle of the year and gives each commune its final points. */
export const scoredCycle = async (
  room: CycleRoom,
  year: number,
  scores: Scores,
  over: Readonly<Record<string, unknown>> = {},
): Promise<SeenCycle> => {
  const cycle = await room.open({ rubric: await room.rubric({ year, block: "COMMUNES" }), period: String(year), ...over });
  await room.advance(cycle.id, "FIRST_APPRAISAL");
  for (const [code, points] of Object.entries(scores)) {
    const sheet = sheetOf(cycle, code);
    const items = ["1.1", "1.2", "2.1"].map((criterion, n) => ({
      criterion: criterionOf(sheet, criterion),
      points: points[n],
      note: "Theo hồ sơ",
    }));
    await room.done("assessor", "appraise", { sheet: sheet.id, items });
  }
  await room.advance(cycle.id, "SURVEY");
  const criterion = criterionOf(cycle.sheets[0]!, "2.2");
  const answers = Object.entries(scores).map(([unit, [, , , share]]) => ({
    ...{ unit, criterion, respondents: "Người dân" },
    counts: [
      { weight: 1, count: Math.round(share * 100) },
      { weight: 0, count: 100 - Math.round(share * 100) },
    ],
  }));
  return (await room.done("admin", "recordSurvey", { cycle: cycle.id, answers })).cycle!;
};

export const publishCycle = (room: CycleRoom, cycle: SeenCycle, over: object = {}) =>
  room.done("admin", "publishAssessmentCycle", { cycle: cycle.id, title: "Quyết định 12/QĐ-UBND", ...over });
