import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLock } from "../../database/locks.ts";
import { rowsOf } from "../../database/reader.ts";
import type { Period } from "../../lib/time/period.ts";
import type { RubricView } from "../rubrics/rubric.loaders.ts";
import type { CycleView } from "./cycle.loaders.ts";
import type { CycleStage, StoredDeadline } from "./cycle-vocabulary.ts";

export interface NewCycle {
  readonly rubric: RubricView & { readonly no: number; readonly organiserNo: number };
  readonly period: Period;
  readonly memberNos: readonly number[];
  readonly deadlines: readonly StoredDeadline[];
  readonly at: Date;
}

/** What changes of a cycle. */
type LockedCycle = Pick<CycleView, "stage" | "deadlines" | "unranked">;

/** A cycle of which nobody else changes anything until the transaction ends. */
export const lockCycle = async (em: EntityManager, no: number): Promise<LockedCycle> => {
  await takeLock(em, "assessmentCycle", no);
  const [cycle] = await rowsOf(em).rows(sql<LockedCycle>`select stage, deadlines, unranked from assessment_cycle where id = ${no}`);
  return cycle!;
};

/** Whether there is a cycle of any version of the rubric. */
export const hasCycle = async (em: EntityManager, rubricNo: number): Promise<boolean> => {
  const found = await rowsOf(em).rows(sql`
    select from rubric r join rubric other on other.organiser_id = r.organiser_id and other.index_kind = r.index_kind and other.block_code = r.block_code
      and other.year = r.year join assessment_cycle c on c.rubric_id = other.id where r.id = ${rubricNo} limit 1`);
  return found.length > 0;
};

/** Stores a cycle with an empty sheet for each member, and returns its number. */
export const insertCycle = async (em: EntityManager, { rubric, period, memberNos, deadlines, at }: NewCycle): Promise<number> => {
  const { no: rubricNo, organiserNo } = rubric;
  const { rows } = rowsOf(em);
  const [made] = await rows(sql<{ no: number; appraisers: number[] }>`
    insert into assessment_cycle (rubric_id, organiser_id, member_ids, appraiser_ids, unranked, period, period_from, period_to, stage, deadlines, opened_at)
    select ${rubricNo}, ${organiserNo}, ${[...memberNos]}::int[], array(select distinct c.appraiser_id from criterion c
      where c.rubric_id = ${rubricNo} and c.appraiser_id <> ${organiserNo}), '{}'::jsonb, ${period.name}, ${period.from}::date, ${period.to}::date, 'SELF_SCORING',
      ${JSON.stringify(deadlines)}::jsonb, ${at.toISOString()}::timestamptz
    returning id as no, appraiser_ids as appraisers`);
  const { no, appraisers } = made!;
  await rows(sql`
    insert into score_sheet (cycle_id, unit_id, organiser_id, appraiser_ids)
    select ${no}, m.no, ${organiserNo}, array_remove(${appraisers}::int[], m.no) from unnest(${[...memberNos]}::int[]) m(no)`);
  // A unit appraises nothing of its own sheet: the organiser does.
  await rows(sql`
    insert into score_item (sheet_id, position, unit_id, organiser_id, appraiser_id, evidence)
    select s.id, c.position, s.unit_id, s.organiser_id, nullif(nullif(c.appraiser_id, s.unit_id), s.organiser_id), '[]'::jsonb
    from score_sheet s join criterion c on c.rubric_id = ${rubricNo} and c.scoring is not null where s.cycle_id = ${no}
    order by s.id, c.position`);
  return no;
};

/** Sheets that were reopened were so for the stage before. */
export const storeStage = async (em: EntityManager, no: number, stage: CycleStage): Promise<void> => {
  await sql`update assessment_cycle set stage = ${stage} where id = ${no}`.execute(em.getKysely());
  await sql`update score_sheet set reopened_until = null where cycle_id = ${no} and reopened_until is not null`.execute(em.getKysely());
};

export const storeUnranked = async (em: EntityManager, no: number, unranked: Readonly<Record<string, string>>): Promise<void> => {
  await sql`update assessment_cycle set unranked = ${JSON.stringify(unranked)}::jsonb where id = ${no}`.execute(em.getKysely());
};

/** Numbers of the sheets that are not handed in. */
export const openSheets = async (em: EntityManager, no: number): Promise<number[]> => {
  const found = await rowsOf(em).rows(
    sql<{ no: number }>`select id as no from score_sheet where cycle_id = ${no} and submitted_at is null`,
  );
  return found.map((sheet) => sheet.no);
};

/** Numbers of the units whose sheets are not handed in. */
export const unsubmittedUnits = async (em: EntityManager, no: number): Promise<number[]> => {
  const found = await rowsOf(em).rows(
    sql<{ unitNo: number }>`select unit_id as "unitNo" from score_sheet where cycle_id = ${no} and submitted_at is null`,
  );
  return found.map(({ unitNo }) => unitNo);
};

export interface UndecidedItem {
  readonly unitNo: number;
  /** Code of the criterion. */
  readonly criterion: string;
}

/** The first criteria of these members, in this order, that apply and have neither an appraisal nor computed points; those of the survey come later. */
export const undecidedItems = (em: EntityManager, no: number, unitNos: readonly number[], limit: number): Promise<UndecidedItem[]> =>
  rowsOf(em).rows(sql<UndecidedItem>`
    select n.unit_id as "unitNo", k.code as criterion
    from (select s.id, s.unit_id, c.rubric_id from unnest(${[...unitNos]}::int[]) with ordinality m(no, place)
      join score_sheet s on s.unit_id = m.no and s.cycle_id = ${no} join assessment_cycle c on c.id = s.cycle_id order by m.place) n
    cross join lateral (select k.code from score_item i join criterion k on k.rubric_id = n.rubric_id and k.position = i.position
      where i.sheet_id = n.id and i.is_applicable and i.first is null and i.second is null and k.scoring <> 'SURVEY'
        and not (k.scoring = 'INDICATOR' and i.self is not null)
      order by i.position limit ${limit}::int) k
    limit ${limit}::int`);
