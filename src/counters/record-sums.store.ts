import { type RawBuilder, sql } from "kysely";
import type { RecordKey } from "./records.ts";
import type { Day } from "../lib/time/date.ts";
import { halfMonthEnd, halfMonthOf } from "../lib/time/half-month.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import { DAY_GRAIN, NO_TIER } from "./count.ts";
import type { RecordKind } from "./record.entity.ts";
import type { RecordRules } from "./record-rules.ts";
import { type CountRange, rangesOf, rangesWithin } from "./count-range.ts";
import { validOn } from "../hierarchy/sql.ts";
import { keyed, keyedIntegers, relation } from "../database/relation.ts";

/** Maps tiers to `slot` in tables of counters: 1 is the country, 0 is outside all tiers. */
export const numberOfTier = (tier: string | null): number | null => (tier === null ? null : TIERS.indexOf(tier as never) + 1);

interface Span {
  readonly number: number;
  readonly from: Day;
  readonly to: Day;
  readonly ranges: readonly CountRange[];
}

/** A key whose days before `from` need not be read, because another key counts them. */
export interface SumKey extends RecordKey {
  readonly isNext?: boolean;
}

/** The part that many keys share: keys of a tree differ only by their units. */
interface Frame extends Omit<SumKey, "unitNo"> {
  readonly span: Span;
}

const framesOf = (keys: readonly SumKey[]) => {
  const spans = new Map<string, Span>();
  const frames = new Map<string, number>();
  const found: Frame[] = [];
  let last = -1;
  const placed = keys.map((key) => {
    const { isCountry, editionId, from, to, handledBy, isNext = false } = key;
    const before = found[last];
    if (before && isOf(before, key)) return last;
    const days = `${from}/${to} ${isNext}`;
    const name = `${isCountry} ${editionId} ${days} ${handledBy}`;
    const span = spans.get(days) ?? { number: spans.size, from, to, ranges: isNext ? rangesWithin(from, to) : rangesOf(from, to) };
    spans.set(days, span);
    last = frames.get(name) ?? found.push({ isCountry, editionId, from, to, handledBy, isNext, span }) - 1;
    frames.set(name, last);
    return last;
  });
  return { placed, frames: found, spans: [...spans.values()] };
};

const isOf = (frame: Frame, { isCountry, editionId, from, to, handledBy, isNext = false }: SumKey): boolean =>
  frame.isCountry === isCountry &&
  frame.editionId === editionId &&
  frame.from === from &&
  frame.to === to &&
  frame.handledBy === handledBy &&
  frame.isNext === isNext;

/** Relations of the keys `k` (i, no, is_country, edition_id, is_treed, slot, tier, span), of the days of each span `s`, and of their counter ranges `r`. */
export const keysAndRanges = (keys: readonly SumKey[]): RawBuilder<unknown> => {
  const { placed, frames, spans } = framesOf(keys);
  return sql`
    k as materialized (
      select k.i, k.no, f.is_country, f.edition_id, e.records_counted as is_treed, f.slot, f.tier, f.span
      from ${keyedIntegers("k", traitsOfKeys(keys).areMany, { no: keys.map(({ unitNo }) => unitNo), frame: placed })}
      join ${keyed(
        "f",
        frames,
        {
          is_country: ["boolean", ({ isCountry }) => isCountry],
          edition_id: ["int", ({ editionId }) => editionId],
          slot: ["int", ({ handledBy }) => numberOfTier(handledBy)],
          tier: ["text", ({ handledBy }) => handledBy],
          span: ["int", ({ span }) => span.number],
        },
        "number",
      )} on f.number = k.frame + 1
      join edition e on e.id = f.edition_id
    ),
    ${spansAndRanges(spans)}`;
};

const spansAndRanges = (spans: readonly Span[]): RawBuilder<unknown> => {
  const ranges = spans.flatMap(({ number, from, ranges: own }) => own.map((range) => ({ number, from, ...range })));
  return sql`
    s as materialized (
      select * from ${keyed("s", spans, { first_on: ["date", ({ from }) => from], last_on: ["date", ({ to }) => to] }, "number")}
    ),
    r as materialized (
      select * from ${relation("r", ranges, {
        span: ["int", ({ number }) => number],
        grain: ["int", ({ grain }) => grain],
        first_on: ["date", ({ first }) => first],
        end_on: ["date", ({ end }) => end],
        span_on: ["date", ({ from }) => from],
      })}
      ${ranges.some(({ grain }) => grain === DAY_GRAIN) ? sql`where counters_are_readable()` : sql``}
    )`;
};

/** The same relations `s` and `r` of one span, whose number in keys is 0. */
export const oneSpan = (from: Day, to: Day): RawBuilder<unknown> => spansAndRanges([{ number: 0, from, to, ranges: rangesOf(from, to) }]);

/** True if the keys need counters of single days, which are read within a scope. */
export const readsDays = (keys: readonly Pick<RecordKey, "from" | "to">[]): boolean =>
  keys.some(({ from, to }) => halfMonthOf(from) !== from || halfMonthEnd(to) !== to);

/** Relation `recorded` (province_id, unit_id): the units that have records of the kind. */
export const recordedUnits = (kind: RecordKind, when: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`recorded as materialized (select distinct province_id, unit_id from record_unit where kind = ${sql.lit(kind)} and ${when})`;

export const within = sql`c.grain = r.grain and c.starts_on >= r.first_on and c.starts_on < r.end_on`;
const inHandlingTier = sql`(k.slot is null or c.slot = k.slot)`;
const isBeforeSpan = sql`c.starts_on < r.span_on as is_before`;
export const counterColumns = ({ countColumns }: RecordRules) => sql`${isBeforeSpan}, ${countColumns}`;

/** Counters of units, given relation `o` (unit_id, province_id, span): rows (unit_id, slot, span, is_before, counts). */
export const countersOfUnits = (rules: RecordRules, o: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select o.unit_id, c.slot, o.span, ${counterColumns(rules)} from ${o} join r on r.span = o.span
  join ${sql.table(rules.tables.units)} c on c.province_id = o.province_id and c.unit_id = o.unit_id and ${within}`;

/** The condition that range `g` declares the records of unit `u` complete for the days of span `s` on which the unit existed. */
export const isCompleteBy = sql`g.since <= greatest(s.first_on, coalesce(u.began_on, s.first_on)) and g.through >= least(s.last_on, coalesce(u.ended_on - 1, s.last_on))`;

export const isComplete = (kind: RecordKind) =>
  sql`exists (select from record_range g where g.unit_id = u.id and g.kind = ${sql.lit(kind)} and ${isCompleteBy})`;

export const existedWithin = sql`coalesce(u.began_on, '-infinity') <= s.last_on and coalesce(u.ended_on, 'infinity') > s.first_on`;

/** What a statement looks for; leaving the rest out halves the time of a short statement. */
export interface KeyTraits {
  /** True if the keys may have more contributing units than there are units with records. */
  readonly areMany: boolean;
  /** True if most units of the one edition are among the keys, so that the counters of all of them are read in one pass. */
  readonly areMost: boolean;
  readonly hasCountry: boolean;
  readonly hasTiers: boolean;
  readonly hasDays: boolean;
  /** Whether some edition has trees, and whether some has none. */
  readonly hasTrees: boolean;
  readonly hasOthers: boolean;
  /** True if all counted columns are read, and not only those of roll-ups. */
  readonly isOfAllColumns: boolean;
}

const MANY_KEYS = 50;

export const traitsOf = (
  frames: readonly Pick<RecordKey, "isCountry" | "handledBy">[],
  spans: readonly Pick<RecordKey, "from" | "to">[],
): KeyTraits => {
  const hasCountry = frames.some(({ isCountry }) => isCountry);
  const hasTiers = frames.some(({ handledBy }) => handledBy !== null);
  const whatever = { areMost: false, hasTrees: true, hasOthers: true, isOfAllColumns: false };
  return { ...whatever, areMany: hasCountry, hasCountry, hasTiers, hasDays: readsDays(spans) };
};

export const traitsOfKeys = (keys: readonly RecordKey[]): KeyTraits => {
  const traits = traitsOf(keys, keys);
  return { ...traits, areMany: traits.areMany || keys.length > MANY_KEYS };
};

/**
 * The counters of each key as rows (i, certain, is_before, counts). Editions with trees are read from these, and the country from the trees of its provinces; other
 * editions are read from the counters of all contributing units.
 */
export const countersOfKeys = (rules: RecordRules, traits: KeyTraits): RawBuilder<unknown> => {
  const { areMany, hasCountry, hasDays, hasTrees, hasOthers } = traits;
  const target = hasCountry ? sql`target` : sql`k`;
  const parts = [
    ...(hasTrees && hasCountry ? [TARGET] : []),
    ...(hasTrees && hasDays ? [ownUnits(rules, target)] : []),
    ...(hasOthers ? [areMany ? contributingToMany(rules) : contributingToFew(rules)] : []),
  ];
  const counts = traits.isOfAllColumns ? rules.countColumns : rules.rolledUpColumns;
  const columns = sql`${isBeforeSpan}, ${counts}`;
  const counters = [
    ...(hasTrees ? [countersOfTrees(rules, traits, counts)] : []),
    ...(hasTrees && hasDays ? [daysOfTrees(rules, target, columns)] : []),
    ...(hasOthers ? [countersOfOthers(rules, columns)] : []),
  ];
  return sql`${sql.join([
    ...parts,
    sql`
    counter as (${sql.join(counters, sql` union all `)})`,
  ])}`;
};

const countersOfTrees = (rules: RecordRules, { areMost, hasCountry }: KeyTraits, counts: RawBuilder<unknown>) => {
  const ofProvinces = sql`k.is_own or (c.certain and c.slot <> ${sql.lit(NO_TIER)})`;
  if (!hasCountry) return areMost ? countersOfMost(rules, counts) : lookedUp(rules, sql`k`, counts);
  const found = lookedUp(rules, sql`target`, counts);
  return areMost
    ? sql`${countersOfMost(rules, counts)} union all ${found} and not k.is_own and (${ofProvinces})`
    : sql`${found} and (${ofProvinces})`;
};

const lookedUp = ({ tables }: RecordRules, target: RawBuilder<unknown>, counts: RawBuilder<unknown>) => sql`
      select k.i, c.certain, ${isBeforeSpan}, ${counts} from ${target} k join r on r.span = k.span
      join ${sql.table(tables.trees)} c on c.edition_id = k.edition_id and c.target_id = k.no and ${within}
      where k.is_treed and ${inHandlingTier}`;

/** Reads the counters of all units of the edition, which all keys share. */
const countersOfMost = ({ tables }: RecordRules, counts: RawBuilder<unknown>) => sql`
      select k.i, c.certain, c.is_before, ${counts} from k join (
        select c.target_id, c.slot, c.certain, r.span, ${isBeforeSpan}, ${counts} from r
        join ${sql.table(tables.trees)} c on c.edition_id = (select edition_id from k limit 1) and ${within} offset 0
      ) c on c.target_id = k.no and c.span = k.span
      where k.is_treed and ${inHandlingTier}`;

/** Trees have no counters of days of the unit itself. */
const daysOfTrees = ({ tables }: RecordRules, target: RawBuilder<unknown>, columns: RawBuilder<unknown>) => sql`
      select k.i, true, ${columns} from ${target} k join r on r.span = k.span and r.grain = ${sql.lit(DAY_GRAIN)}
      join own u on u.unit_id = k.no join ${sql.table(tables.units)} c on c.province_id = u.province_id and c.unit_id = u.unit_id and ${within}
      where k.is_treed and ${inHandlingTier}`;

const countersOfOthers = ({ tables }: RecordRules, columns: RawBuilder<unknown>) => sql`
      select k.i, k.certain, ${columns} from other k join r on r.span = k.span
      join ${sql.table(tables.units)} c on c.province_id = k.province_id and c.unit_id = k.unit_id and ${within} where ${inHandlingTier}`;

/** The keys, and the provinces of the country, whose tree has only what is certain in no province. */
const TARGET = sql`
    target as materialized (
      select k.i, k.span, k.slot, k.edition_id, k.no, k.is_treed, true as is_own from k
      union all
      select k.i, k.span, k.slot, k.edition_id, p.unit_id, true, false from k join edition e on e.id = k.edition_id
      join unit_version p on p.parent_id = k.no and p.tier = 'PROVINCE' and ${validOn(sql`e.starts_on`, "p")}
      where k.is_country and k.is_treed
    )`;

const ownUnits = ({ kind }: RecordRules, target: RawBuilder<unknown>) => sql`
    own as materialized (
      select distinct u.province_id, u.unit_id from ${target} k join record_unit u on u.unit_id = k.no and u.kind = ${sql.lit(kind)} where k.is_treed
    )`;

/** Looks for the keys of the units that have records, which may be few. */
const contributingToMany = ({ kind }: RecordRules) => sql`
    ${recordedUnits(kind, sql`exists (select from k where not is_treed)`)},
    other as materialized (
      select k.i, k.span, k.slot, c.unit_id, c.certain, c.province_id from (
        select c.*, u.province_id from (select distinct edition_id from k where not is_treed) e cross join recorded u
        cross join lateral (select * from contribution where edition_id = e.edition_id and unit_id = u.unit_id offset 0) c
      ) c join k on k.edition_id = c.edition_id and k.no = c.target_id
    )`;

/** Looks for the records of the units of the keys. */
const contributingToFew = ({ kind }: RecordRules) => sql`
    other as materialized (
      select distinct k.i, k.span, k.slot, c.unit_id, c.certain, u.province_id from k
      join contribution c on c.edition_id = k.edition_id and c.target_id = k.no
      join record_unit u on u.unit_id = c.unit_id and u.kind = ${sql.lit(kind)}
      where not k.is_treed
    )`;
