import type { EntityManager } from "@mikro-orm/postgresql";
import type { Rows } from "../database/reader.ts";
import type { Day } from "../lib/time/date.ts";
import type { Period } from "../lib/time/period.ts";
import { SERVING_KINDS, type Tier } from "../hierarchy/unit.entity.ts";
import type { Cell } from "../rollups/cell.ts";
import type { Atom } from "../rollups/decompose.ts";
import { type RollupKind, summedColumns } from "../figures/measure.ts";
import type { Tree } from "../figures/tree.ts";

/** A roll-up of records: of a unit of an edition, over days of which none lies ahead. */
export interface RecordKey {
  readonly unitNo: number;
  readonly isCountry: boolean;
  readonly editionId: number;
  readonly from: Day;
  readonly to: Day;
  readonly handledBy: Tier | null;
}

/** What records add up to, as summedColumns: certainly, and possibly; null where there are none. */
export interface RecordSums {
  readonly certain: readonly (number | null)[] | null;
  readonly possible: readonly (number | null)[] | null;
  /** The last day that was counted. */
  readonly through?: Day;
}

export interface KnowledgeKey extends RecordKey {
  readonly cellEditionId: number;
  readonly cellDay: Day;
  readonly setId: number | null;
}

/** How many units are covered, and bit n for measure n known of all of them. */
export interface Knowledge {
  readonly covered: number;
  readonly known: number;
  /** Whether the stored set is no more what it was, so that this is of no use. */
  readonly isGone?: boolean;
}

/** What the records of one unit add to a cell: their own one, or that of the unit which holds it on the period's last day. */
export interface Recorded {
  readonly unitId: number;
  readonly cellUnitId: number;
  readonly slot: string;
  readonly columns: readonly (number | null)[];
  /** Whether all records are here that the cell consists of. */
  readonly isComplete: boolean;
}

/** Records as evidence for roll-ups: what a module that keeps records offers. */
export interface Records {
  readonly sums: (keys: readonly RecordKey[]) => Promise<readonly RecordSums[]>;
  /** By `rows` where the sets count drafts, which are seen within a scope only. */
  readonly knowledge: (keys: readonly KnowledgeKey[], rows?: Rows) => Promise<readonly Knowledge[]>;
  /** The sources of the records of each, in the order of arrival: their internal numbers. */
  readonly sources: (keys: readonly RecordKey[]) => Promise<readonly (readonly number[])[]>;
  /** The same of these three in the snapshot of the transaction of `em`; contributions of the editions are there. */
  readonly within: (em: EntityManager) => Pick<Records, "sums" | "knowledge" | "sources">;
  /** What they say of a period in the hierarchy of its last day, in the snapshot of the transaction of `em`. */
  readonly cells: (
    em: EntityManager,
    key: { readonly cellEditionId: number; readonly cellDay: Day; readonly period: Period },
  ) => Promise<readonly Recorded[]>;
}

const NO_SOURCES: ReadonlySet<number> = new Set();

/** The measures of records as summedColumns: what is recorded has all parts of its rates. */
export const columnsOf = (kind: RollupKind, measures: Readonly<Record<string, number>>): number[] => {
  const columns: number[] = [];
  for (const names of termsOf(kind)) {
    let sum = 0;
    for (const name of names) sum += measures[name]!;
    columns.push(sum);
  }
  return columns;
};

const terms = new Map<RollupKind, readonly (readonly string[])[]>();

/** The measures that each of summedColumns adds up. */
const termsOf = (kind: RollupKind): readonly (readonly string[])[] => {
  const known = terms.get(kind);
  if (known) return known;
  const found = [...kind.measures.map(({ name }) => [name]), ...kind.rates.flatMap(({ part, whole }) => [part, whole, whole])];
  terms.set(kind, found);
  return found;
};

/**
 * Puts records into the cells of figures, in the order of evidence: complete records before figures, figures before incomplete ones. Only
 * cells at or under a unit that states figures are made; all others consist of records alone.
 */
export const mixedCells = (kind: RollupKind, figures: readonly Cell[], recorded: readonly Recorded[], tree: Tree): Cell[] => {
  const own = new Map(figures.map((cell) => [`${cell.unitId} ${cell.slot}`, cell]));
  const authors = new Set(figures.map(({ unitId }) => unitId));
  const isUnderAuthor = (unitId: number | null): boolean =>
    unitId !== null && (authors.has(unitId) || isUnderAuthor(tree.members.get(unitId)?.parentId ?? null));
  const groups = Map.groupBy(
    recorded.filter(({ cellUnitId }) => isUnderAuthor(cellUnitId)).flatMap((row) => withServed(row, tree)),
    ({ cellUnitId, slot }) => `${cellUnitId} ${slot}`,
  );
  const mixed = [...groups].map(([key, rows]) => {
    const figure = own.get(key);
    own.delete(key);
    return mixedCell(kind, figure, rows);
  });
  return [...own.values(), ...mixed];
};

/** What an agency did is in the cell of the unit that it serves, too, as it is in what that unit states. */
const withServed = (row: Recorded, { members }: Tree): Recorded[] => {
  const agency = members.get(row.cellUnitId);
  const isServing = agency !== undefined && (SERVING_KINDS as readonly string[]).includes(agency.kind);
  const served = isServing ? members.get(agency.parentId!) : undefined;
  return served?.tier === row.slot ? [row, { ...row, cellUnitId: served.id, isComplete: false }] : [row];
};

const mixedCell = (kind: RollupKind, figure: Cell | undefined, rows: readonly Recorded[]): Cell => {
  const { cellUnitId: unitId, slot } = rows[0]!;
  const isComplete = rows.some((row) => row.isComplete);
  const sums = summedColumns(kind).map((_, n) => sumOf(rows, n));
  // The three columns of a rate come from one hand: where the figure knows the whole, from the figure.
  const decides = summedColumns(kind).map((name, n) => {
    const rate = kind.rates.find((one) => [`${one.name}Part`, `${one.name}Of`, `${one.name}Whole`].includes(name));
    return rate ? summedColumns(kind).indexOf(`${rate.name}Whole`) : n;
  });
  const fromRecords = sums.map((sum, n) => sum !== null && (isComplete || figure?.columns[decides[n]!] == null));
  return {
    unitId,
    slot,
    columns: sums.map((sum, n) => (fromRecords[n] ? sum : (figure?.columns[n] ?? null))),
    sources: fromRecords.every(Boolean) ? NO_SOURCES : (figure?.sources ?? NO_SOURCES),
    recorded: { columns: fromRecords, isComplete },
  };
};

const sumOf = (rows: readonly Recorded[], column: number): number | null =>
  rows.reduce<number | null>((sum, { columns }) => (columns[column] === null ? sum : (sum ?? 0) + columns[column]!), null);

/**
 * What stored roll-ups add to the records, which are read as they are at the time: atoms without what is recorded, and the records that a
 * figure replaced, to be taken off.
 */
export const besidesRecords = (
  atoms: readonly Atom[],
  cells: readonly Cell[],
  recorded: readonly Recorded[],
): { atoms: Atom[]; replaced: Atom[] } => {
  const mixed = new Map(cells.flatMap((cell) => (cell.recorded ? [[`${cell.unitId} ${cell.slot}`, cell.recorded] as const] : [])));
  const rest = new Map(atoms.map((atom) => [`${atom.unitId} ${atom.slot}`, { ...atom, columns: [...atom.columns] }]));
  const replaced: Atom[] = [];
  for (const { unitId, cellUnitId, slot, columns } of recorded) {
    const cell = mixed.get(`${cellUnitId} ${slot}`);
    if (!cell) continue;
    const atom = rest.get(`${cellUnitId} ${slot}`);
    const taken = columns.map((count, n) => (cell.columns[n] ? null : count));
    if (atom)
      for (const [n, count] of columns.entries()) if (cell.columns[n] && count !== null) atom.columns[n] = (atom.columns[n] ?? 0) - count;
    if (taken.some((count) => count !== null && count !== 0)) replaced.push({ unitId, slot, columns: taken });
  }
  const isNeeded = (atom: Atom) =>
    !mixed.has(`${atom.unitId} ${atom.slot}`) ||
    atom.columns.some((count, n) => count !== null && (count !== 0 || !mixed.get(`${atom.unitId} ${atom.slot}`)!.columns[n]));
  return { atoms: [...rest.values()].filter(isNeeded), replaced };
};
