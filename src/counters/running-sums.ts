import type { RecordKey } from "./records.ts";
import { addDays, type Day } from "../lib/time/date.ts";
import { ENDED, RECEIVED, STOCKS } from "./count.ts";
import { ROLLED_UP, type SumKey } from "./record-sums.store.ts";

/** Certain or possible sums of the counters of key `i`, which is counted from 1. */
export interface SumRow {
  readonly i: number;
  readonly certain: boolean;
  readonly counted: readonly number[];
}

/**
 * Reads each day once even if the periods of a unit overlap, such as the points of a series: `read` gets the days between the edges of the periods, and cumulative sums
 * give each period.
 */
export const inOnePass = async (
  keys: readonly RecordKey[],
  read: (parts: readonly SumKey[]) => Promise<readonly SumRow[]>,
): Promise<readonly SumRow[]> => {
  const [first] = keys;
  // The keys of a tree share one period.
  if (!first || keys.every(({ from, to }) => from === first.from && to === first.to)) return read(keys);
  const lines = linesOf(keys);
  const parts = lines.flatMap((line) => line.parts);
  const rows = Map.groupBy(await read(parts), ({ i }) => i);
  let start = 0;
  return lines.flatMap(({ parts: own, asked }) => {
    const found = own.map((_, n) => rows.get(start + n + 1) ?? []);
    start += own.length;
    return [true, false].flatMap((certain) => {
      const counted = found.map((ofPart) => ofPart.find((row) => row.certain === certain)?.counted ?? null);
      if (counted.every((one) => one === null)) return [];
      const sums = runningSums(counted);
      return asked.map(({ place, since, until }) => ({ i: place + 1, certain, counted: between(sums, since, until) }));
    });
  });
};

/** Keys that differ only by their days, and the parts into which the edges of these days divide time. */
interface Line {
  readonly parts: readonly SumKey[];
  /** By position among all keys: the parts in [since, until). */
  readonly asked: readonly { readonly place: number; readonly since: number; readonly until: number }[];
}

const linesOf = (keys: readonly RecordKey[]): Line[] => {
  const places = Map.groupBy(keys.keys(), (n) => {
    const { unitNo, isCountry, editionId, handledBy } = keys[n]!;
    return `${unitNo} ${isCountry} ${editionId} ${handledBy}`;
  });
  return [...places.values()].map((own) => {
    const edges = [...new Set(own.flatMap((n) => [keys[n]!.from, addDays(keys[n]!.to, 1)]))].toSorted();
    const at = new Map<Day, number>(edges.map((day, n) => [day, n]));
    const parts = edges.slice(0, -1).map((from, n) => ({ ...keys[own[0]!]!, from, to: addDays(edges[n + 1]!, -1), isNext: n > 0 }));
    return { parts, asked: own.map((n) => ({ place: n, since: at.get(keys[n]!.from)!, until: at.get(addDays(keys[n]!.to, 1))! })) };
  });
};

const runningSums = (counted: readonly (readonly number[] | null)[]): readonly (readonly number[])[] => {
  let sum: readonly number[] = ROLLED_UP.map(() => 0);
  return [sum, ...counted.map((own) => (sum = own ? sum.map((value, n) => value + own[n]!) : sum))];
};

const indexes = (names: readonly string[]) => names.map((name) => (ROLLED_UP as readonly string[]).indexOf(name));
const [OPEN, INTO, OUT_OF] = [0, indexes(RECEIVED), indexes(ENDED)];

/** The first part holds the stock of open dossiers before it; stocks are those at the end. */
const between = (sums: readonly (readonly number[])[], since: number, until: number): number[] => {
  const [before, after] = [sums[since]!, sums[until]!];
  const total = (of: readonly number[]) => of.reduce((sum, n) => sum + before[n]!, 0);
  return ROLLED_UP.map((name, n) => {
    if (n === OPEN) return sums.at(-1)![OPEN]! + total(INTO) - total(OUT_OF);
    return name !== "openBefore" && STOCKS.has(name) ? after[n]! : after[n]! - before[n]!;
  });
};
