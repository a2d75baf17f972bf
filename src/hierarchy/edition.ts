import { sql } from "kysely";
import type { Reader, Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { ensureContributions } from "./contribution.service.ts";
import { dayNumber } from "./hierarchy-content.ts";
import type { RequestHierarchy } from "./request-hierarchy.ts";
import { inForceOn } from "./sql.ts";

/** The editions in force on the days, for commands that change units. */
export const editionsOf = async (reader: Rows, days: readonly Day[]): Promise<number[]> => {
  const rows = await reader.rows(sql<{ id: number }>`
    select distinct e.id from unnest(${[...new Set(days)]}::date[]) d(day)
    join edition e on ${inForceOn(sql`d.day`)}`);
  return rows.map(({ id }) => id);
};

/** The edition in force on each of the days, whose contributions are stored when this returns. */
export const tracedEditions = async (
  { session, hierarchy }: { readonly session: Reader; readonly hierarchy: RequestHierarchy },
  days: readonly Day[],
): Promise<number[]> => {
  const loaded = await hierarchy.load();
  const editions = days.map((day) => loaded.editionOn(dayNumber(day))!.id);
  await traceEditions(session, hierarchy, editions);
  return editions;
};

/** Returns when the contributions to the editions are stored; those that are known to be cost no statement. */
export const traceEditions = async (
  session: Reader,
  { traced }: { readonly traced: Set<number> },
  editions: readonly number[],
): Promise<void> => {
  const untraced = [...new Set(editions)].filter((id) => !traced.has(id));
  if (untraced.length === 0) return;
  await ensureContributions(session, untraced);
  for (const id of untraced) traced.add(id);
};

/** The same for one day. */
export const tracedEdition = async (context: Parameters<typeof tracedEditions>[0], day: Day): Promise<number> =>
  (await tracedEditions(context, [day]))[0]!;
