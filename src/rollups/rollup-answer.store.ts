import { type RawBuilder, sql } from "kysely";
import { completeAmongFew, completeAmongMany } from "../counters/complete-among.store.ts";
import type { RecordRules } from "../counters/record-rules.ts";
import { coversNone } from "../counters/record-covered.store.ts";
import { countersOfKeys, type KeyTraits, numberOfTier, oneSpan, traitsOf } from "../counters/record-sums.store.ts";
import { FixedFragments } from "../database/fixed.ts";
import { keyed, keyedIntegers } from "../database/relation.ts";
import { columnName, ROLLUP_KINDS, type RollupKind, summedColumns } from "../figures/measure.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { Day } from "../lib/time/date.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import type { StoredRollup } from "./rollup.ts";

/** The days that all keys of one statement share; `countedTo` is the last day whose records count, or null without records. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
  readonly countedTo: Day | null;
  readonly cellDay: Day;
}

export interface AnswerFrame {
  readonly asOf: Day;
  readonly isCountry: boolean;
  readonly handledBy: Tier | null;
}

export interface AnswerKeys {
  readonly unitNos: readonly number[];
  /** The position of each key's frame. */
  readonly places: readonly number[];
  readonly frames: readonly AnswerFrame[];
}

/** Positions of keys count from 1. */
export interface AnswerRow {
  /** How many of the hierarchy days have an edition. */
  readonly days: number;
  /** False if a set must be built first, or lineage computed. */
  readonly isReady: boolean;
  readonly isRecorded: boolean;
  readonly hasTrees: boolean;
  readonly hasOthers: boolean;
  readonly sums: readonly (readonly [i: number, isCertain: boolean, counted: readonly number[]])[] | null;
  readonly complete: readonly number[] | null;
  readonly stored: readonly (readonly [...StoredRollup, i: number])[] | null;
  readonly withheld: readonly number[] | null;
}

/** What a statement looks for. Starting it takes longer than all else for few keys. */
export interface Looking {
  readonly areMany: boolean;
  readonly isForRecords: boolean;
  /** Records of editions with and without trees. */
  readonly isForTrees: boolean;
  readonly isForOthers: boolean;
  /** Whether it looks for what withholds roll-ups. */
  readonly isForWithheld: boolean;
}

const fragments = new FixedFragments();

/** Everything that roll-ups of a kind over one span consist of, in one statement; nothing where a set is missing. */
export const answerOf = (
  kind: RollupKind,
  rules: RecordRules | null,
  keys: AnswerKeys,
  span: Span,
  looking: Looking,
): RawBuilder<AnswerRow> => {
  const { from, countedTo } = span;
  if (rules === null || countedTo === null || !looking.isForRecords)
    return sql<AnswerRow>`with ${setsOfFrames(keys, span, looking)}, ${fragments.of(kind.name, () => readingSets(kind))}`;
  const { areMany, isForTrees, isForOthers, isForWithheld } = looking;
  const traits = { ...traitsOf(keys.frames, [{ from, to: countedTo }]), areMany, hasTrees: isForTrees, hasOthers: isForOthers };
  const name = `${kind.name} ${isForWithheld} ${Object.values(traits).join()}`;
  return sql<AnswerRow>`
  with ${setsOfFrames(keys, span, looking)}, ${oneSpan(from, countedTo)}, ${fragments.of(name, () => readingRecords(kind, rules, traits, isForWithheld))}`;
};

const readingSets = (kind: RollupKind) => sql`
  ${storedOf(kind)}
  select f.are_ready as "isReady", ${FOUND}, null as sums, null as complete, null as withheld from ${SETS}`;

const readingRecords = (kind: RollupKind, rules: RecordRules, traits: KeyTraits, isForWithheld: boolean) => sql`
  ${storedOf(kind)}, ${recordsOf(rules, traits)}${isForWithheld ? sql`, ${doubtfulOf(rules)}` : sql``}
  select f.are_ready ${isForWithheld ? sql`and not exists (select from doubtful where not has_cells)` : sql``} as "isReady", ${FOUND},
    (select json_agg(json_build_array(i, certain, counted)) from summed where counted <> ${rules.noCounts}) as sums,
    (select json_agg(i) from complete) as complete,
    ${isForWithheld ? sql`(select json_agg(d.i) from doubtful d where ${coversNone(rules)})` : sql`null`} as withheld from ${SETS}`;

const FOUND = sql`
    f.days, f.is_recorded as "isRecorded", f.has_trees as "hasTrees", f.has_others as "hasOthers",
    (select json_agg(row) from stored) as stored`;

const SETS = sql`(
    select count(*)::int as days, bool_and(is_ready) as are_ready, bool_or(is_recorded) as is_recorded,
      bool_or(is_treed) as has_trees, bool_or(is_recorded and not is_treed) as has_others from set_of) f`;

export const daysOf = ({ frames }: AnswerKeys): Day[] => [...new Set(frames.map(({ asOf }) => asOf))];

const columnsOf = (kind: RollupKind) => sql.join(summedColumns(kind).map((name) => sql.ref(columnName(name))));

/** Relations `set_of` (day, edition_id, set_id, is_ready) of hierarchy days, and `k` of the keys whose sets are ready. */
const setsOfFrames = (keys: AnswerKeys, { from, to, countedTo, cellDay }: Span, { areMany }: Looking) => sql`
    set_of as materialized (
      select d.day, e.id as edition_id, e.records_counted and n.is_recorded as is_treed, c.id as cell_edition_id, c.contributed as has_cells, ${cellDay}::date as cell_day, n.is_recorded, s.id as set_id,
        (e.contributed or not n.is_recorded) and (s.id is not null or not exists (
          select from figure f where f.period_from >= ${from} and f.period_from <= ${to} and f.period_to <= ${to} and f.measure like any(${ROLLUP_KINDS.map(({ name }) => `${name}.%`)}::text[])
        )) as is_ready
      from (select ${countedTo}::date is not null and exists (select from record_unit) as is_recorded offset 0) n cross join unnest(${daysOf(keys)}::date[]) d(day)
      join edition e on ${inForceOn(sql`d.day`)}
      join edition c on ${inForceOn(sql`${cellDay}::date`, "c")}
      left join rollup_set s on s.edition_id = e.id and s.cell_edition_id = c.id and s.period_from = ${from} and s.period_to = ${to}
        and s.drafts = '' and s.recorded = n.is_recorded and s.counted_to = case when n.is_recorded then ${countedTo}::date else ${to}::date end and ${isCurrent}
    ),
    k as materialized (
      select k.i, k.no, f.is_country, f.slot, f.tier, t.edition_id, t.is_treed, t.cell_edition_id, t.cell_day, t.has_cells, t.is_recorded, t.set_id, 0 as span
      from ${keyedIntegers("k", areMany, { no: keys.unitNos, frame: keys.places })}
      join ${keyed(
        "f",
        keys.frames,
        {
          as_of: ["date", ({ asOf }) => asOf],
          is_country: ["boolean", ({ isCountry }) => isCountry],
          slot: ["int", ({ handledBy }) => numberOfTier(handledBy)],
          tier: ["text", ({ handledBy }) => handledBy],
        },
        "number",
      )} on f.number = k.frame + 1
      join set_of t on t.day = f.as_of and t.is_ready
    )`;

const storedOf = (kind: RollupKind) => sql`
    stored as (
      select k.i, r.covered, r.exact, num_nonnulls(${columnsOf(kind)}) > 0 as has_sums,
        json_build_array(r.covered, r.reported, r.exact, r.possible, r.quoted, array[${columnsOf(kind)}], k.i) as row
      from k join ${sql.table(`${kind.name}_rollup`)} r on r.set_id = k.set_id and r.unit_id = k.no and r.slot = coalesce(k.tier, ${sql.lit(ALL_TIERS)})
    )`;

/** Relations `summed` and `complete`: the sums of records, and no records that mean 0. */
const recordsOf = (rules: RecordRules, traits: KeyTraits) => sql`
    ${countersOfKeys(rules, traits)},
    summed as materialized (select i, certain, array[${rules.rolledUpCounted}]::bigint[] as counted from counter group by i, certain),
    silent as materialized (
      select k.* from k where not k.i in (select i from summed where certain and counted <> ${rules.noCounts})
    ),
    ${traits.areMany ? completeAmongMany(rules.kind, traits) : completeAmongFew(rules.kind, traits)}`;

/** Relation `doubtful`: the roll-ups that may have to be withheld, with certain and possible values whose units no figure covers. */
const doubtfulOf = (rules: RecordRules) => sql`
    sign as (
      select i, certain as is_certain, not certain as is_possible, false as is_covered from summed where counted <> ${rules.noCounts}
      union all select i, true, false, false from complete
      union all select i, has_sums, not exact, covered > 0 from stored
    ),
    doubtful as materialized (
      select k.* from k where k.i in (
        select i from sign group by i having bool_or(is_certain) and bool_or(is_possible) and not bool_or(is_covered))
    )`;
