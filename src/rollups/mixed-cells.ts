import type { Recorded } from "../counters/records.ts";
import { type RollupKind, summedColumns } from "../figures/measure.ts";
import type { Tree } from "../figures/tree.ts";
import { SERVING_KINDS } from "../hierarchy/unit.entity.ts";
import type { Cell } from "./cell.ts";
import type { Atom } from "./atom.ts";

const NO_SOURCES: ReadonlySet<number> = new Set();

/**
 * Merges records into the cells of figures. Complete records precede figures, and figures precede incomplete records. Only units at or below a unit with figures get cells;
 * all others consist of records alone.
 */
export const mixedCells = (kind: RollupKind, figures: readonly Cell[], recorded: readonly Recorded[], tree: Tree): Cell[] => {
  const own = new Map(figures.map((cell) => [`${cell.unitId} ${cell.handlingTier}`, cell]));
  const authors = new Set(figures.map(({ unitId }) => unitId));
  const isUnderAuthor = (unitId: number | null): boolean =>
    unitId !== null && (authors.has(unitId) || isUnderAuthor(tree.members.get(unitId)?.parentId ?? null));
  const groups = Map.groupBy(
    recorded.filter(({ cellUnitId }) => isUnderAuthor(cellUnitId)).flatMap((row) => withServed(row, tree)),
    ({ cellUnitId, handlingTier }) => `${cellUnitId} ${handlingTier}`,
  );
  const mixed = [...groups].map(([key, rows]) => {
    const figure = own.get(key);
    own.delete(key);
    return mixedCell(kind, figure, rows);
  });
  return [...own.values(), ...mixed];
};

/** An agency's records also belong to the cell of the unit that it serves, because that unit's figures include them. */
const withServed = (row: Recorded, { members }: Tree): Recorded[] => {
  const agency = members.get(row.cellUnitId);
  const isServing = agency !== undefined && (SERVING_KINDS as readonly string[]).includes(agency.kind);
  const served = isServing ? members.get(agency.parentId!) : undefined;
  return served?.tier === row.handlingTier ? [row, { ...row, cellUnitId: served.id, isComplete: false }] : [row];
};

const mixedCell = (kind: RollupKind, figure: Cell | undefined, rows: readonly Recorded[]): Cell => {
  const { cellUnitId: unitId, handlingTier } = rows[0]!;
  const isComplete = rows.some((row) => row.isComplete);
  const sums = summedColumns(kind).map((_, n) => sumOf(rows, n));
  // The three columns of a rate must come from the same source; the figure provides them if it has the denominator.
  const decides = summedColumns(kind).map((name, n) => {
    const rate = kind.rates.find((one) => [`${one.name}Part`, `${one.name}Of`, `${one.name}Whole`].includes(name));
    return rate ? summedColumns(kind).indexOf(`${rate.name}Whole`) : n;
  });
  const fromRecords = sums.map((sum, n) => sum !== null && (isComplete || figure?.columns[decides[n]!] == null));
  return {
    unitId,
    handlingTier,
    columns: sums.map((sum, n) => (fromRecords[n] ? sum : (figure?.columns[n] ?? null))),
    sources: fromRecords.every(Boolean) ? NO_SOURCES : (figure?.sources ?? NO_SOURCES),
    recorded: { columns: fromRecords, isComplete },
  };
};

const sumOf = (rows: readonly Recorded[], column: number): number | null =>
  rows.reduce<number | null>((sum, { columns }) => (columns[column] === null ? sum : (sum ?? 0) + columns[column]!), null);

/** Stored sets hold only the correction of live record counts: atoms without recorded columns, and the records that figures replace, to be subtracted. */
export const besidesRecords = (
  atoms: readonly Atom[],
  cells: readonly Cell[],
  recorded: readonly Recorded[],
): { atoms: Atom[]; replaced: Atom[] } => {
  const mixed = new Map(cells.flatMap((cell) => (cell.recorded ? [[`${cell.unitId} ${cell.handlingTier}`, cell.recorded] as const] : [])));
  const rest = new Map(atoms.map((atom) => [`${atom.unitId} ${atom.handlingTier}`, { ...atom, columns: [...atom.columns] }]));
  const replaced: Atom[] = [];
  for (const { unitId, cellUnitId, handlingTier, columns } of recorded) {
    const cell = mixed.get(`${cellUnitId} ${handlingTier}`);
    if (!cell) continue;
    const atom = rest.get(`${cellUnitId} ${handlingTier}`);
    const taken = columns.map((count, n) => (cell.columns[n] ? null : count));
    if (atom)
      for (const [n, count] of columns.entries()) if (cell.columns[n] && count !== null) atom.columns[n] = (atom.columns[n] ?? 0) - count;
    if (taken.some((count) => count !== null && count !== 0)) replaced.push({ unitId, handlingTier, columns: taken });
  }
  const isNeeded = (atom: Atom) =>
    !mixed.has(`${atom.unitId} ${atom.handlingTier}`) ||
    atom.columns.some((count, n) => count !== null && (count !== 0 || !mixed.get(`${atom.unitId} ${atom.handlingTier}`)!.columns[n]));
  return { atoms: [...rest.values()].filter(isNeeded), replaced };
};
