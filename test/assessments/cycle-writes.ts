import { sql } from "kysely";
import type { CycleRoom, SeenCycle, Who } from "./cycle-room.ts";
import { criterionOf, sheetOf } from "./cycle-room.ts";

/** Every write of a cycle with an input that its rules accept in the right stage, for the sheet of the first commune. */
export const writesOf = (cycle: SeenCycle) => {
  const sheet = sheetOf(cycle, "01273");
  const [first, second, survey] = [criterionOf(sheet, "1.1"), criterionOf(sheet, "1.2"), criterionOf(sheet, "2.2")];
  const reason = "Theo quyết định";
  return {
    scoreSelf: { sheet: sheet.id, items: [{ criterion: second, points: 3 }] },
    submitScoreSheet: { sheet: sheet.id },
    explain: { sheet: sheet.id, items: [{ criterion: second, text: "Giải trình" }] },
    appraise: { sheet: sheet.id, items: [{ criterion: first, points: 2 }] },
    recordSurvey: {
      cycle: cycle.id,
      answers: [{ unit: "01273", criterion: survey, respondents: "Người dân", counts: [{ weight: 1, count: 1 }] }],
    },
    adjustScore: { sheet: sheet.id, kind: "BONUS", points: 0.5, reason },
    removeAdjustment: { adjustment: sheet.adjustments?.[0]?.id ?? "", reason },
    reopenScoreSheet: { sheet: sheet.id, until: "2026-12-31", reason },
    setApplicability: { sheet: sheet.id, criteria: [first], isApplicable: true, reason },
    overrideClassification: { sheet: sheet.id, classification: "KHA", reason },
    setRankedMembers: { cycle: cycle.id, units: ["01273"], isRanked: true, reason },
    advanceAssessmentCycle: { cycle: cycle.id, to: "SURVEY", force: true },
    publishAssessmentCycle: { cycle: cycle.id, title: "Quyết định công bố", force: true },
    correctPublishedScores: { cycle: cycle.id, reason, items: [{ sheet: sheet.id, criterion: second, points: 1 }] },
  };
};
export type Write = keyof ReturnType<typeof writesOf>;

/** Who makes each write by its own right. */
export const MAKER: Readonly<Record<Write, Who>> = {
  ...{ scoreSelf: "one", submitScoreSheet: "one", explain: "one", appraise: "interior" },
  ...{ recordSurvey: "admin", adjustScore: "admin", removeAdjustment: "admin", reopenScoreSheet: "admin", setApplicability: "admin" },
  ...{ overrideClassification: "admin", setRankedMembers: "admin", advanceAssessmentCycle: "admin" },
  ...{ publishAssessmentCycle: "admin", correctPublishedScores: "admin" },
};
export const WRITES = Object.keys(MAKER) as readonly Write[];

/** Puts a cycle into a stage, also one that it cannot come back to. */
export const putInto = async (room: CycleRoom, stage: string, deadlines: readonly object[] = []): Promise<void> => {
  await sql`update assessment_cycle set stage = ${stage}, deadlines = ${JSON.stringify(deadlines)}::jsonb`.execute(
    room.service.database.orm.em.fork().getKysely(),
  );
};

/** An adjustment that can be removed, and scores that can be explained. */
export const prepare = async (room: CycleRoom): Promise<void> => {
  const db = room.service.database.orm.em.fork().getKysely();
  await sql`update score_item set self = 300, first = 100 where position in (2, 3)`.execute(db);
  await sql`update score_sheet set submitted_at = null, reopened_until = null`.execute(db);
  await sql`update score_item set evidence = '[{"name": "x", "url": "https://example.vn/"}]'`.execute(db);
  await sql`update score_adjustment set removed_at = null`.execute(db);
  // What was published of a sheet has a next version alone.
  await sql`insert into ranking_publication (key, cycle_id, rubric_id, organiser_id, index_kind, block_code, year, version, title, published_on, ranked, made_at)
    select 'first ' || c.id, c.id, r.id, r.organiser_id, r.index_kind, r.block_code, r.year, 1, 'Quyết định', '2026-11-22', 0, now()
    from assessment_cycle c join rubric r on r.id = c.rubric_id where not exists (select from ranking_publication p where p.cycle_id = c.id)`.execute(
    db,
  );
};
