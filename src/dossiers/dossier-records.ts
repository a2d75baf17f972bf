import { type RawBuilder, sql } from "kysely";
import { carriedOver, flow, isBefore, isWithin, recordRules, stock, sumOf } from "../counters/record-rules.ts";
import { DOSSIER } from "../figures/measure.ts";
import { localDay } from "../lib/time/local-time.ts";
import { COUNTS, ENDED, isStock, measuresOf, RECEIVED, ROLLED_UP } from "./dossier-count.ts";
import { dossierEvents, pauseColumns } from "./dossier-count.event.ts";

const OPEN_BEFORE = carriedOver("openBefore", RECEIVED, ENDED);

const storedPauses = sql`(select ${pauseColumns} from dossier_pause p) p`;

const dossiersOf = (units: RawBuilder<unknown> | null) =>
  units === null ? sql`dossier d` : sql`(select * from dossier where unit_id = any(${units})) d`;

/** Dossiers before acceptance (1 and 3) count on no day. */
const dayOfCounted = (at: RawBuilder<unknown>) => sql`case when d.state not in (1, 3) then ${localDay(at)} end`;

/** Dossiers as a kind of record. */
export const DOSSIER_RECORDS = recordRules({
  kind: "DOSSIERS",
  measures: DOSSIER,
  tables: {
    deltas: "dossier_delta",
    units: "dossier_unit_count",
    trees: "dossier_tree_count",
    details: { table: "dossier_count", column: "field_id" },
  },
  counts: COUNTS,
  values: [OPEN_BEFORE, ...COUNTS.map((name) => (isStock(name) ? stock(name) : flow(name)))],
  rolledUp: ROLLED_UP.length,
  anyRecord: sql`(${sumOf([...RECEIVED, ...ENDED], isWithin)} <> 0 or ${sumOf(RECEIVED, null)} <> ${sumOf(ENDED, null)}
    or ${sumOf(RECEIVED, isBefore)} <> ${sumOf(ENDED, isBefore)})`,
  measuresOf,
  eventsOf: (units) => dossierEvents({ dossiers: dossiersOf(units), pauses: storedPauses, sign: 1 }),
  records: sql`(select province_id, unit_id, source_id, received_on as counted_on from dossier)`,
  wrongRecords: (units) => sql<{ rows: number }>`
    select count(*)::int as rows from dossier d
    left join (select province_id, source_id, code, count(*) as pauses from dossier_pause group by 1, 2, 3) p
      on p.province_id = d.province_id and p.source_id = d.source_id and p.code = d.code
    where d.unit_id = any(${units}) and (d.received_on is distinct from ${dayOfCounted(sql`d.received_at`)}
      or d.ended_on is distinct from ${dayOfCounted(sql`d.ended_at`)} or d.due_on is distinct from ${dayOfCounted(sql`d.current_due_at`)}
      or d.pauses <> coalesce(p.pauses, 0))`,
});
