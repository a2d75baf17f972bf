import type { CriterionScoring } from "../rubrics/rubric.entity.ts";
import { finalPoints } from "../scoring/final.ts";
import type { Hundredths } from "../scoring/points.ts";
import { type ResultLeaf, resultOf, type SheetResult } from "../scoring/result.ts";
import type { Adjustments } from "../scoring/scaled.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import { surveyValue } from "../scoring/survey.ts";
import type { ScoreRound } from "./cycle-vocabulary.ts";
import type { StoredReceipt } from "./receipt.ts";
import { pointsAfter, type RoundLeaf } from "./round-points.ts";

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

export const maxPointsOf = (leaves: readonly BlockLeaf[]): Hundredths => leaves.reduce((sum, { maxPoints }) => sum + maxPoints, 0);

type Column = readonly (Hundredths | null)[];

/** The sheet of one member. Scores are columns over the leaves in the order of the rubric, because a block of all communes has more than a hundred thousand of them. */
export interface BlockSheet extends Adjustments {
  readonly no: number;
  readonly unitNo: number;
  readonly override: string | null;
  readonly overrideReason: string | null;
  readonly scores: {
    /** Of all leaves, or of those that the caller sees. */
    readonly positions: readonly number[];
    readonly self: Column;
    readonly first: Column;
    readonly second: Column;
    readonly corrected: Column;
    /** Positions of the leaves that do not apply. */
    readonly inapplicable: readonly number[] | null;
    /** By position. */
    readonly receipts: Readonly<Record<number, StoredReceipt>> | null;
  };
  /** By position, weights in hundredths. */
  readonly surveys: Readonly<Record<number, readonly [weighted: number, answers: number]>> | null;
}

export const appliesTo = ({ scores }: BlockSheet, { position }: Pick<BlockLeaf, "position">): boolean =>
  scores.inapplicable?.includes(position) !== true;

export const receiptOn = ({ scores }: BlockSheet, { position }: Pick<BlockLeaf, "position">): StoredReceipt | null =>
  scores.receipts?.[position] ?? null;

const leafAt = (sheet: BlockSheet, position: number, n: number): RoundLeaf => {
  const { self, first, second, corrected } = sheet.scores;
  return { isApplicable: appliesTo(sheet, { position }), self: self[n]!, first: first[n]!, second: second[n]!, corrected: corrected[n]! };
};

/** The leaves that the caller sees, by position. */
export const leavesSeen = (sheet: BlockSheet): Map<number, RoundLeaf> =>
  new Map(sheet.scores.positions.map((position, n) => [position, leafAt(sheet, position, n)]));

/** The value of a leaf of SURVEY; null while nobody answered. */
export const surveyedOn = ({ surveys }: BlockSheet, { position }: Pick<BlockLeaf, "position">): number | null => {
  const sums = surveys?.[position];
  return sums ? surveyValue([{ weighted: sums[0] / 100, count: sums[1] }]) : null;
};

/** Points of the leaf at this index of the rubric; null while undecided. */
export const finalPointsAt = (sheet: BlockSheet, leaf: BlockLeaf, n: number): Hundredths | null =>
  finalPoints(leaf, leafAt(sheet, leaf.position, n), () => surveyedOn(sheet, leaf));

export interface FinalLeaf extends ResultLeaf {
  readonly leaf: BlockLeaf;
  readonly receipt: StoredReceipt | null;
}

/** The leaves of the sheet in the order of the rubric, with their final points. */
export const finalLeaves = (leaves: readonly BlockLeaf[], sheet: BlockSheet): FinalLeaf[] =>
  leaves.map((leaf, n) => {
    const isApplicable = appliesTo(sheet, leaf);
    const points = isApplicable ? finalPointsAt(sheet, leaf, n) : null;
    return { leaf, isApplicable, receipt: receiptOn(sheet, leaf), maxPoints: leaf.maxPoints, points };
  });

/** The result of a sheet of a rubric with this maximum. */
export const resultOfSheet = (leaves: readonly BlockLeaf[], maxScore: Hundredths, sheet: BlockSheet): SheetResult =>
  resultOf(finalLeaves(leaves, sheet), maxScore, sheet);

/** The sum of the leaves after a round before the last, without bonus and penalty; null while one is undecided. */
export const sumAfter = (round: Exclude<ScoreRound, "FINAL">, leaves: readonly BlockLeaf[], sheet: BlockSheet): Hundredths | null => {
  let sum: Hundredths = 0;
  for (const [n, leaf] of leaves.entries()) {
    const points = pointsAfter(round, leaf, leafAt(sheet, leaf.position, n), () => null);
    if (points === null) return null;
    sum += points ?? 0;
  }
  return sum;
};
