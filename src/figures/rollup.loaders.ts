import DataLoader from "dataloader";
import { sql } from "kysely";
import { contended } from "../db/failure.ts";
import { manyBy, oneBy, type Positioned } from "../db/loader.ts";
import type { Reader } from "../db/reader.ts";
import { type Day, FIRST_DAY } from "../time/date.ts";
import type { Period } from "../time/period.ts";
import { ensureContributions } from "../units/contribution.service.ts";
import { editionsOf } from "../units/edition.ts";
import { draftsWithin, type Evidence, figureRows } from "./evidence.ts";
import type { Source } from "./figure.entity.ts";
import { columnName, DOSSIER, ROLLUP_KINDS, type RollupKind, SERVICE, summedColumns, TASK } from "./measure.ts";
import { RollupCache } from "./rollup-cache.ts";
import type { Knowledge, RecordKey, Records } from "./records.ts";
import { incompleteMeasures, type Rollup, rollupClass, type RollupKey, type StoredRollup } from "./rollup.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import { makeRollupSets } from "./rollup.service.ts";

type SetOf = Pick<RollupKey, "period"> & { asOf: Day; withRecords: boolean };
/** With the numbers of the drafts that count, by commas. */
type AskedSet = SetOf & { drafts: string };
type SetRow = Positioned & {
  editionId: number;
  cellEditionId: number;
  cellDay: Day;
  /** Whether there are records besides. */
  recorded: boolean;
  setId: number | null;
  stated: boolean;
  /** Whether records of the edition are still to be prepared. */
  isUnprepared: boolean;
};
export type SourceRow = Positioned & Pick<Source, "kind" | "title" | "publishedOn" | "state"> & { id: string };
export type RollupLoaders = ReturnType<typeof createRollupLoaders>;

/** How often a read starts again because what it found has made room for others meanwhile. */
const ATTEMPTS = 3;

const keyOf = ({ unit, period, handledBy }: RollupKey) => `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ALL_TIERS}`;

/** Cells are those of the period's last day; of a period still running, of today. */
export const cellDayOf = (period: Period, today: Day): Day => {
  const last = period.to < today ? period.to : today;
  return last < FIRST_DAY ? FIRST_DAY : last;
};

export const createRollupLoaders = (reader: Reader, today: Day, evidence: Evidence, records: Records) => {
  const sets = oneBy<SetOf, SetRow>(
    ({ asOf, period, withRecords }) => `${asOf}|${period.name}|${withRecords}`,
    async (asked) => {
      const drafts = await evidence.drafts();
      const keys = asked.map((key) => ({ ...key, drafts: draftsWithin(drafts, key.period).join() }));
      const found = await findSets(reader, keys, today);
      const unprepared = found.filter(({ isUnprepared }) => isUnprepared);
      if (unprepared.length > 0) await records.prepare([...new Set(unprepared.map(({ editionId }) => editionId))]);
      const missing = found.filter(({ setId, stated }) => setId === null && stated);
      if (missing.length === 0) return found;
      const wanted = missing.map((row) => ({ ...row, ...keys[row.i - 1]!.period, drafts: keys[row.i - 1]!.drafts }));
      await makeRollupSets(reader, evidence, records, wanted);
      return findSets(reader, keys, today);
    },
  );
  const source: RollupSource = { reader, sets, records, today };
  const rollups = (kind: RollupKind) =>
    new DataLoader<RollupKey, Rollup>((keys) => readRollups(source, kind, keys), { cacheMap: new RollupCache() });
  return {
    dossierRollup: rollups(DOSSIER),
    taskRollup: rollups(TASK),
    serviceRollup: rollups(SERVICE),

    /** How many territorial units existed on the cells' day, and contribute certainly. */
    expectedUnits: oneBy<RollupKey, Positioned & { expected: number }>(keyOf, async (keys) => {
      await ensureContributions(
        reader,
        await editionsOf(
          reader,
          keys.map(({ unit }) => unit.asOf),
        ),
      );
      return reader.rows(sql<Positioned & { expected: number }>`
        with k as materialized (
          select k.i, k.no, k.tier, e.id as edition_id, c.starts_on as day
          from unnest(${keys.map(({ unit }) => unit.no)}::int[], ${keys.map(({ unit }) => unit.asOf)}::date[],
            ${keys.map(({ period }) => cellDayOf(period, today))}::date[], ${keys.map(({ handledBy }) => handledBy)}::text[])
            with ordinality k(no, as_of, cell_day, tier, i)
          join edition e on e.starts_on = (select max(starts_on) from edition where starts_on <= k.as_of)
          join edition c on c.starts_on = (select max(starts_on) from edition where starts_on <= k.cell_day)
        ), asked as (
          -- Keys of one unit and hierarchy are counted once; each keeps its places, for to look them up again takes a comparison of all with all.
          select no, edition_id, day, tier, array_agg(i) as places from k group by no, edition_id, day, tier
        ), counted as (
          select q.places, count(*)::int as expected from asked q
          join contribution c on c.edition_id = q.edition_id and c.target_id = q.no and c.certain
          join unit_version v on v.unit_id = c.unit_id and v.valid_from <= q.day and (v.valid_to is null or v.valid_to > q.day)
          where v.tier <> 'COUNTRY' and (q.tier is null or v.tier = q.tier)
          group by q.no, q.edition_id, q.day, q.tier, q.places
        )
        select unnest(places)::int as i, expected from counted`);
    }),

    /** How many units are covered, and what is known of all of them. */
    knowledgeOfRollup: new DataLoader<Rollup, Knowledge, string>((asked) => knowledgeOf(source, asked), {
      cacheKeyFn: (rollup) => `${rollup.kind.name}|${keyOf(rollup)}`,
    }),

    sourcesOfRollup: sourcesLoader(source, evidence),
  };
};

interface RollupSource {
  readonly reader: Reader;
  readonly sets: Sets;
  readonly records: Records;
  readonly today: Day;
}

const findSets = (reader: Reader, keys: readonly AskedSet[], today: Day): Promise<SetRow[]> => {
  const measures = ROLLUP_KINDS.map(({ name }) => `${name}.%`);
  return reader.rows(sql<SetRow>`
    select k.i::int, e.id as "editionId", c.id as "cellEditionId", k.cell_day as "cellDay", n.recorded, s.id as "setId",
      n.recorded and not e.records_counted
        and (not e.contributed or e.starts_on >= (select max(starts_on) from edition where starts_on <= ${today})) as "isUnprepared",
      s.id is null and (k.drafts <> '' or exists (
        select from figure f where f.period_from >= k.f and f.period_from <= k.t and f.period_to <= k.t and f.measure like any(${measures}::text[])
      )) as stated
    from unnest(${keys.map(({ asOf }) => asOf)}::date[], ${keys.map(({ period }) => cellDayOf(period, today))}::date[],
      ${keys.map(({ period }) => period.from)}::date[], ${keys.map(({ period }) => period.to)}::date[], ${keys.map(({ drafts }) => drafts)}::text[],
      ${keys.map(({ withRecords, period }) => withRecords && period.from <= today)}::boolean[]) with ordinality k(as_of, cell_day, f, t, drafts, with_records, i)
    cross join lateral (select k.with_records and exists (select from record_unit) as recorded) n
    join edition e on e.starts_on = (select max(starts_on) from edition where starts_on <= k.as_of)
    join edition c on c.starts_on = (select max(starts_on) from edition where starts_on <= k.cell_day)
    left join rollup_set s on s.edition_id = e.id and s.cell_edition_id = c.id and s.period_from = k.f and s.period_to = k.t
      and s.drafts = k.drafts and s.recorded = n.recorded`);
};

type Sets = DataLoader<SetOf, SetRow | null, string>;

/** The set of each key; keys of one day and period share one look-up. */
const setsOf = async ({ sets, records }: RollupSource, kind: RollupKind, keys: readonly RollupKey[]): Promise<(SetRow | null)[]> => {
  const areVisible = kind === DOSSIER ? await records.areVisible(keys) : null;
  const wanted = new Map<Period, Map<string, number>>();
  const asked: SetOf[] = [];
  const places = keys.map(({ unit: { asOf }, period }, n) => {
    const frames = wanted.get(period) ?? new Map<string, number>();
    if (frames.size === 0) wanted.set(period, frames);
    const withRecords = areVisible?.[n] ?? false;
    const frame = withRecords ? asOf : `${asOf} `;
    const place = frames.get(frame) ?? asked.push({ asOf, period, withRecords }) - 1;
    frames.set(frame, place);
    return place;
  });
  const found = await Promise.all(asked.map((key) => sets.load(key)));
  return places.map((place) => found[place]!);
};

const isRecorded = (set: SetRow | null): set is SetRow => set?.recorded === true;

const recordKeyOf = ({ unit, period, handledBy }: RollupKey, { editionId }: SetRow, today: Day): RecordKey => ({
  ...{ unitNo: unit.no, editionId, handledBy, from: period.from, to: period.to < today ? period.to : today },
});

/** What the records of the keys add up to, by their places; null where none are looked for. */
const recordSums = async ({ records, today }: RollupSource, found: readonly (SetRow | null)[], keys: readonly RollupKey[]) => {
  const places = keys.map((_, n) => n).filter((n) => isRecorded(found[n]!));
  const sums = places.length === 0 ? [] : await records.sums(places.map((n) => recordKeyOf(keys[n]!, found[n]!, today)));
  const byPlace = new Map(places.map((n, at) => [n, sums[at]!]));
  return keys.map((_, n) => byPlace.get(n) ?? null);
};

const readRollups = async (source: RollupSource, kind: RollupKind, keys: readonly RollupKey[]): Promise<Rollup[]> => {
  const KindRollup = rollupClass(kind);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await setsOf(source, kind, keys);
    const setIds = found.map((set) => set?.setId ?? null);
    const wanted = [...new Set(setIds.filter((id) => id !== null))];
    const [rows, recorded] = await Promise.all([
      wanted.length === 0 ? [] : storedRows(source.reader, kind, wanted, keys),
      recordSums(source, found, keys),
    ]);
    const present = new Set(rows.map(({ setId }) => setId));
    if (wanted.some((id) => !present.has(id))) {
      // Made room for others since it was found.
      source.sets.clearAll();
      continue;
    }
    const places = new Map([...Map.groupBy(rows, ({ setId, slot }) => `${setId} ${slot}`)].map(([place, of]) => [place, byUnit(of)]));
    return keys.map(
      (key, n) => new KindRollup(key, places.get(`${setIds[n]} ${key.handledBy ?? ALL_TIERS}`)?.get(key.unit.no), recorded[n]),
    );
  }
  throw contended();
};

const knowledgeOf = async (source: RollupSource, rollups: readonly Rollup[]): Promise<Knowledge[]> => {
  const recorded = rollups.filter((rollup) => rollup.isRecorded);
  if (recorded.length === 0) return rollups.map(({ knowledge }) => knowledge);
  const found = await setsOf(source, DOSSIER, recorded);
  const keys = recorded.map((rollup, n) => ({ ...recordKeyOf(rollup, found[n]!, source.today), ...setOf(found[n]!) }));
  const known = await source.records.knowledge(keys);
  const byRollup = new Map(recorded.map((rollup, n) => [rollup, known[n]!]));
  return rollups.map((rollup) => byRollup.get(rollup) ?? rollup.knowledge);
};

const setOf = ({ cellEditionId, cellDay, setId }: SetRow) => ({ cellEditionId, cellDay, setId });

interface StoredRow {
  setId: number;
  slot: string | null;
  unitId: number | null;
  stored: StoredRollup;
}

const byUnit = (rows: readonly StoredRow[]) => new Map(rows.map((row) => [row.unitId, row.stored]));

/** The numbers come as one array, which is parsed at a fraction of the cost of as many columns. */
const storedRows = (reader: Reader, kind: RollupKind, sets: number[], keys: readonly RollupKey[]): Promise<StoredRow[]> => {
  const columns = sql.join(summedColumns(kind).map((name) => sql`r.${sql.ref(columnName(name))}`));
  const units = [...new Set(keys.map(({ unit }) => unit.no))];
  const slots = [...new Set(keys.map(({ handledBy }) => handledBy ?? ALL_TIERS))];
  return reader.rows(sql<StoredRow>`
    select s.id as "setId", r.slot, r.unit_id as "unitId",
      json_build_array(r.covered, r.known, r.exact, r.possible, r.quoted, ${columns}) as stored
    from rollup_set s left join ${sql.table(`${kind.name}_rollup`)} r
      on r.set_id = s.id and r.unit_id = any(${units}::int[]) and r.slot = any(${slots}::text[])
    where s.id = any(${sets}::int[])`);
};

export const coverageOf = async ({ expectedUnits, knowledgeOfRollup }: RollupLoaders, rollup: Rollup) => {
  const [expected, { covered }] = await Promise.all([expectedUnits.load(rollup), knowledgeOfRollup.load(rollup)]);
  return { unitsExpected: expected?.expected ?? 0, unitsCovered: covered };
};

/** The measures for which some covered unit gave nothing, in the order of their enum. */
export const incompleteOf = async ({ knowledgeOfRollup }: RollupLoaders, rollup: Rollup): Promise<string[]> =>
  incompleteMeasures(rollup.kind, await knowledgeOfRollup.load(rollup));

export type SourcesOfRollup = RollupKey & { readonly kind: RollupKind };

/** The sources of what is certain or possible there, in the order in which they came in. */
const sourcesLoader = (source: RollupSource, evidence: Evidence) =>
  manyBy<SourcesOfRollup, SourceRow>(
    (key) => `${key.kind.name}|${keyOf(key)}`,
    async (keys) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await setsOfKinds(source, keys);
        const recorded = await recordSources(source, found, keys);
        const rows = await figureRows(source.reader, evidence, () => sourcesOf(keys, found, recorded));
        if (rows.every(({ gone }) => !gone)) return rows.filter(({ id }) => id !== null);
        source.sets.clearAll();
      }
      throw contended();
    },
  );

const setsOfKinds = async (source: RollupSource, keys: readonly SourcesOfRollup[]): Promise<(SetRow | null)[]> => {
  const found: (SetRow | null)[] = keys.map(() => null);
  for (const [kind, group] of Map.groupBy(
    keys.map((key, n) => ({ key, n })),
    ({ key }) => key.kind,
  )) {
    const sets = await setsOf(
      source,
      kind,
      group.map(({ key }) => key),
    );
    for (const [at, { n }] of group.entries()) found[n] = sets[at]!;
  }
  return found;
};

/** Of records: place of the key, counted from 1, and internal number. */
const recordSources = async ({ records, today }: RollupSource, found: readonly (SetRow | null)[], keys: readonly SourcesOfRollup[]) => {
  const places = keys.map((_, n) => n).filter((n) => keys[n]!.kind === DOSSIER && isRecorded(found[n]!));
  const sources = places.length === 0 ? [] : await records.sources(places.map((n) => recordKeyOf(keys[n]!, found[n]!, today)));
  return places.flatMap((n, at) => sources[at]!.map((sourceId) => ({ i: n + 1, sourceId })));
};

/** At least one row for each key: without id where there is no source, `gone` where its set has made room for others. */
const sourcesOf = (
  keys: readonly SourcesOfRollup[],
  found: readonly (SetRow | null)[],
  recorded: readonly { i: number; sourceId: number }[],
) => sql<SourceRow & { gone: boolean }>`
    select k.i::int, k.set_id is not null and t.id is null as gone, s.key as id, s.kind, s.title, s.published_on as "publishedOn", s.state
    from unnest(${found.map((set) => set?.setId ?? null)}::int[], ${found.map((set) => set?.editionId ?? null)}::int[],
      ${keys.map(({ unit }) => unit.no)}::int[], ${keys.map(({ kind }) => kind.name)}::text[],
      ${keys.map(({ handledBy }) => handledBy ?? ALL_TIERS)}::text[]) with ordinality k(set_id, edition_id, no, kind, slot, i)
    left join rollup_set t on t.id = k.set_id
    left join lateral (
      select distinct r.source_id from contribution c
      join rollup_source r on r.set_id = k.set_id and r.unit_id = c.unit_id and r.kind = k.kind and (k.slot = ${ALL_TIERS} or r.slot = k.slot)
      where c.edition_id = k.edition_id and c.target_id = k.no and (not r.own or r.unit_id = k.no)
      union
      select source_id from unnest(${recorded.map(({ i }) => i)}::int[], ${recorded.map(({ sourceId }) => sourceId)}::int[]) r(i, source_id) where r.i = k.i
    ) o on true
    left join source s on s.id = o.source_id order by k.i, s.id`;
