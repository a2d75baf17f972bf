import { sql } from "kysely";
import { contended } from "../db/failure.ts";
import type { Reader } from "../db/reader.ts";
import { columnName, DOSSIER, type RollupKind, summedColumns } from "./measure.ts";
import type { Knowledge } from "./records.ts";
import { ALL_TIERS } from "./rollup.entity.ts";
import { ATTEMPTS, isRecorded, recordKeyOf, type RollupSource, type SetRow, setsOf } from "./rollup-set.loader.ts";
import { type Rollup, rollupClass, type RollupKey, type StoredRollup } from "./rollup.ts";

/** What the records of the keys add up to, by their places; null where none are looked for. */
const recordSums = async ({ records, today }: RollupSource, found: readonly (SetRow | null)[], keys: readonly RollupKey[]) => {
  const places = keys.map((_, n) => n).filter((n) => isRecorded(found[n]!));
  const sums = places.length === 0 ? [] : await records.sums(places.map((n) => recordKeyOf(keys[n]!, found[n]!, today)));
  const byPlace = new Map(places.map((n, at) => [n, sums[at]!]));
  return keys.map((_, n) => byPlace.get(n) ?? null);
};

/** What is stored of figures, and what records add up to now. */
export const readRollups = async (source: RollupSource, kind: RollupKind, keys: readonly RollupKey[]): Promise<Rollup[]> => {
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

/** Known of figures as it is stored, of records by looking at each unit. */
export const knowledgeOf = async (source: RollupSource, rollups: readonly Rollup[]): Promise<Knowledge[]> => {
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
