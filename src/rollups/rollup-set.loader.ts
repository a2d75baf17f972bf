import type DataLoader from "dataloader";
import { sql } from "kysely";
import { oneBy, type Positioned } from "../database/loader.ts";
import type { Reader, Rows } from "../database/reader.ts";
import { type Day, FIRST_DAY } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { countedTo } from "../counters/cut.ts";
import { draftsWithin } from "../figures/evidence.ts";
import { ROLLUP_KINDS } from "../figures/measure.ts";
import type { RecordEvidence } from "../counters/records.service.ts";
import type { RecordKey } from "../counters/records.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import { ByFrame } from "./rollup-cache.ts";
import { makeRollupSets, type SetMaking } from "./rollup-build.service.ts";
import type { SetKey } from "./rollup.service.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import { keyed } from "../database/relation.ts";

/** `countedTo` is the last day whose records count, or null without records. */
type SetOf = Pick<RollupKey, "period"> & { asOf: Day; countedTo: Day | null };
/** `drafts` lists the ids of the drafts that count, separated by commas. */
type AskedSet = SetOf & { drafts: string };
type FoundSet = Positioned & {
  editionId: number;
  cellEditionId: number;
  cellDay: Day;
  recorded: boolean;
  /** The last day whose records count; the last day of the period if there are none. */
  countedTo: Day;
  setId: number | null;
  stated: boolean;
  /** True if there are records and the lineage of the edition is not computed yet. */
  isUntraced: boolean;
  /** True if the lineage of the cell edition is not computed yet. */
  hasNoCells: boolean;
};
export type SetRow = FoundSet & {
  readonly key: SetKey;
  /** True if the set is not stored but built for each answer. */
  readonly isOwn: boolean;
};
export type Sets = DataLoader<SetOf, SetRow | null, string>;

export interface RollupOrigin {
  readonly reader: Rows;
  /** Rows that include the drafts visible to the viewer. */
  readonly figures: Rows;
  readonly sets: Sets;
  readonly records: RecordEvidence;
  /** Builds a set that is not stored, and reads it in the same snapshot. */
  readonly ownSet: <T>(set: SetRow, read: (source: RollupOrigin, set: SetRow) => Promise<T>) => Promise<T>;
}

export const keyOf = ({ unit, period, handledBy, cut }: RollupKey) =>
  `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ALL_TIERS}|${cut.through}`;

/** Returns the day whose hierarchy holds the cells: the last day of the period; for a period still running the last counted day, or today without records. */
export const cellDayOf = (period: Pick<Period, "to">, counted: Day): Day => {
  const last = period.to < counted ? period.to : counted;
  return last < FIRST_DAY ? FIRST_DAY : last;
};

/** Returns the stored set of a period on the hierarchy of a day; builds it if figures need one and the period may be stored. */
export const setLoader = (making: SetMaking, today: Day, mayKeep: (period: Period) => boolean): Sets =>
  oneBy<SetOf, SetRow>(
    ({ asOf, period, countedTo: last }) => `${asOf}|${period.name}|${last}`,
    async (asked) => {
      const { reader, evidence } = making;
      const drafts = await evidence.drafts();
      const keys = asked.map((key) => ({ ...key, drafts: draftsWithin(drafts, key.period).join() }));
      const found = await findSets(reader, keys, today);
      const untraced = found.filter(({ isUntraced }) => isUntraced);
      if (untraced.length > 0) await ensureContributions(reader, [...new Set(untraced.map(({ editionId }) => editionId))]);
      const wanted = found.filter((row) => isMissing(row) && mayKeep(keys[row.i - 1]!.period));
      if (wanted.length > 0)
        await makeRollupSets(
          making,
          wanted.map((row) => setKeyOf(row, keys)),
        );
      const now = wanted.length > 0 ? await findSets(reader, keys, today) : found;
      return now.map((row) => ({ ...row, key: setKeyOf(row, keys), isOwn: isMissing(row) }));
    },
  );

const isMissing = ({ setId, stated }: FoundSet) => setId === null && stated;

const setKeyOf = ({ i, editionId, cellEditionId, cellDay, recorded, countedTo: last }: FoundSet, keys: readonly AskedSet[]): SetKey => {
  const { period, drafts } = keys[i - 1]!;
  return { editionId, cellEditionId, cellDay, recorded, countedTo: last, drafts, from: period.from, to: period.to };
};

const findSets = (reader: Reader, keys: readonly AskedSet[], today: Day): Promise<FoundSet[]> => {
  const measures = ROLLUP_KINDS.map(({ name }) => `${name}.%`);
  return reader.rows(sql<FoundSet>`
    select k.i::int, e.id as "editionId", c.id as "cellEditionId", k.cell_day as "cellDay", n.recorded, n.counted_to as "countedTo", s.id as "setId",
      n.recorded and not e.contributed as "isUntraced", not c.contributed as "hasNoCells",
      s.id is null and (k.drafts <> '' or exists (
        select from figure f where f.period_from >= k.f and f.period_from <= k.t and f.period_to <= k.t and f.measure like any(${measures}::text[])
      )) as stated
    from ${keyed("k", keys, {
      as_of: ["date", ({ asOf }) => asOf],
      cell_day: ["date", ({ period, countedTo: last }) => cellDayOf(period, last ?? today)],
      f: ["date", ({ period }) => period.from],
      t: ["date", ({ period }) => period.to],
      drafts: ["text", ({ drafts }) => drafts],
      counted_to: ["date", ({ countedTo: last }) => last],
    })}
    cross join lateral (select k.counted_to is not null and exists (select from record_unit) as recorded) r
    cross join lateral (select r.recorded, case when r.recorded then k.counted_to else k.t end as counted_to) n
    join edition e on ${inForceOn(sql`k.as_of`)}
    join edition c on ${inForceOn(sql`k.cell_day`, "c")}
    left join rollup_set s on s.edition_id = e.id and s.cell_edition_id = c.id and s.period_from = k.f and s.period_to = k.t
      and s.drafts = k.drafts and s.recorded = n.recorded and s.counted_to = n.counted_to and ${isCurrent}`);
};

export const setsOf = async ({ sets }: RollupOrigin, keys: readonly RollupKey[]): Promise<(SetRow | null)[]> => {
  const asked: SetOf[] = [];
  const places = new ByFrame(({ unit: { asOf }, period, cut }) => asked.push({ asOf, period, countedTo: countedTo(period, cut) }) - 1);
  const placed = keys.map((key) => places.of(key));
  const found = await Promise.all(asked.map((key) => sets.load(key)));
  return placed.map((place) => found[place]!);
};

export const isRecorded = (set: SetRow | null): set is SetRow => set?.recorded === true;

export const recordKeyOf = ({ unit, period, handledBy }: RollupKey, { editionId, countedTo: to }: SetRow): RecordKey => ({
  ...{ unitNo: unit.no, isCountry: unit.tier === "COUNTRY", editionId, handledBy, from: period.from, to },
});
