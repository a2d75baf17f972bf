import { textOf } from "../../lib/argument-text.ts";
import { DomainError } from "../../lib/errors.ts";
import type { CriterionView } from "../rubrics/rubric.loaders.ts";
import { pointsOf } from "../scoring/points.ts";
import type { StoredItem } from "./sheet.loaders.ts";
import type { ScoreEvidence } from "./cycle-vocabulary.ts";
import { chooseItems, evidenceOfItem, noteOfItem, pointsOfItem } from "./item-check.ts";
import type { ExplainInput, ExplainItemInput, ScoreInput, ScoreItemInput, ScoreSheetIdInput } from "./sheet.input.ts";
import { type ExplainedItem, type SelfScore, storeExplanations, storeSelfScores, storeSubmission } from "./sheet.store.ts";
import { receiptsOfSheet, recordOfReceipt } from "./freeze.service.ts";
import { storeReceipts } from "./receipt.store.ts";
import { changeSheet, type SheetAsking, type SheetChange, type SheetPayload } from "./sheet-write.service.ts";

const MAX_EVIDENCE = 20;
const LONGEST_EXPLANATION = 4000;

export const shownPoints = (points: number | null): number | null => (points === null ? null : pointsOf(points));

const demandUnsubmitted = ({ isSubmitted }: SheetChange): void => {
  if (isSubmitted) throw new DomainError("CONFLICT", "sheet: it was handed in; the organiser can reopen it", { argument: "sheet" });
};

/** All or nothing. @throws as `changeSheet`; CONFLICT for a sheet that was handed in. */
export const scoreSelf = (context: SheetAsking, { sheet: id, items: inputs }: ScoreInput): Promise<SheetPayload> =>
  changeSheet(context, id, "scoreSelf", async (change) => {
    demandUnsubmitted(change);
    const chosen = chooseItems(
      change,
      inputs.map(({ criterion }) => criterion),
    );
    const scores = inputs.flatMap((input, n): SelfScore[] => {
      const found = chosen[n];
      return found ? [selfScoreOf(input, n, found.criterion, change)] : [];
    });
    if (!change.problems.isEmpty) return null;
    await storeSelfScores(change.em, change.sheet.no, scores);
    return recordOfScores(change, scores);
  });

const selfScoreOf = (input: ScoreItemInput, n: number, criterion: CriterionView, { problems }: SheetChange): SelfScore => {
  const { points } = input;
  const isComputed = criterion.scoring === "INDICATOR";
  const place = `items[${n}].points`;
  if (isComputed && points != null)
    problems.add(place, "POINTS_COMPUTED", `must be omitted: ${criterion.code} is computed from its indicator`);
  if (!isComputed && points == null) problems.add(place, "POINTS_MISSING", `must be given: ${criterion.code} is scored by the unit`);
  return {
    position: criterion.position,
    points: isComputed || points == null ? null : pointsOfItem(points, n, criterion, problems),
    note: noteOfItem(input.note, n, problems),
    evidence: evidenceOfItem(input.evidence, n, problems),
  };
};

const recordOfScores = ({ criteria, items }: SheetChange, scores: readonly SelfScore[]) => {
  const entry = (position: number, points: number | null, note: string | null, evidence: readonly ScoreEvidence[]) => ({
    ...{ criterion: criteria[position - 1]!.code, points: shownPoints(points), note, evidence },
  });
  const before = scores.map(({ position }) => {
    const { self, selfNote, evidence } = items.get(position)!;
    return entry(position, self, selfNote, evidence);
  });
  const after = scores.map(({ position, points, note, evidence }) => entry(position, points ?? items.get(position)!.self, note, evidence));
  return { before: { items: before }, after: { items: after } };
};

/** Hands the sheet in; problems name the self-scores and the evidence that it lacks. @throws as `changeSheet`; CONFLICT for a sheet that was handed in. */
export const submitSheet = async (context: SheetAsking, { sheet: id }: ScoreSheetIdInput): Promise<SheetPayload> => {
  const receipts = await receiptsOfSheet(context, id);
  return changeSheet(context, id, "submitScoreSheet", async (change) => {
    demandUnsubmitted(change);
    for (const criterion of change.criteria) checkComplete(criterion, change.items.get(criterion.position), change);
    if (!change.problems.isEmpty) return null;
    await storeSubmission(change.em, change.sheet.no, context.now);
    await storeReceipts(change.em, receipts);
    return { before: { submittedAt: null }, after: { submittedAt: context.now.toISOString(), receipts: receipts.map(recordOfReceipt) } };
  });
};

const checkComplete = (
  { code, scoring, evidenceRequired }: CriterionView,
  item: StoredItem | undefined,
  { problems }: SheetChange,
): void => {
  if (!item?.isApplicable || scoring === "SURVEY") return;
  if (scoring === "MANUAL" && item.self === null) problems.add("sheet", "SELF_SCORE_MISSING", `the criterion ${code} has no self-score`);
  if (evidenceRequired && item.evidence.length === 0) problems.add("sheet", "EVIDENCE_MISSING", `the criterion ${code} needs evidence`);
};

/** @throws as `changeSheet`. */
export const explainScores = (context: SheetAsking, { sheet: id, items: inputs }: ExplainInput): Promise<SheetPayload> =>
  changeSheet(context, id, "explain", async (change) => {
    const chosen = chooseItems(
      change,
      inputs.map(({ criterion }) => criterion),
    );
    const explained = inputs.flatMap((input, n): ExplainedItem[] => {
      const found = chosen[n];
      return found ? [explainedOf(input, n, found, change)] : [];
    });
    if (!change.problems.isEmpty) return null;
    await storeExplanations(change.em, change.sheet.no, explained);
    const { criteria, items } = change;
    const entry = (position: number, text: string | null, evidence: readonly ScoreEvidence[]) => ({
      criterion: criteria[position - 1]!.code,
      text,
      evidence,
    });
    return {
      before: { items: explained.map(({ position }) => entry(position, items.get(position)!.explanation, items.get(position)!.evidence)) },
      after: { items: explained.map(({ position, text, evidence }) => entry(position, text, evidence)) },
    };
  });

const explainedOf = (
  input: ExplainItemInput,
  n: number,
  { criterion, item }: { readonly criterion: CriterionView; readonly item: StoredItem },
  { problems }: SheetChange,
): ExplainedItem => {
  const { self, first } = item;
  if (first === null || self === null || first >= self)
    problems.add(
      `items[${n}].criterion`,
      "NOT_BELOW_SELF_SCORE",
      `${criterion.code} has the first appraisal ${shownPoints(first)}, which must be below the self-score ${shownPoints(self)}`,
    );
  const added = evidenceOfItem(input.evidence, n, problems);
  const urls = new Set(item.evidence.map(({ url }) => url));
  const evidence = [...item.evidence, ...added.filter(({ url }) => !urls.has(url))];
  if (evidence.length > MAX_EVIDENCE)
    problems.add(
      `items[${n}].evidence`,
      "EVIDENCE_INVALID",
      `${criterion.code} would have ${evidence.length} links; must be at most ${MAX_EVIDENCE}`,
    );
  const text = problems.attempt(`items[${n}].text`, "TEXT_INVALID", () => textOf("text", input.text, LONGEST_EXPLANATION));
  return { position: criterion.position, text: text ?? "", evidence };
};
