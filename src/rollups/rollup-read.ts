import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import { inner } from "../lib/maps.ts";
import { isCurrent } from "../hierarchy/rollup-version.store.ts";
import { columnName, type RollupKind, summedColumns } from "../figures/measure.ts";
import type { MeasureCoverage, Records, RecordSums } from "../counters/records.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import { isRecorded, recordKeyOf, type RollupOrigin, type SetRow, setsOf } from "./rollup-set.loader.ts";
import { readSets } from "./rollup-sets.ts";
import { tellsOfDrafts } from "./rollup.service.ts";
import type { RollupKey } from "../counters/rollup-key.ts";

import { type Rollup, rollupClass, type StoredRollup } from "./rollup.ts";

/** Returns the record sums of the keys in their order; null if no records are read. */
const recordSums = async (records: Records | null, found: readonly (SetRow | null)[], keys: readonly RollupKey[]) => {
  if (!records) return keys.map(() => null);
  const places = keys.map((_, n) => n).filter((n) => isRecorded(found[n]!));
  const sums = places.length === 0 ? [] : await records.sums(places.map((n) => recordKeyOf(keys[n]!, found[n]!)));
  const byPlace = new Map(places.map((n, at) => [n, sums[at]!]));
  return keys.map((_, n) => byPlace.get(n) ?? null);
};

/** Returns the scoped rows for sets that count drafts, or undefined if no set does. */
const draftRows = ({ figures }: RollupOrigin, found: readonly (SetRow | null)[]): Rows | undefined =>
  found.some((set) => set !== null && tellsOfDrafts(set.key)) ? figures : undefined;

export const readRollups = (source: RollupOrigin, kind: RollupKind, keys: readonly RollupKey[]): Promise<Rollup[]> =>
  readSets(
    source,
    keys,
    (asked) => setsOf(source, asked),
    (within, found, asked) => rollupsOf(within, kind, found, asked),
  );

const rollupsOf = async (
  source: RollupOrigin,
  kind: RollupKind,
  found: readonly (SetRow | null)[],
  keys: readonly RollupKey[],
): Promise<Rollup[] | null> => {
  if (keys.length === 0) return [];
  const KindRollup = rollupClass(kind);
  const setIds = found.map((set) => set?.setId ?? null);
  const wanted = [...new Set(setIds.filter((id) => id !== null))];
  const readRows = async () => (wanted.length === 0 ? [] : storedRows(draftRows(source, found) ?? source.reader, kind, wanted, keys));
  // A set that is still current after its records were read matches these records.
  const isMixed = found.some((set) => isRecorded(set) && set.setId !== null);
  const records = source.records(kind);
  const before = isMixed ? await recordSums(records, found, keys) : null;
  const [rows, recorded] = await Promise.all([readRows(), before ?? recordSums(records, found, keys)]);
  const present = new Set(rows.map(({ setId }) => setId));
  if (wanted.some((id) => !present.has(id))) return null;
  const storedOf = bySetAndSlot(rows);
  const stored = keys.map((key, n) => storedOf(setIds[n]!, key.handledBy ?? ALL_TIERS)?.get(key.unit.no));
  const measured = await coverageOfDoubtful(source, records, found, keys, stored, recorded);
  if ([...measured.values()].some(({ isGone }) => isGone)) return null;
  return keys.map((key, n) => new KindRollup(key, stored[n], recorded[n], measured.get(n)));
};

/** Returns the coverage of roll-ups that may have to be withheld: those with certain and possible values whose units no figure covers. */
const coverageOfDoubtful = async (
  source: RollupOrigin,
  records: Records | null,
  found: readonly (SetRow | null)[],
  keys: readonly RollupKey[],
  stored: readonly (StoredRollup | undefined)[],
  recorded: readonly (RecordSums | null)[],
): Promise<ReadonlyMap<number, MeasureCoverage>> => {
  const doubtful = keys.flatMap((_, n) => {
    const sums = recorded[n];
    if (!sums || (stored[n]?.[0] ?? 0) > 0) return [];
    const isInexact = sums.possible !== null || stored[n]?.[2] === false;
    const isCertain = sums.certain !== null || stored[n]?.[5].some((sum) => sum !== null) === true;
    return isInexact && isCertain ? [n] : [];
  });
  if (doubtful.length === 0) return new Map();
  const measured = await records!.measureCoverage(
    doubtful.map((n) => ({ ...recordKeyOf(keys[n]!, found[n]!), ...setOf(found[n]!) })),
    draftRows(source, found),
  );
  return new Map(doubtful.map((n, at) => [n, measured[at]!]));
};

/** Coverage by figures is stored; coverage by records is computed per unit. */
export const coverageOfRollups = async (source: RollupOrigin, rollups: readonly Rollup[]): Promise<MeasureCoverage[]> => {
  const missing = rollups.filter(({ reported }) => reported === null);
  if (missing.length === 0) return rollups.map(({ reported }) => reported!);
  const looked = await readSets(
    source,
    missing,
    (asked) => setsOf(source, asked),
    async (within, found, asked) => {
      const measured: MeasureCoverage[] = [];
      for (const [kind, places] of Map.groupBy(asked.keys(), (n) => asked[n]!.kind)) {
        const ofKind = await within.records(kind)!.measureCoverage(
          places.map((n) => ({ ...recordKeyOf(asked[n]!, found[n]!), ...setOf(found[n]!) })),
          draftRows(within, found),
        );
        for (const [at, n] of places.entries()) measured[n] = ofKind[at]!;
      }
      return measured.some(({ isGone }) => isGone) ? null : measured;
    },
  );
  const byRollup = new Map(missing.map((rollup, n) => [rollup, looked[n]!]));
  return rollups.map((rollup) => rollup.reported ?? byRollup.get(rollup)!);
};

const setOf = ({ cellEditionId, cellDay, hasNoCells, setId }: SetRow) => ({ cellEditionId, cellDay, hasNoCells, setId });

interface StoredRow {
  setId: number;
  slot: string | null;
  unitId: number | null;
  stored: StoredRollup;
}

type ByUnit = ReadonlyMap<number | null, StoredRollup>;

const bySetAndSlot = (rows: readonly StoredRow[]): ((setId: number | null, slot: string) => ByUnit | undefined) => {
  const sets = new Map<number | null, Map<string | null, Map<number | null, StoredRollup>>>();
  for (const { setId, slot, unitId, stored } of rows) inner(inner(sets, setId), slot).set(unitId, stored);
  return (setId, slot) => sets.get(setId)?.get(slot);
};

/** One array of numbers is written and parsed much faster than as many columns. */
const storedRows = (reader: Rows, kind: RollupKind, sets: number[], keys: readonly RollupKey[]): Promise<StoredRow[]> => {
  const columns = sql.join(summedColumns(kind).map((name) => sql`r.${sql.ref(columnName(name))}`));
  const units = [...new Set(keys.map(({ unit }) => unit.no))];
  const slots = [...new Set(keys.map(({ handledBy }) => handledBy ?? ALL_TIERS))];
  return reader.rows(sql<StoredRow>`
    select s.id as "setId", r.slot, r.unit_id as "unitId",
      json_build_array(r.covered, r.reported, r.exact, r.possible, r.quoted, array[${columns}]) as stored
    from rollup_set s left join ${sql.table(`${kind.name}_rollup`)} r
      on r.set_id = s.id and r.unit_id = any(${units}::int[]) and r.slot = any(${slots}::text[])
    where s.id = any(${sets}::int[]) and ${isCurrent}`);
};
