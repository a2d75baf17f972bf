import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { oneAtATime } from "../db/one-at-a-time.ts";
import type { Reader } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import { SITTING_KINDS } from "./unit.entity.ts";

/**
 * Stores what every unit that ever existed contributes to in each of the editions, where that is not stored yet.
 * A transaction for each edition; two callers never do it twice.
 */
export const ensureContributions = async (reader: Reader, editionIds: readonly number[]): Promise<void> => {
  const missing = await reader.rows(missingOf(editionIds));
  if (missing.length > 0) await reader.build((em) => makeContributions(em, editionIds));
};

const missingOf = (editionIds: readonly number[]) => sql<{ id: number; starts_on: Day }>`
  select id, starts_on from edition where id = any(${editionIds}::int[]) and not contributed order by id`;

/** The same with the entity manager that makes them. */
export const makeContributions = async (em: EntityManager, editionIds: readonly number[]): Promise<void> => {
  const missing = missingOf(editionIds);
  for (const { id } of (await missing.execute(em.getKysely())).rows)
    await oneAtATime(em, () =>
      em.transactional(async (locked) => {
        await sql`select pg_advisory_xact_lock(hashtext('cchc contribution'))`.execute(locked.getKysely());
        const edition = (await missing.execute(locked.getKysely())).rows.find((row) => row.id === id);
        if (!edition) return;
        await contributeTo(locked, edition.id, edition.starts_on);
        await sql`select analyze_contribution()`.execute(locked.getKysely());
      }),
    );
};

/**
 * A unit that is not of the edition is followed, step by step, to the units of the edition that hold its territory (its leaves):
 * forward through its successors, else the units under it on its last day, else its parent; backward through its predecessors, else
 * its parent on its first day. It contributes to its leaves and to all above them: certainly where that holds all of its leaves.
 * A vertical or central agency contributes to its leaves only, for it counts nowhere above the unit where it sits.
 */
const contributeTo = async (em: EntityManager, editionId: number, day: Day): Promise<void> => {
  await sql`
    with recursive
    member as materialized (
      select unit_id, parent_id, tier, kind from unit_version where valid_from <= ${day} and (valid_to is null or valid_to > ${day})
    ),
    closure as materialized (
      select unit_id, unit_id as above_id from member
      union all
      select c.unit_id, m.parent_id from closure c join member m on m.unit_id = c.above_id where m.parent_id is not null
    ),
    first_parent as (
      select u.id as unit_id, v.parent_id from unit u join unit_version v on v.unit_id = u.id and v.valid_from = u.began_on
      where v.parent_id is not null
    ),
    last_parent as (
      select u.id as unit_id, v.parent_id from unit u join unit_version v on v.unit_id = u.id and v.valid_to = u.ended_on
      where v.parent_id is not null
    ),
    last_under as (
      select u.id as unit_id, v.unit_id as under_id from unit u
      join unit_version v on v.parent_id = u.id and v.valid_from < u.ended_on and (v.valid_to is null or v.valid_to >= u.ended_on)
      where v.tier is not null and not exists (select from succession s where s.predecessor_id = u.id)
    ),
    step as materialized (
      select u.id as unit_id, s.successor_id as to_id from unit u join succession s on s.predecessor_id = u.id where u.ended_on <= ${day}
      union all
      select u.id, l.under_id from unit u join last_under l on l.unit_id = u.id where u.ended_on <= ${day}
      union all
      select u.id, l.parent_id from unit u join last_parent l on l.unit_id = u.id
      where u.ended_on <= ${day} and not exists (select from succession s where s.predecessor_id = u.id)
        and not exists (select from last_under n where n.unit_id = u.id)
      union all
      select u.id, s.predecessor_id from unit u join succession s on s.successor_id = u.id where u.began_on > ${day}
      union all
      select u.id, f.parent_id from unit u join first_parent f on f.unit_id = u.id
      where u.began_on > ${day} and not exists (select from succession s where s.successor_id = u.id)
    ),
    reached as (
      select id as unit_id, id as at_id from unit
      union
      select r.unit_id, s.to_id from reached r join step s on s.unit_id = r.at_id
    ),
    found_leaf as materialized (
      select r.unit_id, r.at_id as leaf_id from reached r join member m on m.unit_id = r.at_id
    ),
    -- Units that lead nowhere (no successor, and their parent points back at them) take the leaves of the next unit above that has some.
    -- Found by grouping, for the planner takes the recursion for millions of rows and would hash them in thousands of batches.
    leafless as materialized (
      select r.unit_id from reached r left join member m on m.unit_id = r.at_id group by r.unit_id having count(m.unit_id) = 0
    ),
    lost as (
      select unit_id, unit_id as at_id, 0 as steps from leafless
      union all
      select l.unit_id, coalesce(p.parent_id, f.parent_id), l.steps + 1 from lost l
      left join last_parent p on p.unit_id = l.at_id left join first_parent f on f.unit_id = l.at_id
      where coalesce(p.parent_id, f.parent_id) is not null and exists (select from leafless x where x.unit_id = l.at_id)
    ),
    leaf as materialized (
      select unit_id, leaf_id from found_leaf
      union all
      select l.unit_id, f.leaf_id from lost l join found_leaf f on f.unit_id = l.at_id
    ),
    held as materialized (
      select l.unit_id, c.above_id as target_id, count(*) as leaves, bool_or(c.above_id = l.leaf_id) as is_leaf
      from leaf l join closure c on c.unit_id = l.leaf_id group by 1, 2
    ),
    whole as (select unit_id, count(*) as leaves from leaf group by 1),
    smallest as (select unit_id, count(*) as leaves from held where is_leaf and leaves = 1 group by 1),
    sitting as (
      select distinct on (unit_id) unit_id, parent_id, kind = any(${[...SITTING_KINDS]}::text[]) as sits
      from unit_version where tier is null order by unit_id, valid_from desc
    )
    insert into contribution (edition_id, target_id, unit_id, certain, nearest)
    select ${editionId}, h.target_id, h.unit_id,
      case when s.sits then coalesce(h.target_id = h.unit_id or m.parent_id = h.target_id or n.leaves = 1, false) else h.leaves = w.leaves end,
      h.is_leaf and h.leaves = 1
    from held h join whole w on w.unit_id = h.unit_id
    left join sitting s on s.unit_id = h.unit_id
    left join member m on m.unit_id = h.unit_id
    left join smallest n on n.unit_id = h.unit_id
    where not coalesce(s.sits, false) or h.target_id = h.unit_id or m.parent_id = h.target_id
      or (m.unit_id is null and h.is_leaf and h.leaves = 1)`.execute(em.getKysely());
  await sql`update edition set contributed = true where id = ${editionId}`.execute(em.getKysely());
};
