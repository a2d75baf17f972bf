import type { RequestContext } from "../../access/request-context.ts";
import { finalLeaves } from "../cycles/block.ts";
import { cycleLoaders } from "../cycles/cycle.loaders.ts";
import type { SheetView } from "../cycles/sheet.loaders.ts";
import { publishedSheetLoaders } from "../publications/published-sheet.loaders.ts";
import { type YearLeaf, changeBetween } from "../scoring/change.ts";
import { type Hundredths, pointsOf } from "../scoring/points.ts";
import { blockReader } from "./block.service.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "use">;

export interface ScoreChange {
  readonly previousTotal: number;
  readonly total: number;
  readonly byRules: number;
  readonly byPerformance: number;
  readonly items: readonly {
    readonly code: string;
    readonly name: string;
    readonly previous: number | null;
    readonly current: number | null;
    readonly byRules: number;
    readonly byPerformance: number;
  }[];
}

interface Leaf {
  readonly isApplicable: boolean;
  readonly code: string;
  readonly name: string;
  readonly maxPoints: Hundredths;
  readonly points: Hundredths | null;
}

/** Leaves that did not apply are none of the year. */
const yearLeaves = (leaves: readonly Leaf[]): YearLeaf[] =>
  leaves.flatMap(({ isApplicable, code, name, maxPoints, points }) =>
    isApplicable ? [{ code, name, max: maxPoints, points: points! }] : [],
  );

/**
 * The change against the result of the same unit, index and block that was published for the year before. Null while a criterion is open, without such a result, and for those
 * who see only some criteria.
 */
export const changeOfSheet = async (context: Asking, sheet: SheetView): Promise<ScoreChange | null> => {
  if (!sheet.isWhole) return null;
  const before = await context.use(publishedSheetLoaders).yearBefore.load(sheet.no);
  const cycle = (await context.use(cycleLoaders).cycleByNo.load(sheet.cycleNo))!;
  const block = await context.use(blockReader)(cycle);
  const own = block.sheets.find((one) => one.sheet.no === sheet.no)!;
  if (!before || before.scaled === null || own.scaled === null) return null;
  const current = {
    scaled: own.scaled,
    leaves: yearLeaves(finalLeaves(block.leaves, own.sheet).map(({ leaf, ...scored }) => ({ ...leaf, ...scored }))),
  };
  const { byRules, byPerformance, items } = changeBetween({ scaled: before.scaled, leaves: yearLeaves(before.leaves) }, current);
  const shown = (points: Hundredths | null) => (points === null ? null : pointsOf(points));
  return {
    ...{
      previousTotal: pointsOf(before.scaled),
      total: pointsOf(own.scaled),
      byRules: pointsOf(byRules),
      byPerformance: pointsOf(byPerformance),
    },
    items: items.map(({ previous, current: now, ...item }) => ({
      ...{ code: item.code, name: item.name, previous: shown(previous), current: shown(now) },
      ...{ byRules: pointsOf(item.byRules), byPerformance: pointsOf(item.byPerformance) },
    })),
  };
};
