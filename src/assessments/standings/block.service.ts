import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import type { UnitView } from "../../hierarchy/unit.loaders.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import { type FinalLeaf, finalLeaves, type BlockLeaf, type BlockSheet } from "../cycles/block.ts";
import { readBlock, readLeaves } from "../cycles/block.store.ts";
import { type ComputedLeaf, computeLeaves, type ComputedScore } from "../cycles/computed.service.ts";
import { cycleLoaders, type CycleView } from "../cycles/cycle.loaders.ts";
import { sheetLoaders } from "../cycles/sheet.loaders.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { bandsOf, type ScoreBand } from "../scoring/bands.ts";
import { type Hundredths, hundredthsOf } from "../scoring/points.ts";
import { decidedLeaf, type LeafScore, project, type Projection, undecidedLeaf } from "../scoring/projection.ts";
import { resultOf, type SheetResult } from "../scoring/result.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "use">;

/** A sheet with what each of its leaves has, or may still have. */
export interface ProjectedSheet extends SheetResult {
  readonly sheet: BlockSheet;
  readonly unit: UnitView;
  readonly isRanked: boolean;
  /** By position, of the leaves that apply. */
  readonly scores: ReadonlyMap<number, LeafScore>;
  readonly final: readonly FinalLeaf[];
  readonly projection: Projection | null;
}

/** The sheets of a cycle that the caller sees as a whole. */
export interface ProjectedBlock {
  readonly leaves: readonly BlockLeaf[];
  readonly bands: readonly ScoreBand[];
  readonly maxPoints: Hundredths;
  readonly sheets: readonly ProjectedSheet[];
  /** True if the caller sees every sheet of the cycle, and so may know ranks. */
  readonly isComplete: boolean;
}

/** A factory for `context.use`, so that all fields of a request work a block out once. */
export const blockReader = (context: Asking) => {
  const blocks = new Map<number, Promise<ProjectedBlock>>();
  return (cycle: CycleView): Promise<ProjectedBlock> => {
    const found = blocks.get(cycle.no) ?? projectBlock(context, cycle);
    blocks.set(cycle.no, found);
    return found;
  };
};

const projectBlock = async (context: Asking, cycle: CycleView): Promise<ProjectedBlock> => {
  const reader = context.session.scoped(rowScope(context.viewer));
  const { membersOf } = context.use(cycleLoaders);
  const { sheetsOf } = context.use(sheetLoaders);
  const [rubric, leaves, stored, units, views] = await Promise.all([
    context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo),
    readLeaves(reader, cycle.rubricNo),
    readBlock(reader, cycle.no),
    membersOf.load(cycle.no),
    sheetsOf.load(cycle.no),
  ]);
  const seen = new Set(views.filter(({ isWhole }) => isWhole).map(({ no }) => no));
  const byNo = new Map(units.map((unit) => [unit.no, unit]));
  const maxPoints = hundredthsOf(rubric!.maxScore)!;
  const sheets = await Promise.all(
    stored
      .filter(({ no }) => seen.has(no))
      .map((sheet) => projectSheet(context, { cycle, leaves, maxPoints, sheet, unit: byNo.get(sheet.unitNo)! })),
  );
  const bands = bandsOf(rubric!.bands);
  return { leaves, bands, maxPoints, sheets, isComplete: sheets.length === cycle.memberNos.length };
};

interface Sheet {
  readonly cycle: CycleView;
  readonly leaves: readonly BlockLeaf[];
  readonly maxPoints: Hundredths;
  readonly sheet: BlockSheet;
  readonly unit: UnitView;
}

const projectSheet = async (context: Asking, { cycle, leaves, maxPoints, sheet, unit }: Sheet): Promise<ProjectedSheet> => {
  const final = finalLeaves(leaves, sheet);
  const open = final
    .filter(({ isApplicable, points, item }) => isApplicable && points === null && item.receipt === null)
    .map(({ leaf }) => leaf);
  const computed = await livingScores(context, cycle, unit, open);
  const living = new Map(computed.map((score) => [score.position, score]));
  const applicable = final.filter(({ isApplicable }) => isApplicable);
  const scores = new Map(
    applicable.map(({ leaf, points }) => [
      leaf.position,
      points === null ? (living.get(leaf.position) ?? undecidedLeaf(leaf.maxPoints)) : decidedLeaf(points),
    ]),
  );
  const result = resultOf(final, maxPoints, sheet);
  return {
    ...{ ...result, sheet, unit, scores, final, isRanked: !(unit.no in cycle.unranked) },
    projection: projectionOf(scores.values(), maxPoints, { ...sheet, maxApplicable: result.maxApplicable }),
  };
};

export const projectionOf = (
  scores: Iterable<LeafScore>,
  maxScore: Hundredths,
  { maxApplicable, bonus, penalty }: Pick<BlockSheet, "bonus" | "penalty"> & Pick<SheetResult, "maxApplicable">,
): Projection | null => project(scores, { maxApplicable, maxScore }, { bonus, penalty });

/** The computed leaves among these, worked out now. */
export const livingScores = (
  context: Pick<RequestContext, "use">,
  { period }: CycleView,
  unit: UnitView,
  leaves: readonly BlockLeaf[],
): Promise<ComputedScore[]> =>
  computeLeaves(
    context,
    unit,
    parsePeriod("period", period.name),
    leaves.filter((leaf): leaf is BlockLeaf & ComputedLeaf => leaf.indicator !== null),
  );
