import { type Hundredths, roundHalfUp } from "./points.ts";

/** The final points of a leaf that applied to the unit in the year. */
export interface YearLeaf {
  readonly code: string;
  readonly name: string;
  readonly points: Hundredths;
  readonly max: Hundredths;
}

export interface YearResult {
  readonly scaled: Hundredths;
  readonly leaves: readonly YearLeaf[];
}

export interface LeafChange {
  readonly code: string;
  readonly name: string;
  readonly previous: Hundredths | null;
  readonly current: Hundredths | null;
  readonly byRules: Hundredths;
  readonly byPerformance: Hundredths;
}

/**
 * What the change of the rubric made of a score, and what the unit did. A leaf of both years: last year's share of its maximum at this year's maximum, less last year's points. A leaf of one
 * year: all of its points. Adjustments, scaling and the exact rest are performance.
 */
export const changeBetween = (previous: YearResult, current: YearResult) => {
  const before = new Map(previous.leaves.map((leaf) => [leaf.code, leaf]));
  const after = new Set(current.leaves.map(({ code }) => code));
  const items = [
    ...current.leaves.map((leaf) => leafChange(before.get(leaf.code), leaf)),
    ...previous.leaves.filter(({ code }) => !after.has(code)).map((leaf) => leafChange(leaf, undefined)),
  ];
  const byRules = items.reduce((sum, item) => sum + item.byRules, 0);
  return { byRules, byPerformance: current.scaled - previous.scaled - byRules, items };
};

const leafChange = (previous: YearLeaf | undefined, current: YearLeaf | undefined): LeafChange => {
  const { code, name } = (current ?? previous)!;
  const change = (current?.points ?? 0) - (previous?.points ?? 0);
  const byRules = previous && current ? ruleChange(previous, current) : change;
  return { code, name, previous: previous?.points ?? null, current: current?.points ?? null, byRules, byPerformance: change - byRules };
};

/** A leaf that had no maximum had no share of it. */
const ruleChange = (previous: YearLeaf, current: YearLeaf): Hundredths =>
  previous.max === 0 ? 0 : roundHalfUp(BigInt(previous.points) * BigInt(current.max), BigInt(previous.max)) - previous.points;
