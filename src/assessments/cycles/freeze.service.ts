import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { relation } from "../../database/relation.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { parsePeriod } from "../../lib/time/period.ts";
import { assessmentIdOf, parseNumberId } from "../assessment-id.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { pointsOf } from "../scoring/points.ts";
import { type ComputedLeaf, computeLeaves } from "./computed.service.ts";
import { cycleLoaders } from "./cycle.loaders.ts";
import type { StoredReceipt } from "./receipt.ts";
import { sheetLoaders, type SheetView } from "./sheet.loaders.ts";

type Asking = Pick<RequestContext, "use" | "now">;

/** The receipt of one computed leaf of a sheet, as it is frozen. */
export interface NewReceipt {
  readonly sheetNo: number;
  readonly position: number;
  readonly code: string;
  readonly receipt: StoredReceipt;
}

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

/** The computed leaves of the sheets that nobody handed in, while units score themselves; the statements do not grow with their number. */
export const receiptsOfCycle = async (context: Asking, id: string): Promise<NewReceipt[]> => {
  const no = parseNumberId("cycle", id);
  const cycle = no === null ? null : await context.use(cycleLoaders).cycleByNo.load(no);
  if (cycle?.stage !== "SELF_SCORING") return [];
  const sheets = await context.use(sheetLoaders).sheetsOf.load(cycle.no);
  const open = sheets.filter(({ submittedAt, isWhole }) => submittedAt === null && isWhole);
  return (await Promise.all(open.map((sheet) => receiptsOf(context, sheet)))).flat();
};

/** Computed points become the self-score; they stay null where the value is unknown. */
export const storeReceipts = async (em: EntityManager, receipts: readonly NewReceipt[]): Promise<void> => {
  if (receipts.length === 0) return;
  await sql`
    update score_item i set self = r.points, receipt = r.receipt from ${relation("r", receipts, {
      sheet_id: ["int", ({ sheetNo }) => sheetNo],
      position: ["int", ({ position }) => position],
      points: ["int", ({ receipt }) => receipt.points],
      receipt: ["jsonb", ({ receipt }) => JSON.stringify(receipt)],
    })} where i.sheet_id = r.sheet_id and i.position = r.position`.execute(em.getKysely());
};

export const recordOfReceipt = ({ sheetNo, code, receipt: { points, rate } }: NewReceipt) => ({
  ...{ sheet: assessmentIdOf("sheet", sheetNo), criterion: code, points: points === null ? null : pointsOf(points) },
  ...{ numerator: rate.numerator, denominator: rate.denominator },
});
