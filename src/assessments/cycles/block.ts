import type { CriterionScoring } from "../rubrics/rubric.entity.ts";
import { finalPoints } from "../scoring/final.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { ResultLeaf } from "../scoring/result.ts";
import type { Adjustments } from "../scoring/scaled.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import { surveyValue } from "../scoring/survey.ts";
import type { StoredReceipt } from "./receipt.ts";

/** A leaf of the rubric of a block. */
export interface BlockLeaf {
  readonly position: number;
  readonly code: string;
  readonly name: string;
  readonly maxPoints: Hundredths;
  readonly scoring: CriterionScoring;
  readonly indicator: string | null;
  readonly steps: readonly ScoreStep[];
}

/** What a sheet says of a leaf. An array, because a block of all communes of the country has more than a hundred thousand. */
export type BlockItem = readonly [
  position: number,
  isApplicable: boolean,
  self: Hundredths | null,
  first: Hundredths | null,
  second: Hundredths | null,
  corrected: Hundredths | null,
  receipt: StoredReceipt | null,
  weighted: number | null,
  answers: number | null,
];

/** The sheet of one member. */
export interface BlockSheet extends Adjustments {
  readonly no: number;
  readonly unitNo: number;
  readonly override: string | null;
  readonly overrideReason: string | null;
  readonly items: readonly BlockItem[];
}

/** Null while undecided. */
export const finalPointsOf = (leaf: BlockLeaf, [, , self, first, second, corrected, , weighted, answers]: BlockItem): Hundredths | null =>
  finalPoints(leaf, { self, first, second, corrected }, () =>
    weighted === null || answers === null ? null : surveyValue([{ weighted: weighted / 100, count: answers }]),
  );

export interface FinalLeaf extends ResultLeaf {
  readonly leaf: BlockLeaf;
  readonly receipt: StoredReceipt | null;
}

/** The leaves of the sheet in the order of the rubric, with their final points. */
export const finalLeaves = (leaves: readonly BlockLeaf[], { items }: BlockSheet): FinalLeaf[] => {
  const byPosition = new Map(items.map((item) => [item[0], item]));
  return leaves.map((leaf) => {
    const item = byPosition.get(leaf.position)!;
    const [, isApplicable, , , , , receipt] = item;
    return { leaf, isApplicable, receipt, maxPoints: leaf.maxPoints, points: isApplicable ? finalPointsOf(leaf, item) : null };
  });
};
