import { type RawBuilder, sql } from "kysely";
import type { CoverageKey, RecordKey } from "./records.ts";
import { WHOLE_UNIT } from "../figures/tree.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { SERVING_KINDS } from "../hierarchy/unit.entity.ts";
import type { RecordKind } from "./record.entity.ts";
import type { RecordRules } from "./record-rules.ts";
import { traitsOfKeys } from "./key-traits.ts";
import { countersOfUnits, existedWithin, isComplete, isCompleteBy, keysAndRanges } from "./record-sums.store.ts";
import { keyed } from "../database/relation.ts";

/** As a literal, because fixed fragments have no values. */
export const servingKinds = sql.lit(`{${SERVING_KINDS.join()}}`);

const validOn = (version: string, day: RawBuilder<unknown>) => {
  const [from, to] = [sql.ref(`${version}.valid_from`), sql.ref(`${version}.valid_to`)];
  return sql`${from} <= ${day} and (${to} is null or ${to} > ${day})`;
};

/**
 * Relation `member` (span, cell_unit_id, unit_id, is_agency): the units whose records form a cell on the last day of a span, which are the unit itself, units merged into
 * it and agencies that serve it. `f` are the frames (span, cell_edition_id, cell_day).
 */
export const membersOfCells = (): RawBuilder<unknown> => sql`
    member as materialized (
      select f.span, v.unit_id as cell_unit_id, v.unit_id, false as is_agency from f join unit_version v on ${validOn("v", sql`f.cell_day`)} and v.tier is not null
      union all
      select f.span, c.target_id, u.id, false from f join s on s.number = f.span + 1
      join unit u on u.ended_on > s.first_on and u.ended_on <= f.cell_day
      join contribution c on c.edition_id = f.cell_edition_id and c.unit_id = u.id and c.nearest and c.certain
      join unit_version v on v.unit_id = c.target_id and ${validOn("v", sql`f.cell_day`)}
      join unit_version o on o.unit_id = u.id and o.valid_to = u.ended_on and o.tier = v.tier
      union all
      select f.span, v.parent_id, v.unit_id, true from f join unit_version v on ${validOn("v", sql`f.cell_day`)} and v.kind = any(${[...SERVING_KINDS]}::text[])
    )`;

/**
 * Members (unit_id, is_agency) of the cell of unit version `v` on the last day of span `s`: the unit itself, units merged into it and agencies that serve it. The same units
 * as `membersOfCells` lists for all cells; `d` has the cell edition and day.
 */
export const membersOfCell = sql`(
      select v.unit_id, false as is_agency
      union all
      select m.unit_id, false from contribution m join unit x on x.id = m.unit_id join unit_version o on o.unit_id = m.unit_id
      where m.edition_id = d.cell_edition_id and m.target_id = v.unit_id and m.nearest and m.certain
        and x.ended_on > s.first_on and x.ended_on <= d.cell_day and o.valid_to = x.ended_on and o.tier = v.tier
      union all
      select a.unit_id, true from unit_version a where a.parent_id = v.unit_id and ${validOn("a", sql`d.cell_day`)} and a.kind = any(${servingKinds}::text[]))`;

/** Relation `wanted_member` of the cells of `wanted`: looks each cell up where they are few, and otherwise reads the units of all cells. */
const membersOfWanted = (areMany: boolean) =>
  areMany
    ? sql`${membersOfCells()},
    wanted_member as materialized (select m.* from member m where (m.span, m.cell_unit_id) in (select span, unit_id from wanted))`
    : sql`
    wanted_member as materialized (
      select v.span, v.unit_id as cell_unit_id, m.unit_id, m.is_agency from (select distinct span, unit_id, tier from wanted) v
      join f d on d.span = v.span join s on s.number = v.span + 1 cross join lateral ${membersOfCell} m
    )`;

/** Relation `cell` (span, unit_id): whether the unit has records, and whether they are complete. */
const recordCoverage = (rules: RecordRules) => sql`
  having_records as materialized (
    select distinct unit_id, span from (
      select unit_id, span from (${countersOfUnits(
        rules,
        sql`(
        select distinct u.unit_id, u.province_id, m.span from wanted_member m join record_unit u on u.unit_id = m.unit_id and u.kind = ${sql.lit(rules.kind)}) o`,
      )}) c
      group by unit_id, span having ${rules.anyRecord}) x
  ),
  cell as materialized (
    select m.span, m.cell_unit_id as unit_id, bool_or((m.unit_id, m.span) in (select unit_id, span from having_records)) as has_records,
      bool_and(${isComplete(rules.kind)}) filter (where not m.is_agency and ${existedWithin}) as is_complete
    from wanted_member m join s on s.number = m.span + 1 join unit u on u.id = m.unit_id group by 1, 2
  )`;

/** Relation `figure_reported` (i, unit_id): the bits of the measures that figures report. */
const figureCoverage = ({ measures }: RecordRules, keys: readonly CoverageKey[]) => sql`
  figure_reported as (
    select k.i, n.unit_id, bit_or(n.mask) filter (where n.slot <> ${WHOLE_UNIT}) as of_tier, bit_or(n.mask) as of_any
    from k join unnest(${keys.map(({ setId }) => setId)}::int[]) with ordinality x(set_id, i) on x.i = k.i
    join rollup_knowledge n on n.set_id = x.set_id and n.kind = ${measures.name}
    where exists (select from contribution a where a.edition_id = k.edition_id and a.target_id = k.no and a.unit_id = n.author_id and a.certain)
      and exists (select from contribution a where a.edition_id = k.edition_id and a.target_id = k.no and a.unit_id = n.unit_id and a.certain)
    group by 1, 2
  )`;

/**
 * Returns for each key the number of units covered by records or figures, and the bits of the measures that all of them report. Sets are tested by `in`, which PostgreSQL
 * hashes; it would underestimate a join.
 */
export const coverageOfKeys = (rules: RecordRules, keys: readonly CoverageKey[]) => sql<{
  i: number;
  covered: number;
  reported: number;
  isGone: boolean;
}>`
  with ${keysAndRanges(keys)},
    f as materialized (
      select distinct k.span, x.cell_edition_id, x.cell_day from k join ${keyed("x", keys, {
        cell_edition_id: ["int", ({ cellEditionId }) => cellEditionId],
        cell_day: ["date", ({ cellDay }) => cellDay],
      })} on x.i = k.i
    ),
    wanted as materialized (
      select k.i, k.span, v.unit_id, v.tier from k join f on f.span = k.span
      join contribution c on c.edition_id = k.edition_id and c.target_id = k.no and c.certain
      join unit_version v on v.unit_id = c.unit_id and ${validOn("v", sql`f.cell_day`)} and v.tier is not null and v.tier <> 'COUNTRY'
      where k.tier is null or v.tier = k.tier
    ),
    ${membersOfWanted(traitsOfKeys(keys).areMany)},
    ${recordCoverage(rules)},
    ${figureCoverage(rules, keys)}
  select k.i::int, count(*)::int as covered, bit_and(coalesce(case when k.tier is null then g.of_any else g.of_tier end, 0)
      | case when (w.span, w.unit_id) in (select span, unit_id from cell where is_complete) then ${sql.lit(2 ** rules.measures.measures.length - 1)} else 0 end)::int as reported,
    false as "isGone"
  from k join wanted w on w.i = k.i
  left join figure_reported g on g.i = k.i and g.unit_id = w.unit_id
  where (w.span, w.unit_id) in (select span, unit_id from cell where has_records or is_complete) or (case when k.tier is null then g.of_any else g.of_tier end) is not null
  group by k.i
  union all
  select x.i::int, 0, 0, true from unnest(${keys.map(({ setId }) => setId)}::int[]) with ordinality x(set_id, i)
  where x.set_id is not null and not exists (select from rollup_set s where s.id = x.set_id and ${isCurrent})
  order by "isGone"`;

/** The condition that version `v` is that of an agency, which counts in the tier of the unit that it serves. */
export const isServedBy = sql`v.kind = any(${servingKinds}::text[]) and served.unit_id = v.parent_id
  and served.valid_from < coalesce(v.valid_to, 'infinity') and coalesce(served.valid_to, 'infinity') > v.valid_from`;

/** The condition that the unit counts in the tier of key `k`; an agency counts in the tier of the unit that it serves. */
export const countsInTier = (unit: RawBuilder<unknown>) => sql`exists (
  select from unit_version v left join unit_version served on ${isServedBy}
  where v.unit_id = ${unit} and coalesce(v.tier, served.tier) = k.tier)`;

/** The keys of a series with a unit whose records are complete: reads only the days on which the records of some unit are, and then only the units of the keys. */
export const completeOfSeries = (kind: RecordKind, keys: readonly RecordKey[]) => sql<{ i: number }>`
  with ${keysAndRanges(keys)},
    stated as materialized (
      select s.number - 1 as span from s
      where exists (select from record_range g where g.kind = ${sql.lit(kind)} and g.since <= s.last_on and g.through >= s.first_on)
    ),
    held as materialized (
      select k.i, k.span, k.tier, c.unit_id from k join contribution c on c.edition_id = k.edition_id and c.target_id = k.no and c.certain
      where k.span in (select span from stated)
    ),
    complete as materialized (
      select distinct h.span, h.unit_id from (select distinct span, unit_id from held) h join s on s.number = h.span + 1
      join unit u on u.id = h.unit_id and ${existedWithin}
      join record_range g on g.unit_id = h.unit_id and g.kind = ${sql.lit(kind)} and ${isCompleteBy}
    )
  select distinct k.i::int from held k where (k.span, k.unit_id) in (select span, unit_id from complete)
    and (k.tier is null or ${countsInTier(sql`k.unit_id`)})`;
