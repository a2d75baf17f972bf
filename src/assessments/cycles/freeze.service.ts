import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import { assessmentIdOf, parseNumberId } from "../assessment-id.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { pointsOf } from "../scoring/points.ts";
import { type ComputedLeaf, computeLeaves } from "./computed.service.ts";
import { cycleLoaders } from "./cycle.loaders.ts";
import type { NewReceipt } from "./receipt.store.ts";
import { sheetLoaders, type SheetView } from "./sheet.loaders.ts";

type Asking = Pick<RequestContext, "use" | "now">;

const receiptsOf = async (context: Asking, sheet: SheetView): Promise<NewReceipt[]> => {
  const criteria = await context.use(rubricLoaders).criteriaOf.load(sheet.rubricNo);
  const leaves = criteria.flatMap(({ position, indicator, storedSteps: steps, maxPoints }): ComputedLeaf[] =>
    indicator === null ? [] : [{ position, indicator, steps, maxPoints }],
  );
  if (leaves.length === 0) return [];
  const cycle = (await context.use(cycleLoaders).cycleByNo.load(sheet.cycleNo))!;
  const unit = (await context.use(unitLoaders).unitOn.load({ no: sheet.unitNo, asOf: sheet.asOf }))!;
  const scores = await computeLeaves(context, unit, parsePeriod("period", cycle.period.name), leaves);
  const at = context.now.toISOString();
  return scores.map(({ position, ...receipt }) => ({
    sheetNo: sheet.no,
    position,
    code: criteria[position - 1]!.code,
    receipt: { ...receipt, at },
  }));
};

/** The computed leaves of a sheet, worked out now; none for a sheet that the caller does not see. */
export const receiptsOfSheet = async (context: Asking, id: string): Promise<NewReceipt[]> => {
  const no = parseNumberId("sheet", id);
  const sheet = no === null ? null : await context.use(sheetLoaders).sheetByNo.load(no);
  return sheet?.isWhole ? receiptsOf(context, sheet) : [];
};

/** The computed leaves by number of each sheet that nobody handed in, while units score themselves; the statements do not grow with their number. */
export const receiptsOfCycle = async (context: Asking, id: string): Promise<ReadonlyMap<number, readonly NewReceipt[]>> => {
  const no = parseNumberId("cycle", id);
  const cycle = no === null ? null : await context.use(cycleLoaders).cycleByNo.load(no);
  if (cycle?.stage !== "SELF_SCORING") return new Map();
  const sheets = await context.use(sheetLoaders).sheetsOf.load(cycle.no);
  const open = sheets.filter(({ submittedAt, isWhole }) => submittedAt === null && isWhole);
  return new Map(await Promise.all(open.map(async (sheet) => [sheet.no, await receiptsOf(context, sheet)] as const)));
};

export const recordOfReceipt = ({ sheetNo, code, receipt: { points, rate } }: NewReceipt) => ({
  ...{ sheet: assessmentIdOf("sheet", sheetNo), criterion: code, points: points === null ? null : pointsOf(points) },
  ...{ numerator: rate.numerator, denominator: rate.denominator },
});
