import { sql } from "kysely";
import { existedWithin, isComplete, keysAndRanges } from "../../counters/record-sums.store.ts";
import type { RecordKey } from "../../counters/records.ts";

/** Declared for the unit that an agency `u` serves or sits in: for the days of span `s` on which the agency existed. */
const isCoveredByUnit = sql`exists (select from unit_version v join record_range g on g.unit_id = v.parent_id and g.kind = 'DOSSIERS'
  where v.unit_id = u.id and v.valid_from <= s.last_on and (v.valid_to is null or v.valid_to > s.first_on)
    and g.since <= greatest(s.first_on, coalesce(u.began_on, s.first_on)) and g.through >= least(s.last_on, coalesce(u.ended_on - 1, s.last_on)))`;

/**
 * The keys whose records are complete: of every territorial unit below the country that existed within the days and contributes certainly,
 * and of the agencies that have records, for which the word of their unit is enough.
 */
export const completeSubtrees = (keys: readonly RecordKey[]) => sql<{ i: number }>`
  with ${keysAndRanges(keys)}
  select k.i::int from k join s on s.number = k.span + 1
  join contribution c on c.edition_id = k.edition_id and c.target_id = k.no and c.certain
  join unit u on u.id = c.unit_id and ${existedWithin}
  cross join lateral (select v.tier from unit_version v where v.unit_id = u.id order by v.valid_from desc limit 1) t
  where t.tier <> 'COUNTRY' or (t.tier is null and (u.id = k.no or exists (
    select from record_unit h where h.unit_id = u.id and h.kind = 'DOSSIERS' and h.records > 0)))
  group by k.i having bool_and(${isComplete("DOSSIERS")} or (t.tier is null and ${isCoveredByUnit}))`;
