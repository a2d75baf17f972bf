import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { type Rows, rowsOf } from "../database/reader.ts";
import { localDay } from "../lib/time/local-time.ts";
import { DAY_GRAIN, GRAINS } from "./count.ts";
import { anyCount, eventsOf, pauseColumns, startOf, sumsOfCounts } from "./count.event.ts";
import { ALL_COUNTERS, lockCounters, treeCounts } from "./count.store.ts";

/**
 * Derived data of records: `days` are the days in dossier and its number of pauses; `records` is record_unit except `last_import_at`; `byField` is dossier_count, `byUnit`
 * dossier_unit_count, `rolledUp` dossier_tree_count.
 */
export type DerivedCounters = "days" | "records" | "byField" | "byUnit" | "rolledUp";

export interface Recount {
  readonly units: number;
  readonly differences: Readonly<Record<DerivedCounters, number>>;
}

/** Counts the dossiers again and compares: all units, or a random sample, and all trees of editions. Counters are locked meanwhile. */
export const recount = (em: EntityManager, sample: number | null): Promise<Recount> =>
  em.transactional(async (inside) => {
    await lockCounters(inside);
    const rows = rowsOf(inside);
    const units = await unitsOf(rows, sample);
    const count = async (expected: RawBuilder<unknown>, kept: RawBuilder<unknown>): Promise<number> => {
      const [row] = await rows.rows(sql<{ rows: number }>`
        with expected as materialized (${expected}), kept as materialized (${kept})
        select count(*)::int as rows from ((table expected except table kept) union all (table kept except table expected)) d`);
      return row!.rows;
    };
    const events = sql`(${eventsOf({
      dossiers: sql`(select * from dossier where unit_id = any(${units}::int[])) d`,
      pauses: sql`(select ${pauseColumns} from dossier_pause p) p`,
      sign: 1,
    })}) e`;
    let byField = 0;
    for (const [name, grain] of Object.entries(GRAINS))
      byField += await count(countedFields(events, name as keyof typeof GRAINS), keptFields(grain, units));
    let byUnit = 0;
    for (const [name, grain] of [["DAY", DAY_GRAIN], ...Object.entries(GRAINS)] as const)
      byUnit += await count(countedUnits(events, name), keptUnits(grain, units));
    const rolledUp = await count(
      sql`select * from (${treeCounts(sql`select id from edition where records_counted`, ALL_COUNTERS)}) t`,
      sql`select province_id, edition_id, target_id, slot, certain, grain, starts_on, ${sumsOfCounts} from dossier_tree_count
        where edition_id in (select id from edition where records_counted) group by 1, 2, 3, 4, 5, 6, 7 having ${anyCount}`,
    );
    const records = await count(countedRecords(units), keptRecords(units));
    return { units: units.length, differences: { days: await wrongDays(rows, units), records, byField, byUnit, rolledUp } };
  });

const unitsOf = async (rows: Rows, sample: number | null): Promise<number[]> => {
  const noted = sql`select unit_id from record_unit where kind = 'DOSSIERS'`;
  const all = sample === null ? sql`${noted} union select unit_id from dossier` : noted;
  const found = await rows.rows(sql<{ no: number }>`
    select unit_id as no from (select distinct unit_id from (${all}) a) u order by random() limit ${sample}::int`);
  return found.map(({ no }) => no);
};

/** Dossiers before acceptance (1 and 3) count on no day. */
const dayOfCounted = (at: RawBuilder<unknown>) => sql`case when d.state not in (1, 3) then ${localDay(at)} end`;

const wrongDays = async (rows: Rows, units: readonly number[]): Promise<number> => {
  const [row] = await rows.rows(sql<{ rows: number }>`
    select count(*)::int as rows from dossier d
    left join (select province_id, source_id, code, count(*) as pauses from dossier_pause group by 1, 2, 3) p
      on p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code
    where d.unit_id = any(${units}::int[]) and (d.received_on is distinct from ${dayOfCounted(sql`d.received_at`)}
      or d.ended_on is distinct from ${dayOfCounted(sql`d.ended_at`)} or d.due_on is distinct from ${dayOfCounted(sql`d.current_due_at`)}
      or d.pauses <> coalesce(p.pauses, 0))`);
  return row!.rows;
};

const isOfUnits = (units: readonly number[]) => sql`kind = 'DOSSIERS' and unit_id = any(${units}::int[])`;

const countedRecords = (units: readonly number[]) => sql`
  select u.province_id, u.unit_id, u.source_id, count(d.received_on)::int as records, min(d.received_on) as first_on
  from (select province_id, unit_id, source_id from record_unit where ${isOfUnits(units)}
    union select province_id, unit_id, source_id from dossier where unit_id = any(${units}::int[])) u
  left join dossier d on d.province_id = u.province_id and d.unit_id = u.unit_id and d.source_id = u.source_id group by 1, 2, 3`;

const keptRecords = (units: readonly number[]) => sql`
  select province_id, unit_id, source_id, records, first_on from record_unit where ${isOfUnits(units)}`;

const countedFields = (events: RawBuilder<unknown>, name: keyof typeof GRAINS) => sql`
  select province_id, unit_id, slot, ${startOf[name](sql`e.day`)} as starts_on, field_id, ${sumsOfCounts} from ${events} group by 1, 2, 3, 4, 5 having ${anyCount}`;

const keptFields = (grain: number, units: readonly number[]) => sql`
  select province_id, unit_id, slot, starts_on, field_id, ${sumsOfCounts} from dossier_count
  where grain = ${sql.lit(grain)} and unit_id = any(${units}::int[]) group by 1, 2, 3, 4, 5 having ${anyCount}`;

const countedUnits = (events: RawBuilder<unknown>, name: string) => sql`
  select province_id, unit_id, slot, ${name === "DAY" ? sql`e.day` : startOf[name as keyof typeof GRAINS](sql`e.day`)} as starts_on, ${sumsOfCounts}
  from ${events} group by 1, 2, 3, 4 having ${anyCount}`;

const keptUnits = (grain: number, units: readonly number[]) => sql`
  select province_id, unit_id, slot, starts_on, ${sumsOfCounts} from dossier_unit_count
  where grain = ${sql.lit(grain)} and unit_id = any(${units}::int[]) group by 1, 2, 3, 4 having ${anyCount}`;
