import { sql } from "kysely";
import type { Reader } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import { cutsOn } from "../counters/cut.ts";
import { PUBLISHED } from "../figures/evidence.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import type { RecordEvidence } from "../counters/records.service.ts";
import { makeRollupSets } from "./rollup-build.service.ts";
import type { SetKey } from "./rollup.service.ts";
import { inForceOn } from "../hierarchy/sql.ts";

/** Builds, for new editions, the roll-ups of the periods that are stored for the last edition before them. @returns the number of sets. */
export const carryRollups = async (
  reader: Reader,
  records: RecordEvidence,
  last: number,
  editions: readonly number[],
  today: Day,
): Promise<number> => {
  const { viewers, everybody } = cutsOn(today);
  const stored = await reader.rows(sql<Pick<SetKey, "from" | "to" | "recorded" | "countedTo">>`
    select distinct period_from as "from", period_to as "to", recorded, counted_to as "countedTo" from rollup_set
    where edition_id = ${last} and drafts = '' and counted_to in (period_to, ${viewers.through}::date, ${everybody.through}::date) order by 1, 2, 3, 4`);
  const periods = stored.map((set) => ({ ...set, drafts: "", cellDay: cellDayOf(set, set.recorded ? set.countedTo : today) }));
  const cells = await reader.rows(sql<{ cellEditionId: number }>`
    select e.id as "cellEditionId" from unnest(${periods.map(({ cellDay }) => cellDay)}::date[]) with ordinality k(day, i)
    join edition e on ${inForceOn(sql`k.day`)} order by k.i`);
  const keys = editions.flatMap((editionId) => periods.map((period, n) => ({ ...period, ...cells[n]!, editionId })));
  await makeRollupSets({ reader, evidence: PUBLISHED, records }, keys);
  return keys.length;
};
