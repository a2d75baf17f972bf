import { sql } from "kysely";
import { commandContext } from "../../src/access/command-context.ts";
import type { RequestContext } from "../../src/access/request-context.ts";
import { appraise } from "../../src/assessments/cycles/sheet-appraise.service.ts";
import { scoreSelf, submitSheet } from "../../src/assessments/cycles/sheet-member.service.ts";
import { advanceCycle } from "../../src/assessments/cycles/cycle-write.service.ts";
import { openCycle } from "../../src/assessments/cycles/cycle-open.service.ts";
import { recordSurvey } from "../../src/assessments/cycles/survey.service.ts";
import { assessmentIdOf } from "../../src/assessments/assessment-id.ts";
import { cycleLoaders, type CycleView } from "../../src/assessments/cycles/cycle.loaders.ts";
import { sheetLoaders, type SheetView } from "../../src/assessments/cycles/sheet.loaders.ts";
import type { InputProblem } from "../../src/assessments/input-problem.ts";
import { publishCycle } from "../../src/assessments/publications/publish.service.ts";
import { type CriterionView, rubricLoaders } from "../../src/assessments/rubrics/rubric.loaders.ts";
import type { Database } from "../../src/database/database.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { drawnFor } from "./random.ts";
import { ORGANISER, publishRubrics } from "./rubrics.ts";

/** A share of the sheets is not handed in, and of a share of the others the first appraisal is there. */
const [LATE, APPRAISED] = [0.1, 0.5];
/** The number of communes that are assessed at any scale. */
const FEWEST = 5;

/**
 * Opens two cycles of the communes of the demo's first province, unless there are any: that of the year before is published, and that of the demo's year is half-way. The year
 * of an assessment ends on the demo's last day. `scale` is the share of the communes that are assessed, from 0 to 1.
 */
export const openDemoCycles = async (database: Database, last: Day, say: (line: string) => void, scale = 1): Promise<void> => {
  const { rows } = await sql`select from rubric limit 1`.execute(database.orm.em.fork().getKysely());
  if (rows.length > 0) return;
  const context = await commandContext(database.pools, new Date(), "demo", ORGANISER);
  const year = Number(last.slice(0, 4));
  await playCycle(database, context, { year: year - 1, scale, say, play: publishResults });
  await playCycle(database, context, { year, scale, say, play: scoreHalf });
};

type Play = (context: RequestContext, cycle: CycleView, criteria: readonly CriterionView[], sheets: readonly SheetView[]) => Promise<void>;

interface PlayedCycle {
  readonly year: number;
  readonly scale: number;
  readonly say: (line: string) => void;
  readonly play: Play;
}

const playCycle = async (database: Database, context: RequestContext, { year, scale, say, play }: PlayedCycle): Promise<void> => {
  const rubric = (await publishRubrics(database, year, say)).get("PAR")!;
  const communes = await communesOn(database, `${year}-12-31`);
  const members = communes.slice(0, Math.max(FEWEST, Math.ceil(communes.length * scale)));
  const cycle = done(await openCycle(context, { rubric, period: String(year), members, deadlines: [] })).cycle!;
  const criteria = await context.use(rubricLoaders).criteriaOf.load(cycle.rubricNo);
  const sheets = await context.use(sheetLoaders).sheetsOf.load(cycle.no);
  await play(context, cycle, criteria, sheets);
  say(`assessed: ${members.length} communes in ${year}`);
};

/** Ids of the communes of the organiser on the day. */
const communesOn = async ({ orm }: Database, day: Day): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select u.key as id from unit_version v join unit u on u.id = v.unit_id
    where v.tier = 'COMMUNE' and v.valid_from <= ${day}::date and coalesce(v.valid_to > ${day}::date, true) and exists (
      select from contribution c join edition e on e.id = c.edition_id join unit_version p on p.unit_id = c.target_id
      where c.unit_id = v.unit_id and c.certain and p.code = ${ORGANISER} and p.valid_to is null
        and e.starts_on = (select max(starts_on) from edition where starts_on <= now()))
    order by v.code`.execute(orm.em.fork().getKysely());
  return rows.map(({ id }) => id);
};

const done = <P extends { readonly problems: readonly InputProblem[] }>(payload: P): P => {
  if (payload.problems[0]) throw new Error(payload.problems[0].message);
  return payload;
};

const idOf = ({ rubricNo, position }: CriterionView): string => assessmentIdOf("criterion", rubricNo, position);
const sheetIdOf = ({ no }: SheetView): string => assessmentIdOf("sheet", no);

/** From 60 % of the maximum on, in quarters of a point, the same each time. */
const pointsFor = (sheet: SheetView, { code, maxScore }: CriterionView, round: string): number =>
  Math.min(maxScore, Math.round(4 * maxScore * (0.6 + 0.45 * drawnFor(`${sheet.unitNo} ${code} ${round}`))) / 4);

const EVIDENCE = [{ name: "Báo cáo (minh họa)", url: "https://example.vn/bao-cao" }];

const scored = (sheet: SheetView, criteria: readonly CriterionView[]) => ({
  sheet: sheetIdOf(sheet),
  items: criteria
    .filter(({ scoring }) => scoring === "MANUAL")
    .map((criterion) => ({ criterion: idOf(criterion), points: pointsFor(sheet, criterion, "self"), evidence: EVIDENCE })),
});

const appraised = (sheet: SheetView, criteria: readonly CriterionView[]) => ({
  sheet: sheetIdOf(sheet),
  items: criteria
    .filter(({ scoring }) => scoring === "MANUAL" || scoring === "INDICATOR")
    .map((criterion) => ({
      criterion: idOf(criterion),
      points: pointsFor(sheet, criterion, "first"),
      note: "Theo hồ sơ (minh họa)",
      evidence: [],
    })),
});

/** A hundred citizens, of whom more than half are satisfied. */
const answersFor = (sheet: SheetView, criterion: CriterionView, unit: string) => {
  const satisfied = 60 + Math.floor(40 * drawnFor(`${sheet.unitNo} ${criterion.code} survey`));
  const counts = [
    { weight: 1, count: satisfied },
    { weight: 0.6, count: 100 - satisfied },
  ];
  return { unit, criterion: idOf(criterion), respondents: "Người dân", counts };
};

const publishResults: Play = async (context, cycle, criteria, sheets) => {
  const id = assessmentIdOf("cycle", cycle.no);
  done(await advanceCycle(context, { cycle: id, to: "FIRST_APPRAISAL", force: true }));
  for (const sheet of sheets) done(await appraise(context, appraised(sheet, criteria)));
  done(await advanceCycle(context, { cycle: id, to: "SURVEY", force: true }));
  const surveyed = criteria.filter(({ scoring }) => scoring === "SURVEY");
  const units = new Map((await context.use(cycleLoaders).membersOf.load(cycle)).map((unit) => [unit.no, unit.id]));
  const answers = sheets.flatMap((sheet) => surveyed.map((criterion) => answersFor(sheet, criterion, units.get(sheet.unitNo)!)));
  if (answers.length > 0) done(await recordSurvey(context, { cycle: id, answers }));
  done(await publishCycle(context, { cycle: id, title: `Quyết định công bố kết quả năm ${cycle.year} (minh họa)`, force: true }));
};

const scoreHalf: Play = async (context, cycle, criteria, sheets) => {
  for (const sheet of sheets) {
    done(await scoreSelf(context, scored(sheet, criteria)));
    if (drawnFor(`${sheet.unitNo} late`) >= LATE) done(await submitSheet(context, { sheet: sheetIdOf(sheet) }));
  }
  done(await advanceCycle(context, { cycle: assessmentIdOf("cycle", cycle.no), to: "FIRST_APPRAISAL", force: true }));
  for (const sheet of sheets)
    if (drawnFor(`${sheet.unitNo} appraised`) < APPRAISED)
      done(
        await appraise(
          context,
          appraised(
            sheet,
            criteria.filter(({ scoring }) => scoring === "MANUAL"),
          ),
        ),
      );
};
