import type { CriterionView } from "../rubrics/rubric.loaders.ts";
import { finalPoints } from "../scoring/final.ts";
import { type Hundredths, pointsOf } from "../scoring/points.ts";
import { adjusted, type Adjustments, scaledScore } from "../scoring/scaled.ts";
import { type SurveySums, surveyValue } from "../scoring/survey.ts";
import { sumUp, totalOf } from "../scoring/tree.ts";
import type { AdjustmentView, SheetView, StoredItem } from "./sheet.loaders.ts";
import { SCORE_ROUNDS, type ScoreEvidence, type ScoreRound } from "./cycle-vocabulary.ts";

export interface ScoreItemView {
  readonly sheet: SheetView;
  /** Null for inner nodes. */
  readonly stored: StoredItem | null;
  readonly criterion: CriterionView;
  readonly isApplicable: boolean;
  readonly selfScore: number | null;
  readonly firstScore: number | null;
  readonly secondScore: number | null;
  readonly finalScore: number | null;
  readonly selfNote: string | null;
  readonly firstNote: string | null;
  readonly explanation: string | null;
  readonly secondNote: string | null;
  readonly evidence: readonly ScoreEvidence[];
}

/** Everything of a sheet that the caller may see. */
export interface SheetContent {
  readonly criteria: readonly CriterionView[];
  readonly items: readonly StoredItem[];
  readonly surveys: readonly (SurveySums & { readonly position: number })[];
}

type Sums = readonly (number | null | undefined)[];

/** Points after a round: null while undecided, undefined for what does not apply or is scored after the round. */
const pointsAfter = (
  round: ScoreRound,
  { scoring, storedSteps }: CriterionView,
  item: StoredItem,
  surveys: readonly SurveySums[],
): Hundredths | null | undefined => {
  if (!item.isApplicable) return undefined;
  if (round === "FINAL") return finalPoints({ scoring, steps: storedSteps }, item, () => surveyValue(surveys));
  if (scoring === "SURVEY") return undefined;
  // The computed points of INDICATOR are its self-score.
  const computed = scoring === "INDICATOR" ? item.self : null;
  if (round === "SELF") return item.self;
  return (round === "FIRST" ? null : item.second) ?? item.first ?? computed;
};

const nodesOf = (criteria: readonly CriterionView[]) =>
  criteria.map(({ parentPosition }) => ({ parent: parentPosition === null ? null : parentPosition - 1 }));

/** Sums of all nodes, in their order, after a round; a hidden leaf makes the sums above it null. */
const sumsAfter = (round: ScoreRound, { criteria, items, surveys }: SheetContent): Sums => {
  const byPosition = new Map(items.map((item) => [item.position, item]));
  const answers = Map.groupBy(surveys, ({ position }) => position);
  return sumUp(nodesOf(criteria), (n) => {
    const item = byPosition.get(n + 1);
    return item ? pointsAfter(round, criteria[n]!, item, answers.get(n + 1) ?? []) : null;
  });
};

/** What each appraisal gave itself, for the columns of the two appraisals. */
const givenBy = (column: "first" | "second", { criteria, items }: SheetContent): Sums => {
  const byPosition = new Map(items.map((item) => [item.position, item]));
  return sumUp(nodesOf(criteria), (n) => {
    const item = byPosition.get(n + 1);
    if (item && (!item.isApplicable || criteria[n]!.scoring === "SURVEY")) return undefined;
    return item?.[column] ?? null;
  });
};

const shown = (points: number | null | undefined): number | null => (points == null ? null : pointsOf(points));

/** Leaves that the caller sees, with the nodes above them, in the order of the rubric. */
export const itemsOfContent = (content: SheetContent, sheet: SheetView): ScoreItemView[] => {
  const { criteria, items } = content;
  const [self, final, first, second] = [
    sumsAfter("SELF", content),
    sumsAfter("FINAL", content),
    givenBy("first", content),
    givenBy("second", content),
  ];
  const byPosition = new Map(items.map((item) => [item.position, item]));
  const seen = new Set<number>();
  const applicable = new Set<number>();
  for (const criterion of criteria) {
    const item = byPosition.get(criterion.position);
    // A hidden leaf counts as one that applies.
    const isApplicable = criterion.scoring !== null && (item?.isApplicable ?? true);
    for (let at: CriterionView | undefined = criterion; at; at = at.parentPosition === null ? undefined : criteria[at.parentPosition - 1]) {
      if (item) seen.add(at.position);
      if (isApplicable) applicable.add(at.position);
    }
  }
  return criteria.flatMap((criterion, n) => {
    const { position } = criterion;
    if (!seen.has(position)) return [];
    const item = byPosition.get(position);
    return {
      ...{ criterion, isApplicable: applicable.has(position), sheet, stored: item ?? null },
      ...{ selfScore: shown(self[n]), firstScore: shown(first[n]), secondScore: shown(second[n]), finalScore: shown(final[n]) },
      ...{ selfNote: item?.selfNote ?? null, firstNote: item?.firstNote ?? null, explanation: item?.explanation ?? null },
      ...{ secondNote: item?.secondNote ?? null, evidence: item?.evidence ?? [] },
    };
  });
};

export const adjustmentsOfSheet = (adjustments: readonly Pick<AdjustmentView, "kind" | "points">[]): Adjustments => {
  const sum = (kind: AdjustmentView["kind"]) => adjustments.reduce((total, one) => total + (one.kind === kind ? one.points : 0), 0);
  return { bonus: sum("BONUS"), penalty: sum("PENALTY") };
};

/** Null while a leaf is undecided. */
const pointsOfRound = (round: ScoreRound, content: SheetContent): Hundredths | null => {
  const total = totalOf(nodesOf(content.criteria), sumsAfter(round, content));
  return total === undefined ? 0 : total;
};

export const totalsOf = (content: SheetContent, adjustments: Adjustments): Readonly<Record<ScoreRound, number | null>> =>
  Object.fromEntries(
    SCORE_ROUNDS.map((round) => {
      const points = pointsOfRound(round, content);
      return [round, shown(points === null || round !== "FINAL" ? points : adjusted(points, adjustments))];
    }),
  ) as Record<ScoreRound, number | null>;

const maxApplicableOf = ({ criteria, items }: SheetContent): Hundredths =>
  items.reduce((sum, { position, isApplicable }) => sum + (isApplicable ? criteria[position - 1]!.maxPoints : 0), 0);

export const maximumOf = (content: SheetContent): number => pointsOf(maxApplicableOf(content));

/** What ranks and classes go by; null while a leaf is undecided, or where none applies. */
export const scaledOf = (content: SheetContent, adjustments: Adjustments): number | null => {
  const points = pointsOfRound("FINAL", content);
  const maxScore = content.criteria.reduce((sum, { scoring, maxPoints }) => sum + (scoring === null ? 0 : maxPoints), 0);
  return points === null ? null : shown(scaledScore(points, { maxApplicable: maxApplicableOf(content), maxScore }, adjustments));
};
