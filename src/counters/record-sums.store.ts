import { type RawBuilder, sql } from "kysely";
import type { RecordKey } from "./records.ts";
import type { Day } from "../lib/time/date.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import { DAY_GRAIN } from "./count.ts";
import { traitsOfKeys } from "./key-traits.ts";
import type { RecordKind } from "./record.entity.ts";
import type { RecordRules } from "./record-rules.ts";
import { type CountRange, rangesOf, rangesWithin } from "./count-range.ts";
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

/** Relation `recorded` (province_id, unit_id): the units that have records of the kind. */
export const recordedUnits = (kind: RecordKind, when: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`recorded as materialized (select distinct province_id, unit_id from record_unit where kind = ${sql.lit(kind)} and ${when})`;

export const within = sql`c.grain = r.grain and c.starts_on >= r.first_on and c.starts_on < r.end_on`;
export const isBeforeSpan = sql`c.starts_on < r.span_on as is_before`;
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
