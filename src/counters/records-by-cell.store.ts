import { sql } from "kysely";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import { membersOfCells } from "./record-coverage.store.ts";
import type { RecordRules } from "./record-rules.ts";
import { countersOfUnits, existedWithin, isComplete, keysAndRanges, recordedUnits } from "./record-sums.store.ts";
import { validOn } from "../hierarchy/sql.ts";

export interface CellsKey {
  readonly cellEditionId: number;
  readonly cellDay: Day;
  readonly period: Period;
}

export interface CellRow {
  readonly unitId: number;
  readonly cellUnitId: number;
  readonly slot: number;
  readonly counted: readonly number[] | null;
  readonly isComplete: boolean;
}

/**
 * Assigns the records of each unit in a period to a cell on its last day. The records of an abolished unit belong to the unit that it merged into, or otherwise to the cell
 * of its smallest holder for the abolished tier, or otherwise to itself.
 */
export const cellsOfRecords = (rules: RecordRules, { cellEditionId, cellDay, period }: CellsKey) => sql<CellRow>`
  with ${keysAndRanges([{ unitNo: 0, isCountry: false, editionId: cellEditionId, from: period.from, to: cellDay < period.to ? cellDay : period.to, handledBy: null }])},
    f as not materialized (select 0 as span, ${cellEditionId}::int as cell_edition_id, ${cellDay}::date as cell_day),
    ${membersOfCells()},
    ${recordedUnits(rules.kind, sql`true`)},
    sums as materialized (
      select unit_id, slot, json_build_array(${rules.rolledUpCounted}) as counted
      from (${countersOfUnits(rules, sql`(select unit_id, province_id, 0 as span from recorded) o`)}) c group by 1, 2 having ${rules.anyRecord}
    ),
    cell as materialized (
      select m.cell_unit_id, bool_and(${isComplete(rules.kind)}) filter (where not m.is_agency and ${existedWithin}) as is_complete
      from member m join s on true join unit u on u.id = m.unit_id group by 1
    ),
    tier as materialized (
      select v.unit_id, array_position(${[...TIERS]}::text[], v.tier) as slot from unit_version v
      where ${validOn(sql`${cellDay}`)} and v.tier is not null
    ),
    holder as materialized (
      select distinct c.target_id, t.slot from contribution c join tier t on t.unit_id = c.unit_id where c.edition_id = ${cellEditionId} and c.certain
    ),
    former as materialized (
      select x.unit_id, x.slot, coalesce(
        m.cell_unit_id,
        (select h.target_id from contribution h join tier t on t.unit_id = h.target_id
          where h.edition_id = ${cellEditionId} and h.unit_id = x.unit_id and h.certain
            and (h.target_id, x.slot::int) not in (select target_id, slot from holder)
          order by t.slot desc limit 1),
        x.unit_id) as cell_unit_id
      from sums x left join (select unit_id, min(cell_unit_id) as cell_unit_id from member group by unit_id) m on m.unit_id = x.unit_id
      where not exists (select from unit_version v where v.unit_id = x.unit_id and ${validOn(sql`${cellDay}`)})
    )
  select x.unit_id as "unitId", coalesce(o.cell_unit_id, x.unit_id) as "cellUnitId", x.slot, x.counted,
    coalesce(t.slot = x.slot and c.is_complete, false) as "isComplete"
  from sums x left join former o on o.unit_id = x.unit_id and o.slot = x.slot
  left join tier t on t.unit_id = coalesce(o.cell_unit_id, x.unit_id)
  left join cell c on c.cell_unit_id = coalesce(o.cell_unit_id, x.unit_id)
  union all
  select c.cell_unit_id, c.cell_unit_id, t.slot, null, true from cell c join tier t on t.unit_id = c.cell_unit_id
  where c.is_complete and not exists (select from sums x where x.unit_id = c.cell_unit_id and x.slot = t.slot)`;
