import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { relation } from "../../database/relation.ts";
import { rowsOf } from "../../database/reader.ts";
import type { Day } from "../../lib/time/date.ts";
import type { FrozenResult } from "./publication.ts";

export interface NewPublication {
  readonly cycleNo: number;
  readonly title: string;
  readonly publishedOn: Day;
  /** Null for the first version. */
  readonly reason: string | null;
  readonly at: Date;
}

/** Stores the next version of the published results of a cycle, which supersedes the one before. Returns the version. */
export const insertPublication = async (
  em: EntityManager,
  publication: NewPublication,
  results: readonly FrozenResult[],
): Promise<number> => {
  const { cycleNo, title, publishedOn, reason, at } = publication;
  const ranked = results.filter(({ rank }) => rank !== null).length;
  await sql`update ranking_publication set superseded_at = ${at.toISOString()}::timestamptz where cycle_id = ${cycleNo} and superseded_at is null`.execute(
    em.getKysely(),
  );
  const [made] = await rowsOf(em).rows(sql<{ no: number; organiserNo: number; version: number }>`
    insert into ranking_publication (key, cycle_id, rubric_id, organiser_id, index_kind, block_code, year, version, title, published_on, reason, ranked, made_at)
    select ${randomUUID()}, c.id, r.id, r.organiser_id, r.index_kind, r.block_code, r.year,
      1 + (select coalesce(max(version), 0) from ranking_publication p where p.cycle_id = c.id), ${title}, ${publishedOn}::date, ${reason}, ${ranked}::int,
      ${at.toISOString()}::timestamptz
    from assessment_cycle c join rubric r on r.id = c.rubric_id where c.id = ${cycleNo}
    returning id as no, organiser_id as "organiserNo", version`);
  const { no, organiserNo, version } = made!;
  await sql`
    insert into published_score (publication_id, organiser_id, unit_id, total, scaled, rank, classification, class_reason)
    select ${no}, ${organiserNo}, r.* from ${relation("r", results, {
      unit_id: ["int", ({ sheet }) => sheet.unitNo],
      total: ["int", ({ total }) => total],
      scaled: ["int", ({ scaled }) => scaled],
      rank: ["int", ({ rank }) => rank],
      classification: ["text", ({ classification }) => classification],
      class_reason: ["text", ({ sheet }) => sheet.overrideReason],
    })}`.execute(em.getKysely());
  await sql`
    insert into published_sheet (publication_id, organiser_id, sheet_id, unit_id, leaves)
    select ${no}, ${organiserNo}, r.* from ${relation("r", results, {
      sheet_id: ["int", ({ sheet }) => sheet.no],
      unit_id: ["int", ({ sheet }) => sheet.unitNo],
      leaves: ["jsonb", ({ leaves }) => JSON.stringify(leaves)],
    })}`.execute(em.getKysely());
  return version;
};

export const lastPublication = async (em: EntityManager, cycleNo: number): Promise<{ readonly title: string }> => {
  const [last] = await rowsOf(em).rows(sql<{ title: string }>`
    select title from ranking_publication where cycle_id = ${cycleNo} and superseded_at is null`);
  return last!;
};

export interface CorrectedItem {
  readonly sheetNo: number;
  readonly position: number;
  readonly points: number | null;
  readonly isApplicable: boolean | null;
}

export const correctItems = async (em: EntityManager, items: readonly CorrectedItem[], reason: string): Promise<void> => {
  await sql`
    update score_item i set corrected = coalesce(c.points, i.corrected), is_applicable = coalesce(c.is_applicable, i.is_applicable),
      applicability_reason = case when c.is_applicable is null then i.applicability_reason else ${reason} end
    from (
      select sheet_id, position, max(points) as points, bool_or(is_applicable) as is_applicable from ${relation("c", items, {
        sheet_id: ["int", ({ sheetNo }) => sheetNo],
        position: ["int", ({ position }) => position],
        points: ["int", ({ points }) => points],
        is_applicable: ["boolean", ({ isApplicable }) => isApplicable],
      })} group by 1, 2
    ) c where i.sheet_id = c.sheet_id and i.position = c.position`.execute(em.getKysely());
};

export interface CorrectedAdjustment {
  readonly sheetNo: number;
  readonly unitNo: number;
  readonly kind: "BONUS" | "PENALTY";
  readonly points: number;
  readonly reason: string;
}

export const insertAdjustments = async (
  em: EntityManager,
  { organiserNo }: { readonly organiserNo: number },
  adjustments: readonly CorrectedAdjustment[],
  at: Date,
): Promise<void> => {
  await sql`
    insert into score_adjustment (organiser_id, decided_at, sheet_id, unit_id, kind, points, reason)
    select ${organiserNo}::int, ${at.toISOString()}::timestamptz, a.* from ${relation("a", adjustments, {
      sheet_id: ["int", ({ sheetNo }) => sheetNo],
      unit_id: ["int", ({ unitNo }) => unitNo],
      kind: ["text", ({ kind }) => kind],
      points: ["int", ({ points }) => points],
      reason: ["text", ({ reason }) => reason],
    })}`.execute(em.getKysely());
};
