import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { relation } from "../../database/relation.ts";
import { rowsOf } from "../../database/reader.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Hundredths } from "../scoring/points.ts";
import { itemColumns, type StoredItem } from "./sheet.loaders.ts";
import type { AdjustmentKind, ScoreEvidence } from "./cycle-vocabulary.ts";

/** What a write reads of a sheet, in its transaction. */
export interface LockedSheet {
  readonly isSubmitted: boolean;
  readonly reopenedUntil: Day | null;
  readonly overrideClass: string | null;
  readonly overrideReason: string | null;
}

export const readSheet = async (em: EntityManager, no: number): Promise<LockedSheet> => {
  const [sheet] = await rowsOf(em).rows(sql<LockedSheet>`
    select s.submitted_at is not null as "isSubmitted", s.reopened_until as "reopenedUntil", s.override_class as "overrideClass",
      s.override_reason as "overrideReason" from score_sheet s where s.id = ${no}`);
  return sheet!;
};

export const readItems = async (em: EntityManager, no: number): Promise<ReadonlyMap<number, StoredItem>> => {
  const items = await rowsOf(em).rows(sql<StoredItem>`select ${itemColumns} from score_item i where i.sheet_id = ${no}`);
  return new Map(items.map((item) => [item.position, item]));
};

const update = async (em: EntityManager, no: number, set: RawBuilder<unknown>, from: RawBuilder<unknown>): Promise<void> => {
  await sql`update score_item i set ${set} from ${from} where i.sheet_id = ${no} and i.position = c.position`.execute(em.getKysely());
};

export interface SelfScore {
  readonly position: number;
  readonly points: Hundredths | null;
  readonly note: string | null;
  readonly evidence: readonly ScoreEvidence[];
}

/** The computed points of INDICATOR stay. */
export const storeSelfScores = (em: EntityManager, no: number, scores: readonly SelfScore[]): Promise<void> =>
  update(
    em,
    no,
    sql`self = coalesce(c.points, i.self), self_note = c.note, evidence = c.evidence`,
    relation("c", scores, {
      position: ["int", ({ position }) => position],
      points: ["int", ({ points }) => points],
      note: ["text", ({ note }) => note],
      evidence: ["jsonb", ({ evidence }) => JSON.stringify(evidence)],
    }),
  );

export const APPRAISAL_ROUNDS = { FIRST_APPRAISAL: "first", SECOND_APPRAISAL: "second" } as const;
export type AppraisalRound = (typeof APPRAISAL_ROUNDS)[keyof typeof APPRAISAL_ROUNDS];

export interface Appraisal {
  readonly position: number;
  readonly points: Hundredths;
  readonly note: string | null;
}

export const storeAppraisals = (em: EntityManager, no: number, round: AppraisalRound, appraisals: readonly Appraisal[]): Promise<void> =>
  update(
    em,
    no,
    round === "first" ? sql`first = c.points, first_note = c.note` : sql`second = c.points, second_note = c.note`,
    relation("c", appraisals, {
      position: ["int", ({ position }) => position],
      points: ["int", ({ points }) => points],
      note: ["text", ({ note }) => note],
    }),
  );

export interface ExplainedItem {
  readonly position: number;
  readonly text: string;
  /** All links of the criterion. */
  readonly evidence: readonly ScoreEvidence[];
}

export const storeExplanations = (em: EntityManager, no: number, explained: readonly ExplainedItem[]): Promise<void> =>
  update(
    em,
    no,
    sql`explanation = c.words, evidence = c.evidence`,
    relation("c", explained, {
      position: ["int", ({ position }) => position],
      words: ["text", ({ text }) => text],
      evidence: ["jsonb", ({ evidence }) => JSON.stringify(evidence)],
    }),
  );

export const storeApplicability = async (
  em: EntityManager,
  no: number,
  positions: readonly number[],
  { isApplicable, reason }: { readonly isApplicable: boolean; readonly reason: string },
): Promise<void> => {
  await sql`update score_item set is_applicable = ${isApplicable}, applicability_reason = ${reason}
    where sheet_id = ${no} and position = any(${[...positions]}::int[])`.execute(em.getKysely());
};

export const storeSubmission = async (em: EntityManager, no: number, at: Date | null): Promise<void> => {
  await sql`update score_sheet set submitted_at = ${at?.toISOString() ?? null}::timestamptz where id = ${no}`.execute(em.getKysely());
};

export const storeReopening = async (em: EntityManager, no: number, until: Day): Promise<void> => {
  await sql`update score_sheet set reopened_until = ${until}::date where id = ${no}`.execute(em.getKysely());
};

export const storeOverride = async (em: EntityManager, no: number, classification: string | null, reason: string | null): Promise<void> => {
  await sql`update score_sheet set override_class = ${classification}, override_reason = ${reason} where id = ${no}`.execute(
    em.getKysely(),
  );
};

export interface NewAdjustment {
  readonly kind: AdjustmentKind;
  readonly points: Hundredths;
  readonly reason: string;
  readonly at: Date;
}

/** Returns the number of the adjustment. */
export const insertAdjustment = async (
  em: EntityManager,
  sheet: { readonly no: number; readonly unitNo: number; readonly organiserNo: number },
  { kind, points, reason, at }: NewAdjustment,
): Promise<number> => {
  const [made] = await rowsOf(em).rows(sql<{ no: number }>`
    insert into score_adjustment (sheet_id, unit_id, organiser_id, kind, points, reason, decided_at)
    values (${sheet.no}, ${sheet.unitNo}, ${sheet.organiserNo}, ${kind}, ${points}, ${reason}, ${at.toISOString()}::timestamptz) returning id as no`);
  return made!.no;
};

export const adjustedSoFar = async (em: EntityManager, no: number, kind: AdjustmentKind): Promise<Hundredths> => {
  const [sum] = await rowsOf(em).rows(sql<{ points: number }>`
    select coalesce(sum(points), 0)::int as points from score_adjustment where sheet_id = ${no} and kind = ${kind} and removed_at is null`);
  return sum!.points;
};

export interface RemovedAdjustment {
  readonly kind: AdjustmentKind;
  readonly points: Hundredths;
  readonly reason: string;
}

/** Null for an adjustment that was removed before. */
export const removeStored = async (em: EntityManager, no: number, reason: string, at: Date): Promise<RemovedAdjustment | null> => {
  const [removed] = await rowsOf(em).rows(sql<RemovedAdjustment>`
    update score_adjustment set removed_at = ${at.toISOString()}::timestamptz, removed_reason = ${reason} where id = ${no} and removed_at is null
    returning kind, points, reason`);
  return removed ?? null;
};
