import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { type Reader, type Rows, rowsOf } from "../database/reader.ts";
import type { RowScope } from "../database/row-scope.ts";
import { columnsOf, type Recorded, type RecordKey, type Records, type RecordSums } from "./records.ts";
import { WHOLE_UNIT } from "../figures/tree.ts";
import type { Day } from "../lib/time/date.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import type { RollupKind } from "../figures/measure.ts";
import { recordKinds } from "./record-kinds.ts";
import type { RecordRules } from "./record-rules.ts";
import { type CellsKey, cellsOfRecords } from "./records-by-cell.store.ts";
import { completeKeys } from "./complete-among.store.ts";
import { countsInTier, coverageOfKeys } from "./record-coverage.store.ts";
import { countersOfKeys } from "./key-counters.store.ts";
import { readsDays, traitsOfKeys } from "./key-traits.ts";
import { keysAndRanges } from "./record-sums.store.ts";
import { inOnePass, type SumRow } from "./running-sums.ts";

/** Records of each kind of roll-up as evidence; null for a kind without records. */
export type RecordEvidence = (kind: RollupKind) => Records | null;

export const recordEvidence = (reader: Reader, scope: RowScope): RecordEvidence => {
  const kinds = new Map(recordKinds().map((rules) => [rules.measures, recordsOf(rules, reader, scope)]));
  return (kind) => kinds.get(kind) ?? null;
};

/** Records of a kind as evidence for roll-ups; counters of single days are read within the scope. */
export const recordsOf = (rules: RecordRules, reader: Reader, scope: RowScope): Records => ({
  ...readingOf(rules, reader),
  sums: (keys) => sumsOfKeys(rules, rowsFor(reader, scope, keys), keys),
  measureCoverage: async (keys, rows = rowsFor(reader, scope, keys)) => {
    const missing = new Set(keys.filter(({ hasNoCells }) => hasNoCells).map(({ cellEditionId }) => cellEditionId));
    if (missing.size > 0) await ensureContributions(reader, [...missing]);
    return readingOf(rules, rows).measureCoverage(keys);
  },
  within: (em) => readingOf(rules, rowsOf(em)),
  cells: (em, key) => recordedCells(rules, em, key),
});

export const rowsFor = (reader: Reader, scope: RowScope, keys: readonly Pick<RecordKey, "from" | "to">[]): Rows =>
  readsDays(keys) ? reader.scoped(scope) : reader;

const readingOf = (rules: RecordRules, rows: Rows): Pick<Records, "sums" | "measureCoverage" | "sources"> => ({
  sums: (keys) => sumsOfKeys(rules, rows, keys),
  measureCoverage: async (keys) => {
    const found = keys.map(() => ({ covered: 0, reported: 0, isGone: false }));
    for (const { i, ...measureCoverage } of await rows.rows(coverageOfKeys(rules, keys))) found[i - 1] = measureCoverage;
    return found;
  },
  sources: async (keys) => {
    const found = keys.map((): number[] => []);
    for (const { i, sourceId } of await rows.rows(sourcesOfKeys(rules, keys))) found[i - 1]!.push(sourceId);
    return found;
  },
});

const sumsOfKeys = async (rules: RecordRules, rows: Rows, keys: readonly RecordKey[]): Promise<RecordSums[]> => {
  const { kind, measures, measuresOf, rolledUpCounted } = rules;
  const found = await inOnePass(rules, keys, (parts) =>
    rows.rows(sql<SumRow>`
      with ${keysAndRanges(parts)}, ${countersOfKeys(rules, traitsOfKeys(parts))}
      select i::int, certain, json_build_array(${rolledUpCounted}) as counted from counter group by i, certain`),
  );
  const sums = keys.map(({ to }): { certain: number[] | null; possible: number[] | null; through: Day } => ({
    certain: null,
    possible: null,
    through: to,
  }));
  for (const { i, certain, counted } of found) {
    if (counted.every((count) => count === 0)) continue;
    sums[i - 1]![certain ? "certain" : "possible"] = columnsOf(measures, measuresOf(counted));
  }
  // No record means 0 only if the records are declared complete.
  const silent = keys.flatMap((key, n) => (sums[n]!.certain === null ? [{ key, n }] : []));
  if (silent.length === 0) return sums;
  for (const { i } of await rows.rows(
    completeKeys(
      kind,
      silent.map(({ key }) => key),
    ),
  ))
    sums[silent[i - 1]!.n]!.certain = [...rules.zeros];
  return sums;
};

const sourcesOfKeys = ({ kind }: RecordRules, keys: readonly RecordKey[]) => sql<{ i: number; sourceId: number }>`
  with ${keysAndRanges(keys)}
  select distinct k.i::int, u.source_id as "sourceId" from k join s on s.number = k.span + 1
  join contribution c on c.edition_id = k.edition_id and c.target_id = k.no
  join record_unit u on u.unit_id = c.unit_id and u.kind = ${sql.lit(kind)} and u.records > 0 and u.first_on <= s.last_on
  where k.tier is null or ${countsInTier(sql`u.unit_id`)}
  order by 1, 2`;

const recordedCells = async (rules: RecordRules, em: EntityManager, key: CellsKey): Promise<Recorded[]> => {
  const rows = await rowsOf(em).rows(cellsOfRecords(rules, key));
  return rows.map(({ slot, counted, ...row }) => ({
    ...row,
    handlingTier: TIERS[slot - 1] ?? WHOLE_UNIT,
    columns: counted ? columnsOf(rules.measures, rules.measuresOf(counted)) : rules.zeros,
  }));
};
