import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { DomainError } from "../../lib/errors.ts";
import { assessmentIdOf, parseNumberId } from "../assessment-id.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { pointsOf } from "../scoring/points.ts";
import type { CycleView } from "./cycle.loaders.ts";
import { type SheetView, sheetLoaders, wholeSheetLoaders } from "./sheet.loaders.ts";
import type { ScoreRound } from "./cycle-vocabulary.ts";
import { adjustmentsOfSheet, itemsOfContent, maximumOf, scaledOf, type SheetContent, totalsOf } from "./sheet-scores.ts";

type Asking = Pick<RequestContext, "use">;

/** Null for a sheet that the caller may not see, as for none. */
export const findSheet = async (context: Asking, id: string): Promise<SheetView | null> => {
  const no = parseNumberId("sheet", id);
  return no === null ? null : context.use(sheetLoaders).sheetByNo.load(no);
};

/** @throws DomainError NOT_FOUND for a sheet that the caller does not see. */
export const sheetNamed = async (context: Asking, id: string): Promise<SheetView> => {
  const sheet = await findSheet(context, id);
  if (!sheet) throw new DomainError("NOT_FOUND", `sheet: there is no sheet ${JSON.stringify(id.slice(0, 100))}`, { argument: "sheet" });
  return sheet;
};

export const contentOfSheet = async (context: Asking, { no, rubricNo }: SheetView): Promise<SheetContent> => {
  const { itemsOf } = context.use(sheetLoaders);
  const { surveysOf } = context.use(wholeSheetLoaders);
  const [criteria, items, surveys] = await Promise.all([
    context.use(rubricLoaders).criteriaOf.load(rubricNo),
    itemsOf.load(no),
    surveysOf.load(no),
  ]);
  return { criteria, items, surveys: surveys.map(({ position, weighted, count }) => ({ position, weighted: weighted / 100, count })) };
};

export const itemsOfSheet = async (context: Asking, sheet: SheetView) => itemsOfContent(await contentOfSheet(context, sheet), sheet);

/** Null for those who see only some criteria. */
export const adjustmentsShown = async (context: Asking, { no, isWhole }: SheetView) => {
  if (!isWhole) return null;
  const adjustments = await context.use(wholeSheetLoaders).adjustmentsOf.load(no);
  return adjustments.map((one) => ({ ...one, id: assessmentIdOf("adjustment", one.no), points: pointsOf(one.points) }));
};

const adjustmentsFrom = async (context: Asking, { no }: SheetView) =>
  adjustmentsOfSheet(await context.use(wholeSheetLoaders).adjustmentsOf.load(no));

/** Null for those who see only some criteria, as the other sums. */
export const totalOfSheet = async (context: Asking, sheet: SheetView, round: ScoreRound): Promise<number | null> =>
  sheet.isWhole ? totalsOf(await contentOfSheet(context, sheet), await adjustmentsFrom(context, sheet))[round] : null;

export const maximumOfSheet = async (context: Asking, sheet: SheetView): Promise<number | null> =>
  sheet.isWhole ? maximumOf(await contentOfSheet(context, sheet)) : null;

export const scaledOfSheet = async (context: Asking, sheet: SheetView): Promise<number | null> =>
  sheet.isWhole ? scaledOf(await contentOfSheet(context, sheet), await adjustmentsFrom(context, sheet)) : null;

export const unitOfSheet = ({ unitNo, asOf }: SheetView, context: Asking) => context.use(unitLoaders).unitOn.load({ no: unitNo, asOf });

/** The sheets of members that the caller may see. */
export const sheetsOfCycle = ({ no }: CycleView, context: Asking) => context.use(sheetLoaders).sheetsOf.load(no);
