import type { BlockLeaf, BlockSheet } from "../cycles/block.ts";
import { finalLeaves } from "../cycles/block.ts";
import type { StoredReceipt } from "../cycles/receipt.ts";
import type { ScoreBand } from "../scoring/bands.ts";
import type { Hundredths } from "../scoring/points.ts";
import { placeMembers } from "../scoring/ranking.ts";
import { resultOf, type SheetResult } from "../scoring/result.ts";

/** A leaf as it was when the result was published. */
export interface FrozenLeaf {
  readonly position: number;
  readonly code: string;
  readonly name: string;
  readonly maxPoints: Hundredths;
  readonly isApplicable: boolean;
  /** Null where it was undecided or did not apply. */
  readonly points: Hundredths | null;
  readonly receipt: StoredReceipt | null;
}

/** The result of one member, as a publication says it. */
export interface FrozenResult extends SheetResult {
  readonly sheet: BlockSheet;
  readonly leaves: readonly FrozenLeaf[];
  readonly rank: number | null;
  readonly classification: string | null;
}

export interface Block {
  readonly maxPoints: Hundredths;
  readonly bands: readonly ScoreBand[];
  readonly leaves: readonly BlockLeaf[];
  readonly sheets: readonly BlockSheet[];
  /** Numbers of the members that are scored and not ranked. */
  readonly unranked: ReadonlySet<number>;
}

/** The results, ranks and classes of a block as its sheets stand. */
export const freezeBlock = ({ maxPoints, bands, leaves, sheets, unranked }: Block): FrozenResult[] => {
  const results = sheets.map((sheet) => {
    const final = finalLeaves(leaves, sheet);
    const frozen = final.map(({ leaf, receipt, isApplicable, points }) => ({
      ...{ position: leaf.position, code: leaf.code, name: leaf.name, maxPoints: leaf.maxPoints },
      ...{ isApplicable, points, receipt },
    }));
    return { sheet, leaves: frozen, ...resultOf(final, maxPoints, sheet) };
  });
  const placings = placeMembers(
    bands,
    results.map(({ sheet, scaled }) => ({ scaled, isRanked: !unranked.has(sheet.unitNo), override: sheet.override })),
  );
  return results.map((result, index) => ({ ...result, ...placings[index]! }));
};

export const undecidedLeaves = ({ leaves }: Pick<FrozenResult, "leaves">): FrozenLeaf[] =>
  leaves.filter(({ isApplicable, points }) => isApplicable && points === null);
