import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { type Rows, rowsOf } from "../database/reader.ts";
import { DAY_GRAIN, GRAINS, startOf } from "./count.ts";
import { allCounters, lockCounters, placesOfAll, treeCounts } from "./count.store.ts";
import { recordKinds } from "./record-kinds.ts";
import type { RecordRules } from "./record-rules.ts";

/**
 * Derived data of records: `days` are derived columns of the records themselves; `records` is record_unit except `last_import_at`; `byField` are the counters by unit and
 * field, `byUnit` those by unit, `rolledUp` those of trees.
 */
export type DerivedCounters = "days" | "records" | "byField" | "byUnit" | "rolledUp";

export interface Recount {
  readonly units: number;
  readonly differences: Readonly<Record<DerivedCounters, number>>;
}

/** Counts the records of all kinds again and compares: all units, or a random sample, and all trees of editions. Counters are locked meanwhile. */
export const recount = (em: EntityManager, sample: number | null): Promise<Recount> =>
  em.transactional(async (inside) => {
    await lockCounters(inside);
    const units = new Set<number>();
    const differences: Record<DerivedCounters, number> = { days: 0, records: 0, byField: 0, byUnit: 0, rolledUp: 0 };
    for (const rules of recordKinds()) {
      const ofKind = await unitsOf(rowsOf(inside), rules, sample);
      for (const unit of ofKind) units.add(unit);
      for (const [name, rows] of Object.entries(await differencesOf(rowsOf(inside), rules, ofKind)))
        differences[name as DerivedCounters] += rows;
    }
    return { units: units.size, differences };
  });

const differencesOf = async (rows: Rows, rules: RecordRules, units: readonly number[]): Promise<Recount["differences"]> => {
  const count = async (expected: RawBuilder<unknown>, stored: RawBuilder<unknown>): Promise<number> => {
    const [row] = await rows.rows(sql<{ rows: number }>`
        with expected as materialized (${expected}), stored as materialized (${stored})
        select count(*)::int as rows from ((table expected except table stored) union all (table stored except table expected)) d`);
    return row!.rows;
  };
  const events = sql`(${rules.eventsOf(sql`${units}::int[]`)}) e`;
  let byField = 0;
  for (const [name, grain] of rules.tables.details ? Object.entries(GRAINS) : [])
    byField += await count(countedDetails(rules, events, name as keyof typeof GRAINS), keptDetails(rules, grain, units));
  let byUnit = 0;
  for (const [name, grain] of [["DAY", DAY_GRAIN], ...Object.entries(GRAINS)] as const)
    byUnit += await count(countedUnits(rules, events, name), keptUnits(rules, grain, units));
  const rolledUp = await count(
    sql`select * from (${treeCounts(rules, placesOfAll(sql`select id from edition where records_counted`), allCounters(rules))}) t`,
    sql`select province_id, edition_id, target_id, slot, certain, grain, starts_on, ${rules.sumsOfCounts} from ${sql.table(rules.tables.trees)}
        where edition_id in (select id from edition where records_counted) group by 1, 2, 3, 4, 5, 6, 7 having ${rules.anyCount}`,
  );
  const records = await count(countedRecords(rules, units), keptRecords(rules, units));
  const [wrong] = await rows.rows(rules.wrongRecords(sql`${units}::int[]`));
  return { days: wrong!.rows, records, byField, byUnit, rolledUp };
};

const unitsOf = async (rows: Rows, { kind, records }: RecordRules, sample: number | null): Promise<number[]> => {
  const noted = sql`select unit_id from record_unit where kind = ${sql.lit(kind)}`;
  const all = sample === null ? sql`${noted} union select unit_id from ${records} r` : noted;
  const found = await rows.rows(sql<{ no: number }>`
    select unit_id as no from (select distinct unit_id from (${all}) a) u order by random() limit ${sample}::int`);
  return found.map(({ no }) => no);
};

const isOfUnits = ({ kind }: RecordRules, units: readonly number[]) => sql`kind = ${sql.lit(kind)} and unit_id = any(${units}::int[])`;

const countedRecords = (rules: RecordRules, units: readonly number[]) => sql`
  select u.province_id, u.unit_id, u.source_id, count(d.counted_on)::int as records, min(d.counted_on) as first_on
  from (select province_id, unit_id, source_id from record_unit where ${isOfUnits(rules, units)}
    union select province_id, unit_id, source_id from ${rules.records} r where unit_id = any(${units}::int[])) u
  left join ${rules.records} d on d.province_id = u.province_id and d.unit_id = u.unit_id and d.source_id = u.source_id group by 1, 2, 3`;

const keptRecords = (rules: RecordRules, units: readonly number[]) => sql`
  select province_id, unit_id, source_id, records, first_on from record_unit where ${isOfUnits(rules, units)}`;

const countedDetails = ({ tables, sumsOfCounts, anyCount }: RecordRules, events: RawBuilder<unknown>, name: keyof typeof GRAINS) => sql`
  select province_id, unit_id, slot, ${startOf[name](sql`e.day`)} as starts_on, ${sql.ref(tables.details!.column)}, ${sumsOfCounts}
  from ${events} group by 1, 2, 3, 4, 5 having ${anyCount}`;

const keptDetails = ({ tables, sumsOfCounts, anyCount }: RecordRules, grain: number, units: readonly number[]) => sql`
  select province_id, unit_id, slot, starts_on, ${sql.ref(tables.details!.column)}, ${sumsOfCounts} from ${sql.table(tables.details!.table)}
  where grain = ${sql.lit(grain)} and unit_id = any(${units}::int[]) group by 1, 2, 3, 4, 5 having ${anyCount}`;

const countedUnits = ({ sumsOfCounts, anyCount }: RecordRules, events: RawBuilder<unknown>, name: string) => sql`
  select province_id, unit_id, slot, ${name === "DAY" ? sql`e.day` : startOf[name as keyof typeof GRAINS](sql`e.day`)} as starts_on, ${sumsOfCounts}
  from ${events} group by 1, 2, 3, 4 having ${anyCount}`;

const keptUnits = ({ tables, sumsOfCounts, anyCount }: RecordRules, grain: number, units: readonly number[]) => sql`
  select province_id, unit_id, slot, starts_on, ${sumsOfCounts} from ${sql.table(tables.units)}
  where grain = ${sql.lit(grain)} and unit_id = any(${units}::int[]) group by 1, 2, 3, 4 having ${anyCount}`;
