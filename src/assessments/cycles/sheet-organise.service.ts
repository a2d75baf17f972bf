import { sql } from "kysely";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { parseDay } from "../../lib/time/date.ts";
import { assessmentIdOf, parseNumberId } from "../assessment-id.ts";
import { faultOfMaximum } from "../point-check.ts";
import type { CriterionView } from "../rubrics/rubric.loaders.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { hundredthsOf, pointsOf } from "../scoring/points.ts";
import { CLASSIFICATION_CODES } from "../vocabulary.ts";
import { cycleReading } from "./cycle.loaders.ts";
import { type SheetView, sheetLoaders } from "./sheet.loaders.ts";
import { reasonOf } from "./cycle-write.service.ts";
import { criterionNamed } from "./item-check.ts";
import type {
  AdjustScoreInput,
  OverrideClassificationInput,
  RemoveAdjustmentInput,
  ReopenScoreSheetInput,
  SetApplicabilityInput,
} from "./sheet.input.ts";
import { removeReceipts } from "./receipt.store.ts";
import {
  adjustedSoFar,
  insertAdjustment,
  removeStored,
  storeApplicability,
  storeOverride,
  storeReopening,
  storeSubmission,
} from "./sheet.store.ts";
import { changeFoundSheet, changeSheet, type SheetAsking, type SheetPayload } from "./sheet-write.service.ts";

/** A self-score must be handed in again. @throws as `changeSheet`; BadUserInput for a past day. */
export const reopenSheet = (context: SheetAsking, { sheet: id, ...input }: ReopenScoreSheetInput): Promise<SheetPayload> => {
  const until = parseDay("until", input.until);
  if (until < context.today) throw new BadUserInput("until", until, `must be today, ${context.today}, or a later day`);
  const reason = reasonOf(input.reason);
  return changeSheet(context, id, "reopenScoreSheet", async ({ em, sheet, stage, isSubmitted, reopenedUntil }) => {
    if (stage === "SELF_SCORING" && isSubmitted) {
      await storeSubmission(em, sheet.no, null);
      await removeReceipts(em, sheet.no);
    }
    await storeReopening(em, sheet.no, until);
    return { before: { submittedAt: sheet.submittedAt, reopenedUntil }, after: { stage, reopenedUntil: until, reason } };
  });
};

/** The leaves below a node, itself if it is one. */
const leavesBelow = (criteria: readonly CriterionView[], node: CriterionView): CriterionView[] =>
  node.scoring !== null
    ? [node]
    : criteria.filter(({ parentPosition }) => parentPosition === node.position).flatMap((child) => leavesBelow(criteria, child));

/** @throws as `changeSheet`. */
export const setApplicability = (context: SheetAsking, input: SetApplicabilityInput): Promise<SheetPayload> => {
  const reason = reasonOf(input.reason);
  const { isApplicable } = input;
  return changeSheet(context, input.sheet, "setApplicability", async (change) => {
    const { em, sheet, criteria, items, problems } = change;
    if (input.criteria.length === 0) problems.add("criteria", "ITEM_COUNT", "must have at least one");
    const nodes = input.criteria.flatMap((id, n) => criterionNamed(change, `criteria[${n}]`, id) ?? []);
    if (!problems.isEmpty) return null;
    const positions = [...new Set(nodes.flatMap((node) => leavesBelow(criteria, node)).map(({ position }) => position))].toSorted(
      (a, b) => a - b,
    );
    await storeApplicability(em, sheet.no, positions, { isApplicable, reason });
    const codeAt = (position: number) => criteria[position - 1]!.code;
    return {
      before: { items: positions.map((position) => ({ criterion: codeAt(position), isApplicable: items.get(position)!.isApplicable })) },
      after: { items: positions.map((position) => ({ criterion: codeAt(position), isApplicable })), reason },
    };
  });
};

/** @throws as `changeSheet`. */
export const adjustScore = (context: SheetAsking, { sheet: id, kind, points, ...input }: AdjustScoreInput): Promise<SheetPayload> => {
  const reason = reasonOf(input.reason);
  return changeSheet(context, id, "adjustScore", async ({ em, sheet, problems }) => {
    const fault = faultOfMaximum(points);
    const rubric = (await context.use(rubricLoaders).rubricByNo.load(sheet.rubricNo))!;
    const most = kind === "BONUS" ? rubric.bonusMax : rubric.penaltyMax;
    const soFar = pointsOf(await adjustedSoFar(em, sheet.no, kind));
    const stored = hundredthsOf(points) ?? 0;
    if (fault !== null) problems.add("points", "POINTS_INVALID", fault);
    else if (stored + hundredthsOf(soFar)! > hundredthsOf(most)!)
      problems.add("points", "CAP_EXCEEDED", `${points} with ${soFar} so far must be at most ${most}, the maximum of the rubric`);
    if (!problems.isEmpty) return null;
    const no = await insertAdjustment(em, sheet, { kind, points: stored, reason, at: context.now });
    return { before: null, after: { adjustment: assessmentIdOf("adjustment", no), kind, points, reason } };
  });
};

/** @throws as `changeSheet`; NOT_FOUND for an adjustment of a sheet that the caller does not see, CONFLICT for a removed one. */
export const removeAdjustment = async (
  context: SheetAsking,
  { adjustment: id, ...input }: RemoveAdjustmentInput,
): Promise<SheetPayload> => {
  const reason = reasonOf(input.reason);
  const no = parseNumberId("adjustment", id);
  const sheet = no === null ? null : await sheetOfAdjustment(context, no);
  if (!sheet)
    throw new DomainError("NOT_FOUND", `adjustment: there is no adjustment ${JSON.stringify(id.slice(0, 100))}`, {
      argument: "adjustment",
    });
  return changeFoundSheet(context, sheet, "removeAdjustment", async ({ em }) => {
    const removed = await removeStored(em, no!, reason, context.now);
    if (!removed) throw new DomainError("CONFLICT", "adjustment: it was removed before", { argument: "adjustment" });
    return { before: { adjustment: id, ...removed, points: pointsOf(removed.points) }, after: { adjustment: null, reason } };
  });
};

const sheetOfAdjustment = async (context: SheetAsking, no: number): Promise<SheetView | null> => {
  const [found] = await cycleReading(context).few(
    sql<{ sheetNo: number }>`select sheet_id as "sheetNo" from score_adjustment where id = ${no}`,
  );
  const sheet = found ? await context.use(sheetLoaders).sheetByNo.load(found.sheetNo) : null;
  return sheet?.isWhole ? sheet : null;
};

/** @throws as `changeSheet`; BadUserInput for a class that the rubric does not have. */
export const overrideClassification = (context: SheetAsking, input: OverrideClassificationInput): Promise<SheetPayload> => {
  const reason = reasonOf(input.reason);
  const classification = input.classification ?? null;
  return changeSheet(context, input.sheet, "overrideClassification", async ({ em, sheet, overrideClass, overrideReason }) => {
    const { bands } = (await context.use(rubricLoaders).rubricByNo.load(sheet.rubricNo))!;
    const codes = bands.length > 0 ? bands.map((band) => band.classification.code) : CLASSIFICATION_CODES;
    if (classification !== null && !codes.includes(classification))
      throw new BadUserInput("classification", classification, `must be one of ${codes.join(", ")}, or null`);
    await storeOverride(em, sheet.no, classification, classification === null ? null : reason);
    return { before: { classification: overrideClass, reason: overrideReason }, after: { classification, reason } };
  });
};
