import { enumValue, type RollupKind } from "./measure.ts";
import { computeRate, quotedRate, type Rate, type RateSums } from "./rate.ts";
import type { Rollup, RollupLoaders } from "./rollup.loaders.ts";
import type { Bounds } from "./rollup.type.ts";

/** The measures for which some covered unit gave nothing, in the order of their enum. */
export const incompleteMeasures = (kind: RollupKind, { covered, known }: Rollup): string[] =>
  covered === 0 ? [] : kind.measures.filter((_, n) => (known & (1 << n)) === 0).map(({ name }) => enumValue(name));

/** What is certain, and that plus what is possible; null where nothing is known. */
export const boundsOf = (kind: RollupKind, rollup: Rollup, measure: string): Bounds => {
  const { name } = kind.measures.find((candidate) => enumValue(candidate.name) === measure)!;
  const certain = rollup[name] as number | null;
  const possible = rollup.possible?.[name];
  if (certain === null && possible === undefined) return { low: null, high: null };
  return { low: certain ?? 0, high: (certain ?? 0) + (possible ?? 0) };
};

/** As computed; where that has no value, as a source printed it. */
export const rateOf = (rollup: Rollup, name: string): Rate => {
  const rate = computeRate(sumsOf(rollup, name), rollup.possible && sumsOf(rollup.possible, name));
  const quoted = rollup.quoted?.[name];
  return rate.value === null && quoted ? quotedRate(quoted) : rate;
};

const sumsOf = (row: Readonly<Record<string, unknown>>, name: string): RateSums => ({
  part: (row[`${name}Part`] as number | undefined) ?? null,
  of: (row[`${name}Of`] as number | undefined) ?? null,
  whole: (row[`${name}Whole`] as number | undefined) ?? null,
});

export const coverageOf = async ({ expectedUnits }: RollupLoaders, rollup: Rollup) => ({
  unitsExpected: (await expectedUnits.load(rollup))?.expected ?? 0,
  unitsCovered: rollup.covered,
});
