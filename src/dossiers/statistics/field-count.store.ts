import { type RawBuilder, sql } from "kysely";
import { DAY_GRAIN } from "../../counters/count.ts";
import { counterColumns, keysAndRanges, recordedUnits } from "../../counters/record-sums.store.ts";
import type { RecordKey } from "../../counters/records.ts";
import { columnName } from "../../figures/measure.ts";
import type { Day } from "../../lib/time/date.ts";
import { COUNTS } from "../dossier-count.ts";
import { dossierEvents, pauseColumns } from "../dossier-count.event.ts";
import { DOSSIER_RECORDS } from "../dossier-records.ts";

const { allCounted, anyRecord, countColumns } = DOSSIER_RECORDS;

export interface FieldCountRow {
  readonly i: number;
  readonly code: string;
  readonly name: string;
  readonly certain: boolean;
  readonly counted: readonly number[];
}

/** The units with records that contribute to each key, and their counters in its ranges, except counters of single days. */
const ofUnits = sql`
    ${recordedUnits("DOSSIERS", sql`true`)},
    place as materialized (
      select k.i, k.span, k.slot, c.unit_id, c.certain, u.province_id from k
      join contribution c on c.edition_id = k.edition_id and c.target_id = k.no join recorded u on u.unit_id = c.unit_id
      where counters_are_readable()
    ),
    grained as (
      select p.i, p.certain, c.field_id, ${counterColumns(DOSSIER_RECORDS)} from place p join r on r.span = p.span
      join dossier_count c on c.province_id = p.province_id and c.unit_id = p.unit_id and c.grain = r.grain
        and c.starts_on >= r.first_on and c.starts_on < r.end_on
      where p.slot is null or c.slot = p.slot
    )`;

const byField = (counter: RawBuilder<unknown>) => sql<FieldCountRow>`
    select c.i::int, f.code, f.name, c.certain, json_build_array(${allCounted}) as counted
    from (${counter}) c join procedure_field f on f.id = c.field_id
    group by c.i, f.code, f.name, c.certain having ${anyRecord} order by c.i, f.code collate "C"`;

const onlyPastDue = sql.join(COUNTS.map((name) => sql`${name === "pastDue" ? sql`-a.dossiers` : sql`0`} as ${sql.ref(columnName(name))}`));

/** For keys of whole half-months, of which the last may still run: dossiers that fall due after today are subtracted. */
export const fieldsOfHalves = (keys: readonly RecordKey[], today: Day) => sql<FieldCountRow>`
  with ${keysAndRanges(keys)}, ${ofUnits},
    own as (select array_agg(province_id) as provinces, array_agg(unit_id) as units from (select distinct province_id, unit_id from place) p),
    ahead as (
      select p.i, p.certain, a.field_id, false as is_before, ${onlyPastDue}
      from dossiers_due_ahead((select provinces from own), (select units from own), ${today}, (select max(last_on) from s)) a
      join place p on p.province_id = a.province_id and p.unit_id = a.unit_id and (p.slot is null or a.slot = p.slot)
      join s on s.number = p.span + 1 and s.last_on > ${today}
    )
  ${byField(sql`select * from grained union all select * from ahead`)}`;

/** For keys that split half-months: reads the dossiers that the caller may see. */
export const fieldsOfDays = (keys: readonly RecordKey[]) => sql<FieldCountRow>`
  with ${keysAndRanges(keys)}, ${ofUnits},
    cut as materialized (select min(first_on) as first_on, max(end_on) as end_on from r where grain = ${sql.lit(DAY_GRAIN)}),
    seen as materialized (
      select d.* from dossier d, cut where d.unit_id in (select unit_id from place)
        and d.received_on < cut.end_on and (d.ended_on is null or d.ended_on >= cut.first_on)
    ),
    seen_pause as materialized (
      select ${pauseColumns} from dossier_pause p join seen d on d.province_id = p.province_id and d.source_id = p.source_id and d.code = p.code
    ),
    event as materialized (${dossierEvents({ dossiers: sql`seen d`, pauses: sql`seen_pause p`, sign: 1 })}),
    dayed as (
      select p.i, p.certain, e.field_id, e.day < r.span_on as is_before, ${countColumns} from place p
      join r on r.span = p.span and r.grain = ${sql.lit(DAY_GRAIN)}
      join event e on e.province_id = p.province_id and e.unit_id = p.unit_id and e.day >= r.first_on and e.day < r.end_on
      where p.slot is null or e.slot = p.slot
    )
  ${byField(sql`select * from grained union all select * from dayed`)}`;
