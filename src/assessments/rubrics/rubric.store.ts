import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { takeLock } from "../../database/locks.ts";
import { relation } from "../../database/relation.ts";
import { type Rows, rowsOf } from "../../database/reader.ts";
import type { CheckedRubric } from "./rubric-check.ts";
import {
  criterionOfRow,
  criterionRows,
  type CriterionView,
  rubricColumns,
  rubricOfRow,
  type RubricRow,
  type StoredRubric,
} from "./rubric.loaders.ts";

/** A rubric without problems, with the numbers of the units that it names. */
export interface RubricDraft extends CheckedRubric {
  readonly organiserNo: number;
  /** By the code or id that the criteria name. */
  readonly appraiserNos: ReadonlyMap<string, number>;
}

export type RubricSeries = Pick<RubricDraft, "organiserNo" | "index" | "blockCode" | "year">;

/** Versions of one organiser, index, block and year are made one after another. Returns the last version; 0 where there is none. */
export const lockSeries = async (em: EntityManager, series: RubricSeries): Promise<number> => {
  const { organiserNo, index, blockCode, year } = series;
  await takeLock(em, "rubric", [organiserNo, index, year, blockCode].join(" "));
  const [last] = await rowsOf(em).rows(sql<{ version: number }>`
    select coalesce(max(version), 0) as version from rubric
    where organiser_id = ${organiserNo} and index_kind = ${index} and block_code = ${blockCode} and year = ${year}`);
  return last!.version;
};

/** Returns the number of the new rubric. */
export const insertRubric = async (em: EntityManager, draft: RubricDraft, version: number, at: Date): Promise<number> => {
  const [made] = await rowsOf(em).rows(sql<{ no: number }>`
    insert into rubric (organiser_id, index_kind, block_code, block_name, year, version, name, max_points, bonus_max, penalty_max, bands, state, made_at)
    values (${draft.organiserNo}, ${draft.index}, ${draft.blockCode}, ${draft.blockName}, ${draft.year}, ${version}, ${draft.name}, ${draft.maxPoints},
      ${draft.bonusMax}, ${draft.penaltyMax}, ${JSON.stringify(draft.bands)}::jsonb, 'DRAFT', ${at.toISOString()}::timestamptz) returning id as no`);
  const { no } = made!;
  await sql`
    insert into criterion (rubric_id, position, code, name, parent_position, max_points, scale, scoring, indicator, steps, appraiser_id, evidence_required)
    select ${no}, c.* from ${relation("c", draft.criteria, {
      position: ["int", (_, n) => n + 1],
      code: ["text", ({ code }) => code],
      name: ["text", ({ name }) => name],
      parent_position: ["int", ({ parentPosition }) => parentPosition],
      max_points: ["int", ({ maxPoints }) => maxPoints],
      scale: ["text", ({ scale }) => scale],
      scoring: ["text", ({ scoring }) => scoring],
      indicator: ["text", ({ indicator }) => indicator],
      steps: ["jsonb", ({ steps }) => JSON.stringify(steps)],
      appraiser_id: ["int", ({ appraiser }) => (appraiser === null ? null : draft.appraiserNos.get(appraiser))],
      evidence_required: ["boolean", ({ evidenceRequired }) => evidenceRequired],
    })}`.execute(em.getKysely());
  return no;
};

/** Publishes a draft of which no later version is published. Returns false where it is no such draft. */
export const publishDraft = async (em: EntityManager, no: number, at: Date): Promise<boolean> => {
  const done = await rowsOf(em).rows(sql`
    update rubric set state = 'PUBLISHED', published_at = ${at.toISOString()}::timestamptz where id = ${no} and state = 'DRAFT' and not exists (
      select from rubric r where r.organiser_id = rubric.organiser_id and r.index_kind = rubric.index_kind and r.block_code = rubric.block_code
        and r.year = rubric.year and r.version > rubric.version and r.state = 'PUBLISHED')
    returning id`);
  return done.length > 0;
};

/** For commands, which see drafts. */
export const readRubric = async (em: EntityManager, no: number): Promise<StoredRubric | null> => {
  const [row] = await rowsOf(em).rows(sql<RubricRow>`select ${rubricColumns} from rubric r where r.id = ${no}`);
  return row ? rubricOfRow(row) : null;
};

export const readCriteria = async ({ rows }: Rows, no: number): Promise<CriterionView[]> =>
  (await rows(criterionRows([no]))).map((row) => criterionOfRow(row));
