import type { RecordKey } from "./records.ts";
import { addDays, type Day } from "../lib/time/date.ts";
import type { CountedValue, RecordRules } from "./record-rules.ts";
import type { SumKey } from "./record-sums.store.ts";

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
  { values, rolledUp }: RecordRules,
  keys: readonly RecordKey[],
  read: (parts: readonly SumKey[]) => Promise<readonly SumRow[]>,
): Promise<readonly SumRow[]> => {
  const [first] = keys;
  // The keys of a tree share one period.
  if (!first || keys.every(({ from, to }) => from === first.from && to === first.to)) return read(keys);
  const rolled = values.slice(0, rolledUp);
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
      const sums = runningSums(rolled, counted);
      return asked.map(({ place, since, until }) => ({ i: place + 1, certain, counted: between(rolled, sums, since, until) }));
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

const runningSums = (values: readonly CountedValue[], counted: readonly (readonly number[] | null)[]): readonly (readonly number[])[] => {
  let sum: readonly number[] = values.map(() => 0);
  return [sum, ...counted.map((own) => (sum = own ? sum.map((value, n) => value + own[n]!) : sum))];
};

/** The first part holds the stocks before it; what flows before the period changes them. */
const between = (values: readonly CountedValue[], sums: readonly (readonly number[])[], since: number, until: number): number[] => {
  const [start, end] = [sums[since]!, sums[until]!];
  const total = (of: readonly string[]) => of.reduce((sum, name) => sum + start[values.findIndex((value) => value.name === name)]!, 0);
  return values.map(({ isFlow, before: { added, subtracted } }, n) =>
    isFlow ? end[n]! - start[n]! : end[n]! + total(added) - total(subtracted),
  );
};
