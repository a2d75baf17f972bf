import { sql } from "kysely";
import { DAY_GRAIN } from "../counters/count.ts";
import { type CountRange, rangesOf } from "../counters/count-range.ts";
import { completeAmongFew, completeAmongMany } from "../counters/complete-among.store.ts";
import type { RecordRules } from "../counters/record-rules.ts";
import { coversNone } from "../counters/record-covered.store.ts";
import { keyColumn, sumsOfKeys } from "../counters/key-counters.store.ts";
import type { KeyTraits } from "../counters/key-traits.ts";
import { numberOfTier } from "../counters/record-sums.store.ts";
import { type Holes, type Query, template } from "../database/template.ts";
import { columnName, ROLLUP_KINDS, type RollupKind, summedColumns } from "../figures/measure.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import type { Day } from "../lib/time/date.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import type { StoredRollup } from "./rollup.ts";

/** The days that all keys of one statement share, and the editions in force. */
export interface AnswerSpan {
  readonly from: Day;
  readonly to: Day;
  /** The last day whose records count, or null without records. */
  readonly countedTo: Day | null;
  readonly editionId: number;
  readonly cellDay: Day;
  readonly cellEditionId: number;
}

export interface AnswerKeys {
  readonly unitNos: readonly number[];
  readonly tiers: readonly (Tier | null)[];
  /** True if no unit is there twice. */
  readonly areDistinct: boolean;
  /** Number of the country; 0 if it is not among the units. */
  readonly country: number;
}

/** The first row. */
export interface AnswerHead {
  /** Version of the units. */
  readonly version: string | null;
  /** True if lineage of the edition is computed. */
  readonly isContributed: boolean;
  readonly isRecorded: boolean;
  /** True if there is a stored set, false if there are figures for one, null if there is nothing to store. */
  readonly isStored: boolean | null;
  /** True if the edition has trees of counters. */
  readonly isTreed: boolean;
  /** False if roll-ups that may have to be withheld need lineage that is not computed yet. */
  readonly isTraced: boolean;
}

/** The last row. Positions of keys count from 1. */
export interface AnswerEnd {
  readonly complete: readonly number[] | null;
  readonly withheld: readonly number[] | null;
  readonly hasDoubtful: boolean;
}

/**
 * The head, then rows of stored roll-ups, then sums of records, then the end. `key` is the position of a key, or in sums the number of its unit; among most units, rows of one
 * follow one another. `certain` is false of possible sums, and of stored roll-ups that are not exact. `counted` is an array as PostgreSQL writes it.
 */
export type AnswerRow =
  | { readonly part: 0; readonly data: AnswerHead }
  /** Counted are the covered units, the bits of the reported measures, and the sums; `data` is null if both are. */
  | {
      readonly part: 1;
      readonly key: number;
      readonly certain: boolean;
      readonly data: readonly [StoredRollup[3], StoredRollup[4]] | null;
      readonly counted: string;
    }
  | { readonly part: 2; readonly key: number; readonly certain: boolean; readonly counted: string }
  | { readonly part: 3; readonly data: AnswerEnd };

/** What a statement looks for. Starting it takes longer than all else for few keys. */
export interface Looking {
  readonly areMany: boolean;
  readonly areMost: boolean;
  readonly isForRecords: boolean;
  /** Whether it reads records from the trees of the edition, or adds up the counters of all contributing units. */
  readonly isForTrees: boolean;
  readonly isForStored: boolean;
  /** Whether it looks which units without records are complete. */
  readonly isForComplete: boolean;
  /** Whether it looks for what withholds roll-ups. */
  readonly isForWithheld: boolean;
}

const NAMES = ["unitNos", "count", "slots", "country", "from", "to", "countedTo", "editionId", "cellDay", "cellEditionId"] as const;

type Name = (typeof NAMES)[number];
type Values = Readonly<Record<string, unknown>>;
const statements = new Map<string, (values: Values) => Query<AnswerRow>>();

export interface AnswerStatement {
  readonly query: Query<AnswerRow>;
  /** True if sums of records have numbers of units in place of positions. */
  readonly isByUnit: boolean;
}

/** Everything that roll-ups of a kind over one span consist of, in one statement; nothing of records if the kind has none. */
export const answerOf = (
  { kind, rules }: { readonly kind: RollupKind; readonly rules: RecordRules | null },
  keys: AnswerKeys,
  span: AnswerSpan,
  looking: Looking,
): AnswerStatement => {
  const { from, countedTo } = span;
  const ranges = countedTo === null ? [] : rangesOf(from, countedTo);
  const hasTiers = keys.tiers.some((tier) => tier !== null);
  const shape: Shape = { kind, rules, looking, ranges, hasTiers, hasCountry: keys.country > 0, areDistinct: keys.areDistinct };
  const name = [kind.name, ...Object.values(looking), ranges.length, hasDays(shape), hasTiers, shape.hasCountry, keys.areDistinct].join();
  const limits = Object.fromEntries(ranges.flatMap(limitsOf));
  const statement = statements.get(name) ?? template<AnswerRow>([...NAMES, ...Object.keys(limits)], (holes) => reading(shape, holes));
  statements.set(name, statement);
  const slots = hasTiers ? keys.tiers.map((tier) => numberOfTier(tier) ?? 0) : [];
  return { query: statement({ ...span, ...keys, count: keys.unitNos.length, slots, ...limits }), isByUnit: traitsOf(shape).isByUnit };
};

/** What the text of a statement depends on. */
interface Shape {
  readonly kind: RollupKind;
  readonly rules: RecordRules | null;
  readonly looking: Looking;
  readonly ranges: readonly CountRange[];
  readonly hasTiers: boolean;
  readonly hasCountry: boolean;
  readonly areDistinct: boolean;
}

const hasDays = ({ ranges }: Shape) => ranges.some(({ grain }) => grain === DAY_GRAIN);

const limitsOf = ({ grain, first, end }: CountRange, n: number): [string, unknown][] => [
  [`grain${n}`, grain],
  [`first${n}`, first],
  [`end${n}`, end],
];

const traitsOf = (shape: Shape): KeyTraits => {
  const { hasCountry, hasTiers, areDistinct, looking } = shape;
  const { areMany, isForTrees } = looking;
  const isOfUnits = isForTrees && areDistinct && !hasTiers && !hasDays(shape);
  const areMost = isOfUnits && looking.areMost;
  const which = { areMany, areMost, isByUnit: areMost || (isOfUnits && !hasCountry), hasCountry, hasTiers, hasDays: hasDays(shape) };
  return { ...which, hasTrees: isForTrees, hasOthers: !isForTrees, isOfAllColumns: false };
};

const reading = (shape: Shape, holes: Holes) => {
  const { rules, looking } = shape;
  const isOfRecords = rules !== null && looking.isForRecords;
  const isOfComplete = isOfRecords && looking.isForComplete;
  const isOfWithheld = isOfRecords && looking.isForWithheld;
  const traits = traitsOf(shape);
  const relations = [
    ...(looking.isForStored ? [storedSet(shape, holes)] : []),
    keysOf(shape, holes),
    ...(looking.isForStored ? [storedOf(shape)] : []),
    ...(isOfRecords ? [daysOf(shape, holes), sumsOfKeys(rules, traits, holes)] : []),
    ...(isOfComplete ? [completeOf(rules, traits)] : []),
    ...(isOfWithheld ? [doubtfulOf(rules, traits)] : []),
  ];
  return sql<AnswerRow>`
  with ${sql.join(relations)}
  select 0 as part, null::int as key, null::boolean as certain, json_build_object('version', (select version from hierarchy_version),
      'isContributed', e.contributed,
      'isRecorded', n.is_recorded, 'isTreed', e.records_counted, 'isStored', ${isStored(shape, holes)}, 'isTraced', ${isOfWithheld ? sql`(select contributed from edition where id = ${holes["cellEditionId"]})` : sql`true`}) as data, null::text as counted
  from edition e cross join (select ${holes["countedTo"]}::date is not null and exists (select from record_unit) as is_recorded offset 0) n
  where e.id = ${holes["editionId"]}
  ${looking.isForStored ? sql`union all select 1, i, exact, data, counted from stored` : sql``}
  ${isOfRecords ? sql`union all select 2, key, certain, null, counted::text from summed where counted <> ${rules.noCounts}` : sql``}
  union all select 3, null, null, json_build_object('complete', ${isOfComplete ? sql`(select json_agg(i) from complete)` : sql`null`},
    'withheld', ${isOfWithheld ? sql`(select json_agg(d.i) from doubtful d where ${coversNone(rules)})` : sql`null`},
    'hasDoubtful', ${isOfWithheld ? sql`exists (select from doubtful)` : sql`false`}), null`;
};

const isStored = ({ looking }: Shape, { from, to }: Holes<Name>) => sql`case
      ${looking.isForStored ? sql`when exists (select from stored_set) then true` : sql``}
      when exists (
        select from figure f where f.period_from >= ${from} and f.period_from <= ${to} and f.period_to <= ${to}
          and f.measure like any(${sql.lit(`{${ROLLUP_KINDS.map(({ name }) => `${name}.%`).join()}}`)}::text[])
      ) then false end`;

/** Relation `stored_set` (id): the stored set of the figures. */
const storedSet = ({ looking: { isForRecords } }: Shape, { editionId, cellEditionId, from, to, countedTo }: Holes<Name>) => sql`
    stored_set as materialized (
      select s.id from rollup_set s where s.edition_id = ${editionId} and s.cell_edition_id = ${cellEditionId}
        and s.period_from = ${from} and s.period_to = ${to} and s.counted_to = ${isForRecords ? countedTo : to}
        and s.drafts = '' and s.recorded = ${sql.lit(isForRecords)} and ${isCurrent}
    )`;

/** Relation `k` of the keys. */
const keysOf = ({ looking, hasTiers }: Shape, holes: Holes<Name>) => {
  const { unitNos, count, slots, country, editionId, cellEditionId, cellDay } = holes;
  // For long lists the planner expects a thousand rows of a series, and ten of an array.
  const listed = looking.areMany
    ? sql`(select (${unitNos}::int[])[i] as no, ${hasTiers ? sql`(${slots}::int[])[i]` : sql`0`} as place, i from generate_series(1, ${count}::int) i)`
    : sql`(select no, ${hasTiers ? sql`(${slots}::int[])[i]` : sql`0`} as place, i from unnest(${unitNos}::int[]) with ordinality u(no, i))`;
  const tiers = sql.lit(`{${TIERS.join()}}`);
  return sql`
    k as materialized (
      select i, no, no = ${country}::int as is_country, 0 as span, ${editionId}::int as edition_id, ${sql.lit(looking.isForTrees)} as is_treed,
        ${hasTiers ? sql`nullif(place, 0) as slot, (${tiers}::text[])[place] as tier` : sql`null::int as slot, null::text as tier`},
        ${looking.isForStored ? sql`(select id from stored_set)` : sql`null::int`} as set_id, ${cellEditionId}::int as cell_edition_id, ${cellDay}::date as cell_day
      from ${listed} l
    )`;
};

/** Relations `s` of the days and `r` of the ranges of counters, of which the planner makes constants. */
const daysOf = (shape: Shape, holes: Holes) => {
  const limits = shape.ranges.map((_, n) => sql`(${holes[`grain${n}`]}::int, ${holes[`first${n}`]}::date, ${holes[`end${n}`]}::date)`);
  return sql`
    s as not materialized (select ${holes["from"]}::date as first_on, ${holes["countedTo"]}::date as last_on, 1 as number),
    r as not materialized (
      select 0 as span, grain, first_on, end_on, ${holes["from"]}::date as span_on from (values ${sql.join(limits)}) l(grain, first_on, end_on)
      ${hasDays(shape) ? sql`where counters_are_readable()` : sql``}
    )`;
};

const columnsOf = (kind: RollupKind) => sql.join(summedColumns(kind).map((name) => sql.ref(columnName(name))));

/** Relation `stored` of the stored roll-ups, looked up in the set as a whole. */
const storedOf = ({ kind, hasTiers }: Shape) => sql`
    stored as (
      select k.i, r.covered, r.exact, num_nonnulls(${columnsOf(kind)}) > 0 as has_sums,
        case when r.possible is not null or r.quoted is not null then json_build_array(r.possible, r.quoted) end as data,
        array[r.covered, r.reported, ${columnsOf(kind)}]::text as counted
      from k join ${sql.table(`${kind.name}_rollup`)} r
        on r.set_id = (select id from stored_set) and r.unit_id = k.no and r.slot = ${hasTiers ? sql`coalesce(k.tier, ${sql.lit(ALL_TIERS)})` : sql.lit(ALL_TIERS)}
    )`;

/** Relation `complete`: the keys without records for which that means 0. */
const completeOf = (rules: RecordRules, traits: KeyTraits) => sql`
    silent as materialized (
      select k.* from k where not k.${keyColumn(traits)} in (select key from summed where certain and counted <> ${rules.noCounts})
    ),
    ${traits.areMany ? completeAmongMany(rules.kind, traits, traits.hasOthers && !traits.hasTiers) : completeAmongFew(rules.kind, traits)}`;

/** Relation `doubtful`: the roll-ups that may have to be withheld, with certain and possible values whose units no figure covers. */
const doubtfulOf = (rules: RecordRules, traits: KeyTraits) => sql`
    uncertain as materialized (
      select key from summed where not certain and counted <> ${rules.noCounts}
      union select k.${keyColumn(traits)} from stored join k on k.i = stored.i where not exact
    ),
    doubtful as materialized (
      select k.* from k where k.${keyColumn(traits)} in (select key from uncertain)
        and not k.i in (select i from stored where covered > 0)
        and (not k.i in (select i from silent) or k.i in (select i from complete union all select i from stored where has_sums))
    )`;
