import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { Day } from "../lib/time/date.ts";
import { SITTING_KINDS } from "./unit.entity.ts";

/** An edition and its days: from `startsOn` until the day before `next`, the start of the following edition. */
export interface EditionDays {
  readonly id: number;
  readonly startsOn: Day;
  readonly next: Day | null;
}

/**
 * Stores the contributions of the units (null means all) to the edition. A unit outside the edition leads step by step to units of the edition (its leaves): forward
 * through its successors, or the units below it on its last day, or its parent; backward through its predecessors, or its parent on its first day. It contributes to its
 * leaves and all their ancestors, certainly if the ancestor holds all of its leaves. A vertical or central agency contributes to its leaves only, and if a leaf is an
 * agency to the unit where that sits. An agency belongs to every edition on whose days it exists; predecessor and successor within one edition count for each other,
 * because no query can ask for both on the same day.
 */
export const storeContributions = async (em: EntityManager, edition: EditionDays, units: readonly number[] | null): Promise<void> => {
  await sql`
    with recursive ${pathsOf(edition, units)},
    leaf as materialized (
      select f.unit_id, f.leaf_id from found_leaf f join asked a on a.unit_id = f.unit_id
      union all
      select l.unit_id, f.leaf_id from lost l join found_leaf f on f.unit_id = l.at_id
    ),
    closure as (
      select l.leaf_id as unit_id, l.leaf_id as above_id, false as is_seat from (select distinct leaf_id from leaf) l
      union all
      select c.unit_id, m.parent_id, m.tier is null from closure c
      join unit_version m on m.unit_id = c.above_id and ${isOf(edition)} and m.parent_id is not null
    ),
    ${handovers(edition)},
    place as materialized (
      select unit_id, above_id, above_id = unit_id as is_leaf, is_seat, true as is_sure from closure
      union all
      select unit_id, to_id, true, false, is_sure from kin
    ),
    held as materialized (
      select l.unit_id, p.above_id as target_id, count(*) as leaves, bool_or(p.is_leaf) as is_leaf, bool_or(p.is_seat) as is_seat,
        bool_and(p.is_sure) as is_sure
      from leaf l join place p on p.unit_id = l.leaf_id group by 1, 2
    ),
    whole as (select unit_id, count(*) as leaves from leaf group by 1),
    smallest as (select unit_id, count(*) as leaves from held where is_leaf and leaves = 1 group by 1),
    sitting as (
      select distinct on (v.unit_id) v.unit_id, v.kind = any(${[...SITTING_KINDS]}::text[]) as sits
      from unit_version v join asked a on a.unit_id = v.unit_id where v.tier is null order by v.unit_id, v.valid_from desc
    )
    insert into contribution (edition_id, target_id, unit_id, certain, nearest)
    select ${edition.id}, h.target_id, h.unit_id,
      h.is_sure and (h.leaves = w.leaves or coalesce(s.sits and n.leaves = 1, false)), h.is_leaf and h.leaves = 1
    from held h join whole w on w.unit_id = h.unit_id
    left join sitting s on s.unit_id = h.unit_id
    left join smallest n on n.unit_id = h.unit_id
    where not coalesce(s.sits, false) or (h.is_leaf and h.leaves = 1) or h.is_seat`.execute(em.getKysely());
};

/** The condition on version `m`: a territorial unit belongs to editions that begin while it exists, an agency to editions on whose days it exists. */
const isOf = ({ startsOn, next }: EditionDays) => sql`m.valid_from < case when m.tier is null then coalesce(${next}::date, 'infinity')
  else ${startsOn}::date + 1 end and (m.valid_to is null or m.valid_to > ${startsOn})`;

/** The last resort for a unit without leaves: its parent on its last day, or on its first. */
const lastParent = sql`(select v.parent_id from unit_version v where v.unit_id = u.id and v.valid_to = u.ended_on)`;
const firstParent = sql`(select v.parent_id from unit_version v where v.unit_id = u.id and v.valid_from = u.began_on)`;
const lastUnder = sql`select v.unit_id from unit_version v where v.parent_id = u.id and v.valid_from < u.ended_on
  and (v.valid_to is null or v.valid_to >= u.ended_on) and v.tier is not null`;

/** Relations from the requested units to their leaves: `asked`, `found_leaf`, and `lost` for units without leaves. */
const pathsOf = (edition: EditionDays, units: readonly number[] | null): RawBuilder<unknown> => sql`
    asked as materialized (${units === null ? sql`select id as unit_id from unit` : sql`select distinct unit_id from unnest(${units}::int[]) u(unit_id)`}),
    -- Includes ancestors, whose leaves replace missing ones.
    seed as (
      select unit_id from asked
      union
      select coalesce(${lastParent}, ${firstParent}) from seed s join unit u on u.id = s.unit_id where ${units !== null}
    ),
    reached as (
      select unit_id, unit_id as at_id from seed where unit_id is not null
      union
      select r.unit_id, step.to_id from reached r join unit u on u.id = r.at_id
        and not exists (select from unit_version m where m.unit_id = u.id and ${isOf(edition)})
      cross join lateral (
        select s.successor_id as to_id from succession s where s.predecessor_id = u.id and u.ended_on <= ${edition.startsOn}
        union all
        select x.to_id from (${lastUnder} union all select ${lastParent} where not exists (${lastUnder})) x(to_id)
        where u.ended_on <= ${edition.startsOn} and not exists (select from succession s where s.predecessor_id = u.id)
        union all
        select s.predecessor_id from succession s where s.successor_id = u.id and u.began_on > ${edition.startsOn}
        union all
        select ${firstParent} where u.began_on > ${edition.startsOn} and not exists (select from succession s where s.successor_id = u.id)
      ) step where step.to_id is not null
    ),
    found_leaf as materialized (
      select r.unit_id, r.at_id as leaf_id from reached r join unit_version m on m.unit_id = r.at_id and ${isOf(edition)}
    ),
    -- Units without leaves (no successor, and a parent that points back to them) take the leaves of the nearest ancestor that has some.
    -- Grouping avoids a hash join in thousands of batches, because the planner overestimates the recursion.
    leafless as materialized (
      select r.unit_id from reached r left join found_leaf f on f.unit_id = r.unit_id and f.leaf_id = r.at_id
      group by r.unit_id having count(f.leaf_id) = 0
    ),
    lost as (
      select l.unit_id, l.unit_id as at_id from leafless l join asked a on a.unit_id = l.unit_id
      union all
      select l.unit_id, coalesce(${lastParent}, ${firstParent}) from lost l join unit u on u.id = l.at_id
      where coalesce(${lastParent}, ${firstParent}) is not null and exists (select from leafless x where x.unit_id = l.at_id)
    )`;

/** Relation `kin`: successors and predecessors of agencies within the days of the edition; only agencies have them. */
const handovers = ({ startsOn, next }: EditionDays): RawBuilder<unknown> => sql`
    handover as materialized (
      select predecessor_id, successor_id, kind = 'WHOLE' as is_whole,
        (select count(*) from succession o where o.successor_id = s.successor_id) = 1 as is_only
      from succession s where effective_on > ${startsOn} and effective_on < coalesce(${next}::date, 'infinity')
    ),
    kin as (
      (select predecessor_id as unit_id, successor_id as to_id, is_whole as is_sure, true as is_later from handover
      union all
      select successor_id, predecessor_id, is_only, false from handover)
      union all
      select k.unit_id, case when k.is_later then h.successor_id else h.predecessor_id end,
        k.is_sure and case when k.is_later then h.is_whole else h.is_only end, k.is_later
      from kin k join handover h on k.to_id = case when k.is_later then h.predecessor_id else h.successor_id end
    )`;
