import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { DomainError } from "../../lib/errors.ts";
import { assessmentIdOf, parseNumberId } from "../assessment-id.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { type Hundredths, pointsOf } from "../scoring/points.ts";
import type { SheetResult } from "../scoring/result.ts";
import { maxPointsOf, resultOfSheet, sumAfter } from "./block.ts";
import { blockLoaders } from "./block.loaders.ts";
import type { CycleView } from "./cycle.loaders.ts";
import type { ScoreRound } from "./cycle-vocabulary.ts";
import { type SheetView, sheetLoaders } from "./sheet.loaders.ts";
import { itemsOfContent, type SheetContent } from "./sheet-scores.ts";

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

const contentOfSheet = async (context: Asking, sheet: SheetView): Promise<SheetContent> => {
  const [criteria, scores, texts] = await Promise.all([
    context.use(rubricLoaders).criteriaOf.load(sheet.rubricNo),
    context.use(blockLoaders).scoresOf.load(sheet),
    context.use(sheetLoaders).textsOf.load(sheet),
  ]);
  return { criteria, scores, texts };
};

export const itemsOfSheet = async (context: Asking, sheet: SheetView) => itemsOfContent(await contentOfSheet(context, sheet), sheet);

/** Null for those who see only some criteria. */
export const adjustmentsShown = async (context: Asking, sheet: SheetView) => {
  if (!sheet.isWhole) return null;
  const adjustments = await context.use(sheetLoaders).adjustmentsOf.load(sheet);
  return adjustments.map((one) => ({ ...one, id: assessmentIdOf("adjustment", one.no), points: pointsOf(one.points) }));
};

/** Null for those who see only some criteria. */
const wholeScores = async (context: Asking, sheet: SheetView) => {
  if (!sheet.isWhole) return null;
  const { leavesOf, scoresOf } = context.use(blockLoaders);
  const [leaves, scores] = await Promise.all([leavesOf.load(sheet.rubricNo), scoresOf.load(sheet)]);
  return { leaves, scores };
};

const resultFor = async (context: Asking, sheet: SheetView): Promise<SheetResult | null> => {
  const found = await wholeScores(context, sheet);
  return found && resultOfSheet(found.leaves, maxPointsOf(found.leaves), found.scores);
};

const pointsOrNull = (points: Hundredths | null | undefined): number | null => (points == null ? null : pointsOf(points));

/** Null for those who see only some criteria, as the other sums. */
export const totalOfSheet = async (context: Asking, sheet: SheetView, round: ScoreRound): Promise<number | null> => {
  if (round === "FINAL") return pointsOrNull((await resultFor(context, sheet))?.total);
  const found = await wholeScores(context, sheet);
  return found && pointsOrNull(sumAfter(round, found.leaves, found.scores));
};

export const maximumOfSheet = async (context: Asking, sheet: SheetView): Promise<number | null> =>
  pointsOrNull((await resultFor(context, sheet))?.maxApplicable);

export const scaledOfSheet = async (context: Asking, sheet: SheetView): Promise<number | null> =>
  pointsOrNull((await resultFor(context, sheet))?.scaled);

export const unitOfSheet = ({ unitNo, asOf }: SheetView, context: Asking) => context.use(unitLoaders).unitOn.load({ no: unitNo, asOf });

/** The sheets of members that the caller may see. */
export const sheetsOfCycle = ({ no }: CycleView, context: Asking) => context.use(sheetLoaders).sheetsOf.load(no);
