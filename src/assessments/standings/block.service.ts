import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { cutLoaders } from "../../counters/cut.loaders.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import { appliesTo, type BlockLeaf, type BlockSheet, finalLeaves, finalPointsAt, receiptOn } from "../cycles/block.ts";
import { blockLoaders } from "../cycles/block.loaders.ts";
import { readBlock } from "../cycles/block.store.ts";
import { type ComputedLeaf, computeLeaves, type ComputedScore } from "../cycles/computed.service.ts";
import { cycleLoaders, type CycleView } from "../cycles/cycle.loaders.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { bandsOf, type ScoreBand } from "../scoring/bands.ts";
import { type Hundredths, hundredthsOf } from "../scoring/points.ts";
import { decidedLeaf, type LeafScore, project, type Projection, sumLeaves, undecidedLeaf } from "../scoring/projection.ts";
import { resultOfSum, type SheetResult } from "../scoring/result.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "use">;

/** A sheet with its result, and what it may still become. */
export interface ProjectedSheet extends SheetResult {
  readonly sheet: BlockSheet;
  readonly unit: UnitView;
  readonly isRanked: boolean;
  /** Leaves that are computed and not decided, worked out now. */
  readonly computed: readonly ComputedScore[];
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

/** A caller who covers the organiser sees every sheet; any other sees those of the units that it covers. */
const wholeSheets = async (context: Asking, { no, organiserNo }: CycleView): Promise<BlockSheet[]> => {
  const coversAll = await context.use(cutLoaders).viewerCovers.load(organiserNo);
  return readBlock(context.session.scoped(rowScope(context.viewer)), no, coversAll ? null : grantsFor(context.viewer, "VIEWER"));
};

const projectBlock = async (context: Asking, cycle: CycleView): Promise<ProjectedBlock> => {
  const [rubric, leaves, stored, units] = await Promise.all([
    context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo),
    context.use(blockLoaders).leavesOf.load(cycle.rubricNo),
    wholeSheets(context, cycle),
    context.use(cycleLoaders).membersOf.load(cycle),
  ]);
  const byNo = new Map(units.map((unit) => [unit.no, unit]));
  const maxPoints = hundredthsOf(rubric!.maxScore)!;
  const sheets = await Promise.all(
    stored.map((sheet) => projectSheet(context, { cycle, leaves, maxPoints, sheet, unit: byNo.get(sheet.unitNo)! })),
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
  const { points, undecided, isDecided, maxApplicable, open } = sumLeavesOf(leaves, sheet);
  const computed = open.length === 0 ? NONE : await livingScores(context, cycle, unit, open);
  const scale = { maxApplicable, maxScore: maxPoints };
  const living = sumLeaves(computed);
  const sums = { points: points + living.points, least: points + living.least, most: points + living.most + undecided };
  return {
    ...{ sheet, unit, computed, isRanked: !(unit.no in cycle.unranked) },
    ...resultOfSum(isDecided ? points : null, scale, sheet),
    projection: project(sums, scale, sheet),
  };
};

const NONE: readonly ComputedScore[] = [];

/** One pass over the leaves that apply: decided points, maxima of those that are not, and the computed ones among these. */
const sumLeavesOf = (leaves: readonly BlockLeaf[], sheet: BlockSheet) => {
  let [points, undecided, maxApplicable, isDecided] = [0, 0, 0, true];
  const open: BlockLeaf[] = [];
  for (const [n, leaf] of leaves.entries()) {
    if (!appliesTo(sheet, leaf)) continue;
    maxApplicable += leaf.maxPoints;
    const decided = finalPointsAt(sheet, leaf, n);
    isDecided &&= decided !== null;
    if (decided !== null) points += decided;
    else if (leaf.indicator !== null && receiptOn(sheet, leaf) === null) open.push(leaf);
    else undecided += leaf.maxPoints;
  }
  return { points, undecided, isDecided, maxApplicable, open };
};

/** By position, what each leaf that applies has, or may still have. */
export const scoresOf = (leaves: readonly BlockLeaf[], { sheet, computed }: ProjectedSheet): Map<number, LeafScore> => {
  const living = new Map(computed.map((score) => [score.position, score]));
  return new Map(
    finalLeaves(leaves, sheet)
      .filter(({ isApplicable }) => isApplicable)
      .map(({ leaf: { position, maxPoints }, points }) => [
        position,
        points === null ? (living.get(position) ?? undecidedLeaf(maxPoints)) : decidedLeaf(points),
      ]),
  );
};

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
