import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { inForceOn } from "./sql.ts";

export const editionsOf = async (reader: Rows, days: readonly Day[]): Promise<number[]> => {
  const rows = await reader.rows(sql<{ id: number }>`
    select distinct e.id from unnest(${[...new Set(days)]}::date[]) d(day)
    join edition e on ${inForceOn(sql`d.day`)}`);
  return rows.map(({ id }) => id);
};

export const editionsByDay = async (reader: Rows, days: readonly Day[]): Promise<Map<Day, number>> => {
  const rows = await reader.rows(sql<{ day: Day; id: number }>`
    select d.day, e.id from unnest(${[...new Set(days)]}::date[]) d(day)
    join edition e on ${inForceOn(sql`d.day`)}`);
  return new Map(rows.map(({ day, id }) => [day, id]));
};
