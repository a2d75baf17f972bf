import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { shareLock, takeLock } from "../database/locks.ts";
import { columnName } from "../figures/measure.ts";
import { COUNTS, DAY_GRAIN, GRAINS, NO_TIER } from "./count.ts";
import { anyCount, type CountedDossiers, countColumns, eventsOf, startOf, sumsOfCounts } from "./count.event.ts";

/** The table in which an import records its counter changes: dossier_delta, or a table of the same shape. */
export interface Noted {
  readonly key: string;
  readonly deltas: RawBuilder<unknown>;
}

/** Records how an import changes the counters; must run before the import overwrites the old rows. */
export const noteDeltas = async (em: EntityManager, { key, deltas }: Noted, counted: readonly CountedDossiers[]): Promise<void> => {
  const events = sql.join(
    counted.map((one) => eventsOf(one)),
    sql` union all `,
  );
  const start = startOf.HALF_MONTH(sql`e.day`);
  await sql`
    insert into ${deltas} (import, province_id, unit_id, slot, grain, starts_on, field_id, ${countColumns})
    select ${key}::uuid, province_id, unit_id, slot, ${sql.lit(GRAINS.HALF_MONTH)}, ${start}, field_id, ${sumsOfCounts}
    from (${events}) e group by province_id, unit_id, slot, ${start}, field_id having ${anyCount}`.execute(em.getKysely());
  await sql`
    insert into ${deltas} (import, province_id, unit_id, slot, grain, starts_on, field_id, ${countColumns})
    select ${key}::uuid, province_id, unit_id, slot, ${sql.lit(DAY_GRAIN)}, e.day, 0, ${sumsOfCounts}
    from (${events}) e group by province_id, unit_id, slot, e.day having ${anyCount}`.execute(em.getKysely());
};

const added = (table: string) =>
  sql.join(
    COUNTS.map((name) => {
      const column = columnName(name);
      return sql`${sql.ref(column)} = ${sql.ref(`${table}.${column}`)} + excluded.${sql.ref(column)}`;
    }),
  );

/**
 * Adds the recorded changes of an import to the counters; the caller holds `shareCounters`. All imports lock rows table by table and key by key in one order, so that
 * concurrent imports block but never deadlock.
 */
export const applyDeltas = async (em: EntityManager, { key, deltas }: Noted): Promise<void> => {
  const noted = (grain: number) => sql`from ${deltas} where import = ${key}::uuid and grain = ${sql.lit(grain)}`;
  for (const [grain, start] of STARTS) {
    await sql`
      insert into dossier_count (province_id, unit_id, slot, grain, starts_on, field_id, ${countColumns})
      select province_id, unit_id, slot, ${sql.lit(grain)}, ${start}, field_id, ${sumsOfCounts} ${noted(GRAINS.HALF_MONTH)}
      group by province_id, unit_id, slot, ${start}, field_id having ${anyCount} order by 1, 2, 3, 5, 6
      on conflict (province_id, unit_id, slot, grain, starts_on, field_id) do update set ${added("dossier_count")}`.execute(em.getKysely());
  }
  const changes = grained(
    sql`select province_id, unit_id, slot, starts_on, ${countColumns} ${noted(GRAINS.HALF_MONTH)}`,
    sql`select province_id, unit_id, slot, ${sql.lit(DAY_GRAIN)}::smallint as grain, starts_on, ${countColumns} ${noted(DAY_GRAIN)}`,
  );
  await sql`
    insert into dossier_unit_count (province_id, unit_id, grain, starts_on, slot, ${countColumns})
    select province_id, unit_id, grain, starts_on, slot, ${countColumns} from (${changes}) c order by 1, 2, 3, 4, 5
    on conflict (province_id, unit_id, grain, starts_on, slot) do update set ${added("dossier_unit_count")}`.execute(em.getKysely());
  await addToTrees(em, sql`select id from edition where records_counted`, changes);
};

/** Each grain except days, with its start for the half-month `starts_on`. */
const STARTS: readonly (readonly [number, RawBuilder<unknown>])[] = [
  [GRAINS.HALF_MONTH, sql`starts_on`],
  [GRAINS.QUARTER, startOf.QUARTER(sql`starts_on`)],
  [GRAINS.YEAR, startOf.YEAR(sql`starts_on`)],
];

/** Rows in the shape of dossier_unit_count: half-months by field, which are aggregated here, and days, which are already aggregated. */
const grained = (halves: RawBuilder<unknown>, days: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  with half as materialized (select province_id, unit_id, slot, starts_on, ${sumsOfCounts} from (${halves}) h group by 1, 2, 3, 4 having ${anyCount})
  ${days} union all ${sql.join(
    STARTS.map(
      ([grain, start]) => sql`
        select province_id, unit_id, slot, ${sql.lit(grain)}::smallint, ${start}, ${sumsOfCounts} from half group by 1, 2, 3, 5 having ${anyCount}`,
    ),
    sql` union all `,
  )}`;

export const ALL_COUNTERS = sql`select province_id, unit_id, slot, grain, starts_on, ${countColumns} from dossier_unit_count`;

/**
 * Sums counters of units into counters of an edition's units, as rows of dossier_tree_count; rows of days only where the holder is another unit. The country's rows exclude
 * what its provinces already count.
 */
export const treeCounts = (editions: RawBuilder<unknown>, counters: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    with counter as materialized (${counters}),
    place as materialized (
      select c.edition_id, c.unit_id, c.target_id, c.certain,
        c.target_id in (select unit_id from unit_version where tier = 'COUNTRY') and exists (
          select from contribution q where q.edition_id = c.edition_id and q.unit_id = c.unit_id and q.certain
            and q.target_id in (select unit_id from unit_version where tier = 'PROVINCE')) as is_summed
      from contribution c where c.edition_id in (${editions}) and c.unit_id in (select unit_id from counter)
    )
    select g.province_id, p.edition_id, p.target_id, g.slot, p.certain, g.grain, g.starts_on, ${sumsOfCounts}
    from counter g join place p on p.unit_id = g.unit_id and (g.grain <> ${sql.lit(DAY_GRAIN)} or p.target_id <> g.unit_id)
      and not (p.is_summed and g.slot <> ${sql.lit(NO_TIER)})
    group by 1, 2, 3, 4, 5, 6, 7 having ${anyCount} order by 1, 2, 3, 4, 5, 6, 7`;

/** One lock order for the units of an edition prevents deadlocks. */
const addToTrees = async (em: EntityManager, editions: RawBuilder<unknown>, counters: RawBuilder<unknown>): Promise<void> => {
  await sql`
    insert into dossier_tree_count (province_id, edition_id, target_id, slot, certain, grain, starts_on, ${countColumns})
    ${treeCounts(editions, counters)}
    on conflict (province_id, edition_id, target_id, slot, certain, grain, starts_on) do update set ${added("dossier_tree_count")}`.execute(
    em.getKysely(),
  );
};

/** Rebuilds the trees of the editions from all counters. The caller holds `lockCounters`. */
export const renewTrees = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  await sql`delete from dossier_tree_count where edition_id = any(${editionIds}::int[])`.execute(em.getKysely());
  await addToTrees(em, sql`select unnest(${editionIds}::int[])`, ALL_COUNTERS);
};

/** Shared lock of all writers of counters, held until the transaction ends. */
export const shareCounters = (em: EntityManager) => shareLock(em, "counters");

/** Exclusive lock: waits for the writers of counters and blocks new ones until the transaction ends. */
export const lockCounters = (em: EntityManager) => takeLock(em, "counters");
