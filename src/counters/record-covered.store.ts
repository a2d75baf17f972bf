import { type RawBuilder, sql } from "kysely";
import { WHOLE_UNIT } from "../figures/tree.ts";
import { validOn } from "../hierarchy/sql.ts";
import { membersOfCell } from "./record-coverage.store.ts";
import { counterColumns, existedWithin, isComplete, within } from "./record-sums.store.ts";
import type { RecordRules } from "./record-rules.ts";

/** The condition that the unit has a record that counts within the days. */
const hasRecords = (rules: RecordRules, unit: RawBuilder<unknown>) => sql`exists (
      select from (
        select ${counterColumns(rules)} from record_unit h join r on r.span = s.number - 1
        join ${sql.table(rules.tables.units)} c on c.province_id = h.province_id and c.unit_id = h.unit_id and ${within}
        where h.unit_id = ${unit} and h.kind = ${sql.lit(rules.kind)}) c
      having ${rules.anyRecord})`;

/**
 * The condition that no unit of key `d` is covered: for a roll-up that has a certain value, which then would be mistaken for the total. `d` has set_id, cell_edition_id and
 * cell_day and the columns of a key besides; the days are those of the one span `s`.
 */
export const coversNone = (rules: RecordRules) => sql`(
      select true from contribution c join unit_version v on v.unit_id = c.unit_id and ${validOn(sql`d.cell_day`)} and v.tier <> 'COUNTRY' cross join s
      where c.edition_id = d.edition_id and c.target_id = d.no and c.certain and (d.tier is null or v.tier = d.tier) and (
        exists (select from rollup_knowledge n join contribution a on a.edition_id = d.edition_id and a.target_id = d.no and a.unit_id = n.author_id and a.certain
          where n.set_id = d.set_id and n.kind = ${sql.lit(rules.measures.name)} and n.unit_id = v.unit_id and (d.tier is null or n.slot <> ${sql.lit(WHOLE_UNIT)}))
        or ${hasRecords(rules, sql`v.unit_id`)}
        or (select bool_or(${hasRecords(rules, sql`m.unit_id`)}) or bool_and(${isComplete(rules.kind)}) filter (where not m.is_agency and ${existedWithin})
          from ${membersOfCell} m join unit u on u.id = m.unit_id))
      limit 1) is null`;
