import type { RequestContext } from "../../access/request-context.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { indicatorLoaders } from "../../indicators/indicator.loaders.ts";
import { indicatorNamed } from "../../indicators/indicator.ts";
import { ratesOfIndicators } from "../../indicators/indicator.service.ts";
import type { Period } from "../../lib/time/period.ts";
import type { Rate } from "../../rollups/rate.ts";
import type { Hundredths } from "../scoring/points.ts";
import type { LeafScore } from "../scoring/projection.ts";
import { scoreOfValue } from "../scoring/receipt.ts";
import type { ScoreStep } from "../scoring/steps.ts";

/** A leaf that is computed of an indicator. */
export interface ComputedLeaf {
  readonly position: number;
  readonly indicator: string;
  readonly steps: readonly ScoreStep[];
  readonly maxPoints: Hundredths;
}

/** The points of a computed leaf, and the rate that they come of. */
export interface ComputedScore extends LeafScore {
  readonly position: number;
  readonly rate: Rate;
}

/**
 * Works out the leaves of one unit's subtree, as the caller sees it. Calls for all units of a block share their statements, because the loaders of the context
 * batch them.
 */
export const computeLeaves = async (
  context: Pick<RequestContext, "use">,
  unit: UnitView,
  period: Period,
  leaves: readonly ComputedLeaf[],
): Promise<ComputedScore[]> => {
  const loaders = context.use(indicatorLoaders, unit.evidence);
  const indicators = leaves.map(({ indicator }) => indicatorNamed(indicator));
  const rates = await ratesOfIndicators(loaders, { unit, period }, indicators);
  return leaves.map(({ position, steps, maxPoints }, n) => ({ position, rate: rates[n]!, ...scoreOfValue(steps, maxPoints, rates[n]!) }));
};
