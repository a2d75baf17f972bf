import { type RawBuilder, sql } from "kysely";
import { completeOfSeries, countsInTier, isServedBy } from "./record-coverage.store.ts";
import type { RecordKey } from "./records.ts";
import type { RecordKind } from "./record.entity.ts";
import { type KeyTraits, traitsOfKeys } from "./key-traits.ts";
import { existedWithin, isCompleteBy, keysAndRanges } from "./record-sums.store.ts";

/** Contributing units of one key for which looking each of them up takes as long as looking up the targets of a complete unit. */
const UNITS_OF_A_KEY = 4;

/** Whether a unit of silent key `k` is complete, in the days of the one span `s`. */
const holdsComplete = (kind: RecordKind, { hasTiers }: KeyTraits) => sql`(
        select true from contribution c join unit u on u.id = c.unit_id cross join s
        join record_range g on g.unit_id = c.unit_id and g.kind = ${sql.lit(kind)} and ${isCompleteBy}
        where c.edition_id = k.edition_id and c.target_id = k.no and c.certain and ${existedWithin}
          ${hasTiers ? sql`and (k.tier is null or ${countsInTier(sql`c.unit_id`)})` : sql``} limit 1)`;

/** Relation `complete` (i): the keys of relation `silent` with a unit whose records are complete, for which no record means 0. */
export const completeAmongFew = (kind: RecordKind, traits: KeyTraits) => sql`
    complete as materialized (select k.i from silent k where ${holdsComplete(kind, traits)})`;

/**
 * The same for many keys: where few units are complete it looks for their targets, so its cost grows with the smaller of both numbers. Beside relations `recorded` and `other` of
 * keys without tiers, these have the targets of units with records.
 */
export const completeAmongMany = (kind: RecordKind, traits: KeyTraits, isBesideOthers = false) => sql`
    scale as materialized (
      select count(*) <= (select count(*) * ${sql.lit(UNITS_OF_A_KEY)} from silent) as is_sparse from (
        select from s join record_range g on g.kind = ${sql.lit(kind)} and g.since <= s.last_on and g.through >= s.first_on
        limit (select count(*) * ${sql.lit(UNITS_OF_A_KEY)} + 1 from silent)) g
    ),
    complete_unit as materialized (
      select distinct u.id as unit_id from s join record_range g on g.kind = ${sql.lit(kind)}
      cross join lateral (select * from unit where id = g.unit_id offset 0) u
      where (select is_sparse from scale) and ${existedWithin} and ${isCompleteBy}
    ),
    placed as materialized (
      select unit_id, null::text as tier from complete_unit ${isBesideOthers ? sql`where not unit_id in (select unit_id from recorded)` : sql``}
      union
      select c.unit_id, coalesce(v.tier, served.tier) from complete_unit c join unit_version v on v.unit_id = c.unit_id
      left join unit_version served on ${isServedBy} where exists (select from silent where tier is not null)
    ),
    reached as materialized (
      select distinct c.edition_id, c.target_id, p.tier from (select distinct edition_id from silent) e cross join placed p
      cross join lateral (select * from contribution where edition_id = e.edition_id and unit_id = p.unit_id and certain offset 0) c
    ),
    complete as materialized (
      select k.i from silent k
      where (select is_sparse from scale) and (k.edition_id, k.no, coalesce(k.tier, '')) in (select edition_id, target_id, coalesce(tier, '') from reached)
      ${isBesideOthers ? sql`union all select k.i from silent k where (select is_sparse from scale) and k.i in (${completeOthers})` : sql``}
      union all
      select k.i from silent k where not (select is_sparse from scale) and ${holdsComplete(kind, traits)}
    )`;

const completeOthers = sql`select i from other where certain and unit_id in (select unit_id from complete_unit)`;

/** Returns the keys with a unit whose records are complete, for which no record means 0. Keys are those of a tree (one period) or of a series (one unit). */
export const completeKeys = (kind: RecordKind, keys: readonly RecordKey[]): RawBuilder<{ i: number }> =>
  keys.every(({ from, to }) => from === keys[0]!.from && to === keys[0]!.to) ? completeOfTree(kind, keys) : completeOfSeries(kind, keys);

const completeOfTree = (kind: RecordKind, keys: readonly RecordKey[]) => sql<{ i: number }>`
  with ${keysAndRanges(keys)}, silent as materialized (select * from k), ${completeAmongMany(kind, traitsOfKeys(keys))} select i::int from complete`;
