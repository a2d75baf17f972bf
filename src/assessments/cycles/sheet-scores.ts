import type { CriterionView } from "../rubrics/rubric.loaders.ts";
import { pointsOf } from "../scoring/points.ts";
import { sumUp } from "../scoring/tree.ts";
import { type BlockSheet, leavesSeen, receiptOn, surveyedOn } from "./block.ts";
import type { ScoreEvidence, ScoreRound } from "./cycle-vocabulary.ts";
import type { StoredReceipt } from "./receipt.ts";
import { pointsAfter, type RoundLeaf } from "./round-points.ts";
import type { ItemTexts, SheetView } from "./sheet.loaders.ts";

export interface ScoreItemView {
  readonly sheet: SheetView;
  /** Of INDICATOR, as frozen when the sheet was handed in. */
  readonly frozen: StoredReceipt | null;
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
  readonly scores: BlockSheet;
  readonly texts: readonly ItemTexts[];
}

type Sums = readonly (number | null | undefined)[];

const nodesOf = (criteria: readonly CriterionView[]) =>
  criteria.map(({ parentPosition }) => ({ parent: parentPosition === null ? null : parentPosition - 1 }));

type Leaves = ReadonlyMap<number, RoundLeaf>;

/** Sums of all nodes, in their order, after a round; a hidden leaf makes the sums above it null. */
const sumsAfter = (round: ScoreRound, { criteria, scores }: SheetContent, leaves: Leaves): Sums =>
  sumUp(nodesOf(criteria), (n) => {
    const { position, scoring, storedSteps: steps } = criteria[n]!;
    const leaf = leaves.get(position);
    return leaf ? pointsAfter(round, { scoring, steps }, leaf, () => surveyedOn(scores, { position })) : null;
  });

/** What each appraisal gave itself, for the columns of the two appraisals. */
const givenBy = (column: "first" | "second", { criteria }: SheetContent, leaves: Leaves): Sums =>
  sumUp(nodesOf(criteria), (n) => {
    const { position, scoring } = criteria[n]!;
    const leaf = leaves.get(position);
    if (leaf && (!leaf.isApplicable || scoring === "SURVEY")) return undefined;
    return leaf?.[column] ?? null;
  });

const shown = (points: number | null | undefined): number | null => (points == null ? null : pointsOf(points));

/** Positions of the leaves that are seen, and of those that apply, with the nodes above them. A hidden leaf counts as one that applies. */
const nodesWith = (criteria: readonly CriterionView[], leaves: Leaves) => {
  const [seen, applicable] = [new Set<number>(), new Set<number>()];
  for (const criterion of criteria) {
    const leaf = leaves.get(criterion.position);
    const isApplicable = criterion.scoring !== null && (leaf?.isApplicable ?? true);
    for (let at: CriterionView | undefined = criterion; at; at = at.parentPosition === null ? undefined : criteria[at.parentPosition - 1]) {
      if (leaf) seen.add(at.position);
      if (isApplicable) applicable.add(at.position);
    }
  }
  return { seen, applicable };
};

/** Leaves that the caller sees, with the nodes above them, in the order of the rubric. */
export const itemsOfContent = (content: SheetContent, sheet: SheetView): ScoreItemView[] => {
  const { criteria, scores, texts } = content;
  const leaves = leavesSeen(scores);
  const [self, final] = [sumsAfter("SELF", content, leaves), sumsAfter("FINAL", content, leaves)];
  const [first, second] = [givenBy("first", content, leaves), givenBy("second", content, leaves)];
  const written = new Map(texts.map((text) => [text.position, text]));
  const { seen, applicable } = nodesWith(criteria, leaves);
  return criteria.flatMap((criterion, n) => {
    const { position } = criterion;
    if (!seen.has(position)) return [];
    const text = written.get(position);
    return {
      ...{ criterion, isApplicable: applicable.has(position), sheet, frozen: receiptOn(scores, criterion) },
      ...{ selfScore: shown(self[n]), firstScore: shown(first[n]), secondScore: shown(second[n]), finalScore: shown(final[n]) },
      ...{ selfNote: text?.selfNote ?? null, firstNote: text?.firstNote ?? null, explanation: text?.explanation ?? null },
      ...{ secondNote: text?.secondNote ?? null, evidence: text?.evidence ?? [] },
    };
  });
};
