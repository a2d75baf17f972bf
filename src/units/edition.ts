import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Day } from "../time/date.ts";

/** The editions in force on the days, each once. */
export const editionsOf = async (em: EntityManager, days: readonly Day[]): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`
    select distinct e.id from unnest(${[...new Set(days)]}::date[]) d(day)
    join edition e on e.starts_on = (select max(starts_on) from edition where starts_on <= d.day)`.execute(em.getKysely());
  return rows.map(({ id }) => id);
};
