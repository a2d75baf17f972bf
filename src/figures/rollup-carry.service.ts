import { sql } from "kysely";
import type { Reader } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import { periodOfDays } from "../time/period.ts";
import { PUBLISHED } from "./evidence.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import type { Records } from "./records.ts";
import { makeRollupSets } from "./rollup-build.service.ts";

/** Makes for new editions the roll-ups of the periods that are stored for the one that was the last until then. @returns how many. */
export const carryRollups = async (
  reader: Reader,
  records: Records,
  last: number,
  editions: readonly number[],
  today: Day,
): Promise<number> => {
  const stored = await reader.rows(sql<{ from: Day; to: Day; recorded: boolean }>`
    select distinct period_from as "from", period_to as "to", recorded from rollup_set where edition_id = ${last} and drafts = '' order by 1, 2, 3`);
  const periods = stored.map(({ from, to, recorded }) => ({
    from,
    to,
    recorded,
    drafts: "",
    cellDay: cellDayOf(periodOfDays(from, to), today),
  }));
  const cells = await reader.rows(sql<{ cellEditionId: number }>`
    select e.id as "cellEditionId" from unnest(${periods.map(({ cellDay }) => cellDay)}::date[]) with ordinality k(day, i)
    join edition e on e.starts_on = (select max(starts_on) from edition where starts_on <= k.day) order by k.i`);
  const keys = editions.flatMap((editionId) => periods.map((period, n) => ({ ...period, ...cells[n]!, editionId })));
  await makeRollupSets({ reader, evidence: PUBLISHED, records }, keys);
  return keys.length;
};
