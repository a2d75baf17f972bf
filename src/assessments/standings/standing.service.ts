import type { RequestContext } from "../../access/request-context.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { parseAssessmentId } from "../assessment-id.ts";
import type { BlockLeaf } from "../cycles/block.ts";
import { cycleLoaders, type CycleView } from "../cycles/cycle.loaders.ts";
import type { SheetView } from "../cycles/sheet.loaders.ts";
import { faultOfPoints } from "../point-check.ts";
import { type Hundredths, hundredthsOf, pointsOf } from "../scoring/points.ts";
import { decidedLeaf, type LeafScore, placesInBlock, project, projectedClass, type Projection, sumLeaves } from "../scoring/projection.ts";
import { ranksOf } from "../scoring/rank.ts";
import { pointsAt } from "../scoring/steps.ts";
import { type Classification, classificationOf } from "../vocabulary.ts";
import { blockReader, type ProjectedBlock, type ProjectedSheet, scoresOf } from "./block.service.ts";
import type { WhatIfInput } from "./standing.input.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "use">;

export interface ProjectedScore {
  readonly total: number;
  readonly low: number;
  readonly high: number;
  readonly classification: Classification | null;
  readonly bestRank: number | null;
  readonly worstRank: number | null;
}

export interface Standing {
  readonly unit: UnitView;
  readonly total: number | null;
  readonly scaled: number | null;
  readonly rank: number | null;
  readonly bestRank: number;
  readonly worstRank: number;
  readonly classification: Classification | null;
}

const pointsOrNull = (points: Hundredths | null): number | null => (points === null ? null : pointsOf(points));

/** What a publication now would say of the ranked members: ranks of those that are decided, and the places that each may still take. */
export const standingsOf = async (context: Asking, cycle: CycleView): Promise<Standing[]> => {
  const block = await context.use(blockReader)(cycle);
  if (!block.isComplete) throw new DomainError("FORBIDDEN", "Standings need the role VIEWER on the organiser, or on every member");
  const places = placesInBlock(block.sheets);
  const ranks = ranksOf(block.sheets.map(({ scaled, isRanked }) => (isRanked ? scaled : null)));
  const standings = block.sheets.flatMap((sheet, n): Standing[] => {
    const place = places[n];
    if (!place) return [];
    const { unit, total, scaled, projection } = sheet;
    const classification = classificationOf(projectedClass(block.bands, projection!, sheet.sheet.override) ?? undefined);
    return [{ ...{ unit, total: pointsOrNull(total), scaled: pointsOrNull(scaled), rank: ranks[n]!, classification }, ...place }];
  });
  return standings.toSorted(
    (a, b) => a.bestRank - b.bestRank || a.worstRank - b.worstRank || (a.unit.code < b.unit.code ? -1 : a.unit.code > b.unit.code ? 1 : 0),
  );
};

/** By position, what each leaf that applies has, or may still have. */
type Scores = ReadonlyMap<number, LeafScore>;

/** Null for those who see only some criteria, and where no criterion applies. */
export const projectedOf = (context: Asking, sheet: SheetView): Promise<ProjectedScore | null> =>
  projectionWith(context, sheet, (own) => own.projection);

/** The projection with these points or values. @throws BadUserInput for a criterion that cannot have them. */
export const whatIf = (context: Asking, sheet: SheetView, changes: readonly WhatIfInput[]): Promise<ProjectedScore | null> =>
  projectionWith(context, sheet, (own, { leaves, maxPoints }) => {
    const scores = scoresOf(leaves, own);
    const changed = changedScores(changes, sheet.rubricNo, leaves, scores);
    const sums = sumLeaves(new Map([...scores, ...changed]).values());
    return project(sums, { maxApplicable: own.maxApplicable, maxScore: maxPoints }, own.sheet);
  });

const changedScores = (changes: readonly WhatIfInput[], rubricNo: number, leaves: readonly BlockLeaf[], scores: Scores): Scores => {
  const byPosition = new Map(leaves.filter(({ position }) => scores.has(position)).map((leaf) => [leaf.position, leaf]));
  const changed = new Map<number, LeafScore>();
  for (const [n, change] of changes.entries()) {
    const [no, position] = parseAssessmentId("criterion", change.criterion) ?? [];
    const leaf = no === rubricNo ? byPosition.get(position!) : undefined;
    const place = `changes[${n}].criterion`;
    if (!leaf) throw new BadUserInput(place, change.criterion, "must be a leaf of the rubric that applies to the unit");
    if (changed.has(leaf.position)) throw new BadUserInput(place, change.criterion, "must not occur twice");
    changed.set(leaf.position, decidedLeaf(changedPoints(change, n, leaf)));
  }
  return changed;
};

const changedPoints = ({ points, value }: WhatIfInput, n: number, leaf: BlockLeaf): Hundredths => {
  if ((points == null) === (value == null))
    throw new BadUserInput(`changes[${n}]`, { points, value }, "must have exactly one of points and value");
  if (value != null) {
    if (leaf.scoring === "MANUAL")
      throw new BadUserInput(`changes[${n}].value`, value, `must be left out, because criterion ${leaf.code} has points and no value`);
    return pointsAt(leaf.steps, value);
  }
  if (faultOfPoints(points!, leaf.maxPoints) !== null)
    throw new BadUserInput(`changes[${n}].points`, points, `must be from 0 to ${pointsOf(leaf.maxPoints)} with at most two decimals`);
  return hundredthsOf(points!)!;
};

const projectionWith = async (
  context: Asking,
  { no, cycleNo, isWhole }: SheetView,
  projectionOf: (own: ProjectedSheet, block: ProjectedBlock) => Projection | null,
): Promise<ProjectedScore | null> => {
  if (!isWhole) return null;
  const cycle = (await context.use(cycleLoaders).cycleByNo.load(cycleNo))!;
  const block = await context.use(blockReader)(cycle);
  const index = block.sheets.findIndex(({ sheet }) => sheet.no === no);
  const own = block.sheets[index]!;
  const projection = projectionOf(own, block);
  if (projection === null) return null;
  const places = block.isComplete ? placesInBlock(block.sheets.with(index, { ...own, projection }))[index] : null;
  const { total, low, high } = projection;
  return {
    ...{ total: pointsOf(total), low: pointsOf(low), high: pointsOf(high) },
    classification: classificationOf(projectedClass(block.bands, projection, own.sheet.override) ?? undefined),
    ...{ bestRank: places?.bestRank ?? null, worstRank: places?.worstRank ?? null },
  };
};
