import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { rowsOf } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { RecordRules } from "./record-rules.ts";

interface OfSource {
  readonly rules: RecordRules;
  readonly sourceId: number;
}

/**
 * Updates how many records each unit has from the source, the first day of these and the time of the last import, null where there was none. Changes are rows of
 * (province_id, unit_id, records, counted_on): a number of records, and their first day.
 */
export const noteUnits = async (
  em: EntityManager,
  ofSource: OfSource,
  at: Date | null,
  changes: readonly RawBuilder<unknown>[],
): Promise<void> => {
  await notingUnits(ofSource, at, changes).execute(em.getKysely());
};

/** The statement of `noteUnits`. */
export const notingUnits = (
  { rules: { kind }, sourceId }: OfSource,
  at: Date | null,
  changes: readonly RawBuilder<unknown>[],
): RawBuilder<unknown> => sql`
    with change as (${sql.join(changes, sql` union all `)})
    insert into record_unit as u (province_id, unit_id, kind, source_id, records, first_on, last_import_at)
    select province_id, unit_id, ${sql.lit(kind)}, ${sourceId}::int, sum(records), min(counted_on), ${at?.toISOString() ?? null}::timestamptz
    from change group by 1, 2 order by 1, 2
    on conflict (province_id, unit_id, kind, source_id) do update set records = u.records + excluded.records,
      first_on = least(u.first_on, excluded.first_on), last_import_at = greatest(u.last_import_at, excluded.last_import_at)`;

interface FirstDay {
  readonly provinceNo: number;
  readonly unitNo: number;
  readonly day: Day | null;
}

/** The first days of records that a writer removes, as rows of (province_id, unit_id, counted_on). */
export const firstDaysOf = (em: EntityManager, removed: RawBuilder<unknown>): Promise<FirstDay[]> =>
  rowsOf(em).rows(sql<FirstDay>`
    select province_id as "provinceNo", unit_id as "unitNo", min(counted_on) as day from (${removed}) r
    where counted_on is not null group by 1, 2`);

/** Finds the new first day of units whose first record was removed; must run after the removal. */
export const renewFirstDays = async (
  em: EntityManager,
  { rules: { kind, records }, sourceId }: OfSource,
  lost: readonly FirstDay[],
): Promise<void> => {
  if (lost.length === 0) return;
  const stored = await rowsOf(em).rows(sql<FirstDay>`
    select province_id as "provinceNo", unit_id as "unitNo", first_on as day from record_unit
    where kind = ${sql.lit(kind)} and source_id = ${sourceId} and unit_id = any(${lost.map(({ unitNo }) => unitNo)}::int[])`);
  const days = new Map(stored.map(({ provinceNo, unitNo, day }) => [`${provinceNo} ${unitNo}`, day]));
  const units = lost
    .filter(({ provinceNo, unitNo, day }) => (days.get(`${provinceNo} ${unitNo}`) ?? day)! >= day!)
    .map(({ unitNo }) => unitNo);
  if (units.length === 0) return;
  const isTheirs = sql`source_id = ${sourceId} and unit_id = any(${units}::int[])`;
  await sql`update record_unit set first_on = null where kind = ${sql.lit(kind)} and records = 0 and ${isTheirs}`.execute(em.getKysely());
  await sql`
    update record_unit u set first_on = d.first_on
    from (select province_id, unit_id, min(counted_on) as first_on from ${records} r where ${isTheirs} and counted_on is not null group by 1, 2) d
    where u.kind = ${sql.lit(kind)} and u.source_id = ${sourceId} and u.province_id = d.province_id and u.unit_id = d.unit_id`.execute(
    em.getKysely(),
  );
};
