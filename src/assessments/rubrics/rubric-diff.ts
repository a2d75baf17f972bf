import type { CriterionView } from "./rubric.loaders.ts";

interface CriterionChange {
  readonly code: string;
  readonly from: CriterionView | null;
  readonly to: CriterionView | null;
}

const comparedOf = ({ name, maxScore, scale, scoring, indicator, steps }: CriterionView): string =>
  JSON.stringify([name, maxScore, scale, scoring, indicator, steps.map(({ from, points, shape }) => [from, points, shape])]);

/** Changes of criteria by code, in the order of the later rubric; then those that it lacks, in the order of the earlier one. */
export const criterionChanges = (before: readonly CriterionView[], after: readonly CriterionView[]): CriterionChange[] => {
  const old = new Map(before.map((criterion) => [criterion.code, criterion]));
  const codes = new Set(after.map(({ code }) => code));
  const changed = after.flatMap((to): CriterionChange[] => {
    const from = old.get(to.code) ?? null;
    return from && comparedOf(from) === comparedOf(to) ? [] : [{ code: to.code, from, to }];
  });
  return [...changed, ...before.filter(({ code }) => !codes.has(code)).map((from) => ({ code: from.code, from, to: null }))];
};
