import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { Rate } from "../../rollups/rate.ts";
import { type BlockLeaf, surveyedOn } from "../cycles/block.ts";
import { blockLoaders } from "../cycles/block.loaders.ts";
import type { ComputedScore } from "../cycles/computed.service.ts";
import { cycleLoaders } from "../cycles/cycle.loaders.ts";
import type { StoredReceipt } from "../cycles/receipt.ts";
import type { ScoreItemView } from "../cycles/sheet-scores.ts";
import { type Hundredths, pointsOf } from "../scoring/points.ts";
import { pointsAt } from "../scoring/steps.ts";
import { livingScores } from "./block.service.ts";

type Asking = Pick<RequestContext, "use" | "now">;

export interface ScoreReceipt {
  readonly value: number | null;
  readonly rate: Rate | null;
  readonly lowPoints: number | null;
  readonly highPoints: number | null;
  readonly at: string;
}

const shownReceipt = ({ rate, points, least, most, at }: StoredReceipt): ScoreReceipt => ({
  ...{ value: rate.value, rate, at },
  lowPoints: points === null ? null : pointsOf(least),
  highPoints: points === null ? null : pointsOf(most),
});

/** A computed score as it is stored. */
export const frozenReceipt = ({ points, least, most, rate }: Omit<ComputedScore, "position">, at: Date): StoredReceipt => ({
  ...{ points, least, most, rate },
  at: at.toISOString(),
});

/** The receipt of a leaf; of INDICATOR as frozen, or worked out now while it is not. */
export const receiptOf = (context: Asking, item: ScoreItemView): Promise<ScoreReceipt | null> | ScoreReceipt | null => {
  if (item.criterion.scoring === "SURVEY") return surveyReceipt(context, item);
  return item.frozen ? shownReceipt(item.frozen) : livingReceiptOf(context, item);
};

/** Of INDICATOR, worked out now; null for any other criterion, and for one that does not apply. */
export const livingReceiptOf = async (context: Asking, { criterion, sheet, isApplicable }: ScoreItemView): Promise<ScoreReceipt | null> => {
  if (criterion.scoring !== "INDICATOR" || !isApplicable) return null;
  const cycle = (await context.use(cycleLoaders).cycleByNo.load(sheet.cycleNo))!;
  const unit = (await context.use(unitLoaders).unitOn.load({ no: sheet.unitNo, asOf: sheet.asOf }))!;
  const leaf: BlockLeaf = { ...criterion, scoring: criterion.scoring, steps: criterion.storedSteps };
  const [score] = await livingScores(context, cycle, unit, [leaf]);
  return shownReceipt(frozenReceipt(score!, context.now));
};

const surveyReceipt = async (context: Asking, { criterion, sheet }: ScoreItemView): Promise<ScoreReceipt | null> => {
  const value = surveyedOn(await context.use(blockLoaders).scoresOf.load(sheet), criterion);
  if (value === null) return null;
  const points: Hundredths = pointsAt(criterion.storedSteps, value);
  return { value, rate: null, lowPoints: pointsOf(points), highPoints: pointsOf(points), at: context.now.toISOString() };
};
