import { type RawBuilder, sql } from "kysely";
import { columnName } from "../figures/measure.ts";

/** Half-months run from the 1st to the 14th and from the 15th to the end of the month. */
export const GRAINS = { HALF_MONTH: 1, QUARTER: 2, YEAR: 3 } as const;

export const DAY_GRAIN = 0;

/** Value of `slot` for counts outside all tiers. */
export const NO_TIER = 0;

/** Start of the half-month, quarter or year of a day. A timestamp without time zone is used because it is many times faster than one with it. */
export const startOf = {
  HALF_MONTH: (day: RawBuilder<unknown>) =>
    sql`(date_trunc('month', ${day}::timestamp)::date + case when date_part('day', ${day}::timestamp) >= 15 then 14 else 0 end)`,
  QUARTER: (day: RawBuilder<unknown>) => sql`date_trunc('quarter', ${day}::timestamp)::date`,
  YEAR: (day: RawBuilder<unknown>) => sql`date_trunc('year', ${day}::timestamp)::date`,
} as const;

/** The counted columns of an event: the given values times the sign, and 0 for all others. */
export const eventCounts = <C extends string>(
  counts: readonly C[],
  sign: RawBuilder<unknown>,
  values: Partial<Record<C, RawBuilder<unknown>>>,
) =>
  sql.join(
    counts.map((name) => {
      const value = values[name];
      return value ? sql`${sign} * (${value}) as ${sql.ref(columnName(name))}` : sql`0 as ${sql.ref(columnName(name))}`;
    }),
  );
