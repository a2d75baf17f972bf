import type { Day } from "../lib/time/date.ts";
import { addDays } from "../lib/time/date.ts";
import { type Convention, type Period, periodOfDays } from "../lib/time/period.ts";
import { fillIdentities, type Known } from "../figures/identity.ts";
import { measureCode, type Measure, type RateRule, type RollupKind } from "../figures/measure.ts";

/** A count that a report states; `denominator` is set if the report gives its own. */
export interface StatedCount {
  readonly sourceId: number;
  readonly unitId: number;
  readonly handlingTier: string;
  readonly from: Day;
  readonly to: Day;
  readonly measure: string;
  readonly value: number;
  readonly denominator: number | null;
}

/** The figures of one unit for one handling tier and period: the columns of its kind (see summedColumns), null if not reported, and the sources that state them. */
export interface Cell {
  readonly unitId: number;
  readonly handlingTier: string;
  readonly columns: (number | null)[];
  readonly sources: ReadonlySet<number>;
  readonly recorded?: { readonly columns: readonly boolean[]; readonly isComplete: boolean };
}

interface Tile {
  readonly from: Day;
  readonly to: Day;
  readonly convention: Convention;
  readonly known: Known;
  readonly rates: ReadonlyMap<string, MatchedRate>;
  readonly sources: ReadonlySet<number>;
}

interface MatchedRate {
  readonly part: number | null;
  readonly whole: number;
}

/**
 * Builds the cells of a period from figures of the period and of its parts. A figure of exactly these days takes precedence; otherwise the fewest tiles of one convention
 * that fill the period are added up. Later rows replace earlier ones.
 */
export const cellsOf = (kind: RollupKind, period: Period, stated: readonly StatedCount[]): Cell[] => {
  const names = new Map(kind.measures.map(({ name }) => [measureCode(kind, name), name]));
  const ours = stated.filter(({ measure }) => names.has(measure));
  return [...Map.groupBy(ours, ({ unitId, handlingTier }) => `${unitId} ${handlingTier}`).values()].flatMap((counts) => {
    const tiles = [...Map.groupBy(counts, ({ from, to }) => `${from}/${to}`).values()].map((rows) => tileOf(kind, rows, names));
    const cell = merge(kind, period, tiles);
    return cell ? [{ ...cell, unitId: counts[0]!.unitId, handlingTier: counts[0]!.handlingTier }] : [];
  });
};

const tileOf = (kind: RollupKind, rows: readonly StatedCount[], names: ReadonlyMap<string, string>): Tile => {
  const { from, to } = rows[0]!;
  const known: Known = new Map();
  const denominators = new Map<string, number>();
  for (const row of rows) {
    const name = names.get(row.measure)!;
    known.set(name, row.value);
    if (row.denominator === null) denominators.delete(name);
    else denominators.set(name, row.denominator);
  }
  const filled = filledUnlessContradicted(kind, known);
  const rates = new Map<string, MatchedRate>();
  for (const rule of kind.rates) {
    const rate = rateOf(rule, filled, denominators);
    if (rate) rates.set(rule.name, rate);
  }
  const convention = periodOfDays(from, to).convention ?? "CALENDAR";
  return { from, to, convention, known: filled, rates, sources: new Set(rows.map(({ sourceId }) => sourceId)) };
};

/** Two sources may contradict each other; then both values stay and nothing is inferred. */
const filledUnlessContradicted = (kind: RollupKind, known: Known): Known => {
  const filled = new Map(known);
  return fillIdentities(filled, kind.identities) ? known : filled;
};

const sumOf = (names: readonly string[], known: Known): number | null =>
  names.every((name) => known.has(name)) ? names.reduce((sum, name) => sum + known.get(name)!, 0) : null;

const rateOf = (rule: RateRule, known: Known, denominators: ReadonlyMap<string, number>): MatchedRate | null => {
  const parts = rule.partElse && !rule.part.some((name) => known.has(name)) ? rule.partElse.filter((name) => known.has(name)) : rule.part;
  const own = parts.map((name) => denominators.get(name)).find((of) => of !== undefined);
  const whole = own ?? sumOf(rule.whole, known);
  return whole === null ? null : { part: parts.length > 0 ? sumOf(parts, known) : null, whole };
};

const merge = (kind: RollupKind, period: Period, tiles: readonly Tile[]): Omit<Cell, "unitId" | "handlingTier"> | null => {
  const exact = tiles.find(({ from, to }) => from === period.from && to === period.to);
  const used = new Set<Tile>(exact ? [exact] : []);
  const path = (has: (tile: Tile) => boolean): Tile[] | null => {
    const found = fewestTiles(
      period,
      tiles.filter((tile) => tile !== exact && has(tile)),
    );
    for (const tile of found ?? []) used.add(tile);
    return found;
  };
  const known = new Map(exact?.known);
  for (const measure of kind.measures) {
    if (known.has(measure.name) || measure.tiling === "NONE") continue;
    const found = path((tile) => tile.known.has(measure.name));
    if (found) known.set(measure.name, tiled(measure, found));
  }
  const filled = filledUnlessContradicted(kind, known);
  const matched = matchedRates(kind, filled, exact);
  for (const rule of kind.rates) {
    const rate = matched.get(rule.name);
    if (rate?.part == null && isFlow(kind, rule))
      matchTiles(
        rule,
        matched,
        path((tile) => tile.rates.has(rule.name)),
      );
  }
  if (filled.size === 0 && matched.size === 0) return null;
  const columns = [
    ...kind.measures.map(({ name }) => filled.get(name) ?? null),
    ...kind.rates.flatMap(({ name }) => [matched.get(name)?.part ?? null, matched.get(name)?.of ?? null, matched.get(name)?.whole ?? null]),
  ];
  return { columns, sources: new Set([...used].flatMap((tile) => [...tile.sources])) };
};

/** Rates of the tile that covers the whole period, or rates derived from the reported measures. */
const matchedRates = (kind: RollupKind, filled: Known, exact: Tile | undefined) => {
  const rates = new Map(exact?.rates);
  for (const rule of kind.rates) {
    const rate = rates.get(rule.name);
    if (rate?.part !== undefined && rate.part !== null) continue;
    const derived = rateOf(rule, filled, new Map());
    if (derived && (derived.part !== null || rate === undefined))
      rates.set(rule.name, { part: derived.part, whole: rate?.whole ?? derived.whole });
  }
  return new Map([...rates].map(([name, { part, whole }]) => [name, { part, of: part === null ? null : whole, whole }]));
};

const tiled = ({ name, tiling }: Measure, path: readonly Tile[]): number => {
  if (tiling === "LAST") return path.at(-1)!.known.get(name)!;
  if (tiling === "FIRST") return path[0]!.known.get(name)!;
  return path.reduce((sum, tile) => sum + tile.known.get(name)!, 0);
};

const isFlow = (kind: RollupKind, rule: RateRule): boolean =>
  [...rule.part, ...rule.whole].every((name) => kind.measures.find((measure) => measure.name === name)?.tiling === "FLOW");

/** A rate over tiles counts only the tiles that report both numerator and denominator. */
const matchTiles = (
  rule: RateRule,
  matched: Map<string, { part: number | null; of: number | null; whole: number }>,
  path: readonly Tile[] | null,
): void => {
  const rates = (path ?? []).map((tile) => tile.rates.get(rule.name)!);
  const both = rates.filter(({ part }) => part !== null);
  if (both.length === 0) return;
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const [part, of] = [sum(both.map((rate) => rate.part!)), sum(both.map((rate) => rate.whole))];
  matched.set(rule.name, { part, of, whole: matched.get(rule.name)?.whole ?? sum(rates.map(({ whole }) => whole)) });
};

/** Returns the fewest tiles of one convention that fill the period; ties go to the set whose first tiles are longest. */
const fewestTiles = (period: Period, tiles: readonly Tile[]): Tile[] | null => {
  if (tiles.length === 0) return null;
  const conventions: Convention[] = period.convention ? [period.convention] : ["CALENDAR", "ND09"];
  const found = conventions.map((convention) =>
    shortestPath(
      period,
      tiles.filter((tile) => tile.convention === convention),
    ),
  );
  return found.filter((path) => path !== null).toSorted((a, b) => a.length - b.length)[0] ?? null;
};

const shortestPath = (period: Period, tiles: readonly Tile[]): Tile[] | null => {
  const best = new Map<Day, Tile[]>([[addDays(period.to, 1), []]]);
  const latestFirst = tiles.toSorted((a, b) => (a.from === b.from ? (a.to < b.to ? 1 : -1) : a.from < b.from ? 1 : -1));
  for (const tile of latestFirst) {
    const rest = best.get(addDays(tile.to, 1));
    if (!rest) continue;
    const known = best.get(tile.from);
    if (!known || known.length > rest.length + 1) best.set(tile.from, [tile, ...rest]);
  }
  const path = best.get(period.from);
  return path && path.length > 0 ? path : null;
};
