import { sql } from "kysely";
import { columnName } from "../../src/figures/measure.ts";
import { COUNTS } from "../../src/dossiers/dossier-count.ts";
import type { TestDatabase } from "../support/database.ts";

const KEYS = {
  dossier_count: "unit_id, slot, grain, starts_on, field_id",
  dossier_unit_count: "unit_id, slot, grain, starts_on",
  dossier_tree_count: "edition_id, target_id, slot, certain, grain, starts_on",
};

const sums = COUNTS.map((name) => `sum(${columnName(name)})::int`);

/** All counters other than 0, as lines, summed over provinces because a dossier stays in the province of its first receipt. */
export const storedCounters = async ({ orm }: TestDatabase): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {};
  for (const [table, keys] of Object.entries(KEYS)) {
    const { rows } = await sql<{ line: string }>`
      select json_build_array(${sql.raw(keys)}, ${sql.raw(sums.join())})::text as line from ${sql.table(table)} group by ${sql.raw(keys)}
      having ${sql.raw(sums.map((sum) => `${sum} <> 0`).join(" or "))} order by 1`.execute(orm.em.fork().getKysely());
    found[table] = rows.map(({ line }) => line);
  }
  return found;
};
