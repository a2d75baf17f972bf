import type { CriterionScoring } from "../rubrics/rubric.entity.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { ResultLeaf } from "../scoring/result.ts";
import type { Adjustments } from "../scoring/scaled.ts";
import { pointsAt, type ScoreStep } from "../scoring/steps.ts";
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

/** What a sheet says of a leaf. */
export interface BlockItem {
  readonly position: number;
  readonly isApplicable: boolean;
  readonly self: Hundredths | null;
  readonly first: Hundredths | null;
  readonly second: Hundredths | null;
  /** By a correction after publication; it beats all others. */
  readonly corrected: Hundredths | null;
  readonly receipt: StoredReceipt | null;
  /** Sums of the answers of all groups; weights in hundredths. */
  readonly weighted: number | null;
  readonly answers: number | null;
}

/** The sheet of one member. */
export interface BlockSheet extends Adjustments {
  readonly no: number;
  readonly unitNo: number;
  readonly override: string | null;
  readonly overrideReason: string | null;
  readonly items: readonly BlockItem[];
}

export const surveyedValue = ({ weighted, answers }: Pick<BlockItem, "weighted" | "answers">): number | null =>
  weighted === null || answers === null ? null : surveyValue([{ weighted: weighted / 100, count: answers }]);

/** By a correction, the second or the first appraisal, of INDICATOR the frozen computed points, which are its self-score, or of the survey; null while undecided. */
export const finalPoints = (
  leaf: Pick<BlockLeaf, "scoring" | "steps">,
  item: Omit<BlockItem, "position" | "isApplicable" | "receipt">,
): Hundredths | null => {
  const given = item.corrected ?? item.second ?? item.first;
  if (given !== null) return given;
  if (leaf.scoring === "INDICATOR") return item.self;
  const value = leaf.scoring === "SURVEY" ? surveyedValue(item) : null;
  return value === null ? null : pointsAt(leaf.steps, value);
};

export interface FinalLeaf extends ResultLeaf {
  readonly leaf: BlockLeaf;
  readonly item: BlockItem;
}

/** The leaves of the sheet in the order of the rubric, with their final points. */
export const finalLeaves = (leaves: readonly BlockLeaf[], { items }: BlockSheet): FinalLeaf[] => {
  const byPosition = new Map(items.map((item) => [item.position, item]));
  return leaves.map((leaf) => {
    const item = byPosition.get(leaf.position)!;
    return {
      leaf,
      item,
      isApplicable: item.isApplicable,
      maxPoints: leaf.maxPoints,
      points: item.isApplicable ? finalPoints(leaf, item) : null,
    };
  });
};
