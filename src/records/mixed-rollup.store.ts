import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { rowsOf } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import type { RecordKind } from "./record.entity.ts";

/** Of whose completeness something is said anew, and for which days. */
export interface CompletenessScope {
  readonly kind: RecordKind;
  readonly unitNos: readonly number[];
  readonly since: Day;
  /** Null: for all that follow. */
  readonly through: Day | null;
}

/** Measures of figures that the records of each kind stand beside. */
const MEASURES: Readonly<Record<RecordKind, string>> = { DOSSIERS: "dossier.%", TASKS: "task.%" };

/**
 * Stored roll-ups beside records rest on which of those are complete, in cells at or under a unit of which a figure speaks; who makes some now
 * is waited for. Those with drafts are dropped whatever they speak of, for not all of these may be visible here. They are found first and
 * dropped then, for Citus drops nothing of a reference table by what it finds in another kind of table.
 */
export const dropMixedRollups = async (em: EntityManager, { kind, unitNos, since, through }: CompletenessScope): Promise<void> => {
  await sql`select pg_advisory_xact_lock_shared(hashtext('cchc dossier counts'))`.execute(em.getKysely());
  const mixed = await rowsOf(em).rows(sql<{ id: number }>`
    select m.id from rollup_set m
    where m.recorded and m.period_to >= ${since}::date and m.period_from <= coalesce(${through}::date, 'infinity') and (m.drafts <> '' or exists (
      select from figure f join contribution c on c.edition_id = m.cell_edition_id and c.target_id = f.unit_id and c.unit_id = any(${unitNos}::int[])
      where f.measure like ${MEASURES[kind]} and f.period_from >= m.period_from and f.period_to <= m.period_to))`);
  if (mixed.length === 0) return;
  await sql`delete from rollup_set where id = any(${mixed.map(({ id }) => id)}::int[])`.execute(em.getKysely());
};
