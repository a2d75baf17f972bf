import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { rowsOf } from "../../db/reader.ts";
import { DAY_GRAIN, GRAINS } from "./count.ts";
import { anyCount, eventsOf, pauseColumns, startOf, sumsOfCounts } from "./count.event.ts";
import { ALL_COUNTERS, lockCounters, treeCounts } from "./count.store.ts";

/** What a recount found: how many units it looked at, and the rows of counters that are not what the records say. */
export interface Recount {
  readonly units: number;
  readonly differences: Readonly<Record<"byField" | "byUnit" | "rolledUp", number>>;
}

/**
 * Counts the dossiers again and compares: all of them, or those of so many units drawn at random, and the trees of editions whole.
 * Nobody changes counters meanwhile.
 */
export const recount = (em: EntityManager, sample: number | null): Promise<Recount> =>
  em.transactional(async (inside) => {
    await lockCounters(inside);
    const rows = rowsOf(inside);
    const units = (
      await rows.rows(sql<{ no: number }>`
        select unit_id as no from (select distinct unit_id from record_unit where kind = 'DOSSIERS') u order by random() limit ${sample}::int`)
    ).map(({ no }) => no);
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
    return { units: units.length, differences: { byField, byUnit, rolledUp } };
  });

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
