import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { shareLock, takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { columnName } from "../figures/measure.ts";
import { presentHierarchy } from "../hierarchy/current-hierarchy.ts";
import { raising, recordsChanged } from "../hierarchy/rollup-version.store.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { Day } from "../lib/time/date.ts";
import { DAY_GRAIN, GRAINS, NO_TIER, startOf } from "./count.ts";
import type { RecordRules } from "./record-rules.ts";

/** The table in which a writer records its counter changes: the one of its kind, or a table of the same shape. */
export interface Noted {
  readonly key: string;
  readonly deltas: RawBuilder<unknown>;
}

/** Records how a writer changes the counters, by the events that it removes (counted by -1) and adds; removed ones must still be stored. */
export const noteDeltas = async (
  em: EntityManager,
  { tables: { details }, countColumns, sumsOfCounts, anyCount }: RecordRules,
  { key, deltas }: Noted,
  events: readonly RawBuilder<unknown>[],
): Promise<void> => {
  const event = sql.join(events, sql` union all `);
  const start = startOf.HALF_MONTH(sql`e.day`);
  const detail = details ? sql`, ${sql.ref(details.column)}` : sql``;
  await sql`
    insert into ${deltas} (import, province_id, unit_id, slot, grain, starts_on${detail}, ${countColumns})
    select ${key}::uuid, province_id, unit_id, slot, ${sql.lit(GRAINS.HALF_MONTH)}, ${start}${detail}, ${sumsOfCounts}
    from (${event}) e group by province_id, unit_id, slot, ${start}${detail} having ${anyCount}`.execute(em.getKysely());
  await sql`
    insert into ${deltas} (import, province_id, unit_id, slot, grain, starts_on${detail}, ${countColumns})
    select ${key}::uuid, province_id, unit_id, slot, ${sql.lit(DAY_GRAIN)}, e.day${details ? sql`, 0` : sql``}, ${sumsOfCounts}
    from (${event}) e group by province_id, unit_id, slot, e.day having ${anyCount}`.execute(em.getKysely());
};

const added = ({ counts }: RecordRules, table: string) =>
  sql.join(
    counts.map((name) => {
      const column = columnName(name);
      return sql`${sql.ref(column)} = ${sql.ref(`${table}.${column}`)} + excluded.${sql.ref(column)}`;
    }),
  );

/**
 * Adds the recorded changes of a writer to the counters; the caller holds `shareCounters`. All writers lock rows table by table and key by key in one order, so that
 * concurrent writers block but never deadlock.
 */
export const applyDeltas = async (em: EntityManager, rules: RecordRules, { key, deltas }: Noted): Promise<void> => {
  const { countColumns } = rules;
  const noted = (grain: number) => sql`from ${deltas} where import = ${key}::uuid and grain = ${sql.lit(grain)}`;
  await addToDetails(em, rules, noted(GRAINS.HALF_MONTH));
  const changes = grained(
    rules,
    sql`select province_id, unit_id, slot, starts_on, ${countColumns} ${noted(GRAINS.HALF_MONTH)}`,
    sql`select province_id, unit_id, slot, ${sql.lit(DAY_GRAIN)}::smallint as grain, starts_on, ${countColumns} ${noted(DAY_GRAIN)}`,
  );
  await intoUnits(rules, changes).execute(em.getKysely());
  await addToTrees(em, rules, placesOfAll(sql`select id from edition where records_counted`), changes);
};

const addToDetails = async (em: EntityManager, rules: RecordRules, halves: RawBuilder<unknown>): Promise<void> => {
  const { tables, countColumns, sumsOfCounts, anyCount } = rules;
  if (tables.details === null) return;
  const [table, column] = [sql.table(tables.details.table), sql.ref(tables.details.column)];
  for (const [grain, start] of STARTS) {
    await sql`
      insert into ${table} (province_id, unit_id, slot, grain, starts_on, ${column}, ${countColumns})
      select province_id, unit_id, slot, ${sql.lit(grain)}, ${start}, ${column}, ${sumsOfCounts} ${halves}
      group by province_id, unit_id, slot, ${start}, ${column} having ${anyCount} order by 1, 2, 3, 5, 6
      on conflict (province_id, unit_id, slot, grain, starts_on, ${column}) do update set ${added(rules, tables.details.table)}`.execute(
      em.getKysely(),
    );
  }
};

const intoUnits = (rules: RecordRules, changes: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { tables, countColumns } = rules;
  return sql`
    insert into ${sql.table(tables.units)} (province_id, unit_id, grain, starts_on, slot, ${countColumns})
    select province_id, unit_id, grain, starts_on, slot, ${countColumns} from (${changes}) c order by 1, 2, 3, 4, 5
    on conflict (province_id, unit_id, grain, starts_on, slot) do update set ${added(rules, tables.units)}`;
};

/**
 * The statement that adds a few events, of one unit or of several below the same places, to the counters without recording them first; the caller holds `shareCounters`, and this is the last step of its
 * transaction. The order of locks is that of `applyDeltas`.
 */
export const addingEvents = (
  rules: RecordRules,
  events: RawBuilder<unknown>,
  { isOfOneUnit, placesOver }: { readonly isOfOneUnit: boolean; readonly placesOver: RawBuilder<unknown> },
): RawBuilder<unknown> => {
  const changes = sql`select * from change`;
  const targets = placesOfFew(sql`(select units from found)`);
  const counts = isOfOneUnit ? treeCountsOfOne(rules, targets, changes) : treeCounts(rules, targets, changes);
  // Each table reads the one before, which fixes the order of the locks.
  return sql`
    with change as materialized (${changesOf(rules, events)}),
    stored as (${intoUnits(rules, changes)} returning unit_id, grain, starts_on),
    found as materialized (
      select array_agg(distinct unit_id) as units, min(starts_on) filter (where grain = ${sql.lit(DAY_GRAIN)}) as since from stored
    ),
    grown as (${intoTrees(rules, counts)} returning target_id),
    done as materialized (select f.since from found f cross join (select count(*) from grown) g),
    ${raising(sql`select unnest(${placesOver}::int[]) from done where since is not null`, sql`(select since from done)::timestamp`)}
    select from raised`;
};

/** Counters of units that events change. */
const changesOf = (rules: RecordRules, events: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { sumsOfCounts, anyCount } = rules;
  const grains = Object.entries(GRAINS).map(
    ([name, grain]) => sql`(${sql.lit(grain)}, ${startOf[name as keyof typeof GRAINS](sql`e.day`)})`,
  );
  // One aggregate of all grains, because PostgreSQL takes longer to set up the sums of each than to add up a few rows.
  return sql`
    with event as materialized (${events})
    select province_id, unit_id, slot, g.grain::smallint as grain, g.starts_on, ${sumsOfCounts}
    from event e cross join lateral (values (${sql.lit(DAY_GRAIN)}, e.day), ${sql.join(grains)}) g(grain, starts_on)
    group by province_id, unit_id, slot, g.grain, g.starts_on having ${anyCount}`;
};

/** Each grain except days, with its start for the half-month `starts_on`. */
const STARTS: readonly (readonly [number, RawBuilder<unknown>])[] = [
  [GRAINS.HALF_MONTH, sql`starts_on`],
  [GRAINS.QUARTER, startOf.QUARTER(sql`starts_on`)],
  [GRAINS.YEAR, startOf.YEAR(sql`starts_on`)],
];

/** Counters of units: half-months, which are aggregated here to longer grains and over details, and days, which are already aggregated. */
const grained = (
  { sumsOfCounts, anyCount }: RecordRules,
  halves: RawBuilder<unknown>,
  days: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  with half as materialized (select province_id, unit_id, slot, starts_on, ${sumsOfCounts} from (${halves}) h group by 1, 2, 3, 4 having ${anyCount})
  ${days} union all ${sql.join(
    STARTS.map(
      ([grain, start]) => sql`
        select province_id, unit_id, slot, ${sql.lit(grain)}::smallint, ${start}, ${sumsOfCounts} from half group by 1, 2, 3, 5 having ${anyCount}`,
    ),
    sql` union all `,
  )}`;

/** All counters of units of a kind. */
export const allCounters = ({ tables, countColumns }: RecordRules) =>
  sql`select province_id, unit_id, slot, grain, starts_on, ${countColumns} from ${sql.table(tables.units)}`;

/**
 * Sums counters of units into counters of an edition's units, as rows of the table of trees; rows of days only where the holder is another unit. The country's rows exclude
 * what its provinces already count.
 */
export const treeCounts = (
  { sumsOfCounts, anyCount }: RecordRules,
  places: RawBuilder<unknown>,
  counters: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
    ${treeKeys(places, counters)}, ${sumsOfCounts} ${ofTrees}
    group by 1, 2, 3, 4, 5, 6, 7 having ${anyCount} order by 1, 2, 3, 4, 5, 6, 7`;

/** The same for counters of one unit, which contributes once to each unit of an edition: nothing is summed, which a few rows do not repay. */
const treeCountsOfOne = (
  { countColumns }: RecordRules,
  places: RawBuilder<unknown>,
  counters: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
    ${treeKeys(places, counters)}, ${countColumns} ${ofTrees} order by 1, 2, 3, 4, 5, 6, 7`;

const treeKeys = (places: RawBuilder<unknown>, counters: RawBuilder<unknown>) => sql`
    with counter as materialized (${counters}), place as materialized (${places})
    select g.province_id, p.edition_id, p.target_id, g.slot, p.certain, g.grain, g.starts_on`;

const ofTrees = sql`
    from counter g join place p on p.unit_id = g.unit_id and (g.grain <> ${sql.lit(DAY_GRAIN)} or p.target_id <> g.unit_id)
      and not (p.is_summed and g.slot <> ${sql.lit(NO_TIER)})`;

/** The units of editions to which those of `counter` contribute. */
export const placesOfAll = (editions: RawBuilder<unknown>): RawBuilder<unknown> => sql`
      select c.edition_id, c.unit_id, c.target_id, c.certain,
        c.target_id in (select unit_id from unit_version where tier = 'COUNTRY') and exists (
          select from contribution q where q.edition_id = c.edition_id and q.unit_id = c.unit_id and q.certain
            and q.target_id in (select unit_id from unit_version where tier = 'PROVINCE')) as is_summed
      from contribution c where c.edition_id in (${editions}) and c.unit_id in (select unit_id from counter)`;

const isOfTier = (tier: Tier, unit: RawBuilder<unknown>) =>
  sql`(select coalesce(bool_or(v.tier = ${sql.lit(tier)}), false) from unit_version v where v.unit_id = ${unit})`;

/** The same for a few units: looks each of them up, where the other would read all units of the country. */
const placesOfFew = (units: RawBuilder<unknown>): RawBuilder<unknown> => sql`
      select c.edition_id, c.unit_id, c.target_id, c.certain, ${isOfTier("COUNTRY", sql`c.target_id`)} and (
        select coalesce(bool_or(q.certain and ${isOfTier("PROVINCE", sql`q.target_id`)}), false)
        from contribution q where q.edition_id = c.edition_id and q.unit_id = c.unit_id) as is_summed
      from edition e join contribution c on c.edition_id = e.id and c.unit_id = any(${units}::int[]) where e.records_counted`;

/** One lock order for the units of an edition prevents deadlocks. */
const addToTrees = async (
  em: EntityManager,
  rules: RecordRules,
  places: RawBuilder<unknown>,
  counters: RawBuilder<unknown>,
): Promise<void> => {
  await intoTrees(rules, treeCounts(rules, places, counters)).execute(em.getKysely());
};

const intoTrees = (rules: RecordRules, counts: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { tables, countColumns } = rules;
  return sql`
    insert into ${sql.table(tables.trees)} (province_id, edition_id, target_id, slot, certain, grain, starts_on, ${countColumns})
    ${counts}
    on conflict (province_id, edition_id, target_id, slot, certain, grain, starts_on) do update set ${added(rules, tables.trees)}`;
};

/** Rebuilds the trees of the editions from all counters. The caller holds `lockCounters`. */
export const renewTrees = async (em: EntityManager, rules: RecordRules, editionIds: readonly number[]): Promise<void> => {
  await sql`delete from ${sql.table(rules.tables.trees)} where edition_id = any(${editionIds}::int[])`.execute(em.getKysely());
  await addToTrees(em, rules, placesOfAll(sql`select unnest(${editionIds}::int[])`), allCounters(rules));
};

/** Applies the recorded changes to the counters. It is the last step of a transaction, because it locks rows that other writers change. */
export const countChanges = async (em: EntityManager, rules: RecordRules, noted: Noted): Promise<void> => {
  await shareCounters(em);
  await applyDeltas(em, rules, noted);
  await renewMixedRollups(em, noted);
};

/** Stored roll-ups of the provinces and days must be rebuilt, because they hold the correction that figures make to records. */
const renewMixedRollups = async (em: EntityManager, { key, deltas }: Noted): Promise<void> => {
  const rows = rowsOf(em);
  const [found] = await rows.rows(sql<{ version: string | null; units: number[] | null; since: Day | null }>`
    select (select version from hierarchy_version) as version, array_agg(distinct unit_id) as units, min(starts_on) as since from ${deltas} where import = ${key}::uuid`);
  if (found?.units && found.since) await recordsChanged(em, await presentHierarchy(rows, found.version), found.units, found.since);
};

/** Shared lock of all writers of counters, held until the transaction ends. */
export const shareCounters = (em: EntityManager) => shareLock(em, "counters");

/** Exclusive lock: waits for the writers of counters and blocks new ones until the transaction ends. */
export const lockCounters = (em: EntityManager) => takeLock(em, "counters");
