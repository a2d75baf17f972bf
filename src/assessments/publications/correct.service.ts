import type { EntityManager } from "@mikro-orm/postgresql";
import { rowsOf } from "../../database/reader.ts";
import { textOf } from "../../lib/argument-text.ts";
import { parseAssessmentId, parseNumberId } from "../assessment-id.ts";
import { appliesTo, type BlockLeaf, type BlockSheet, finalPointsAt } from "../cycles/block.ts";
import { blockLoaders } from "../cycles/block.loaders.ts";
import { readBlock } from "../cycles/block.store.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { changeCycle, type CycleAsking, type CyclePayload, reasonOf } from "../cycles/cycle-write.service.ts";
import type { InputProblems } from "../input-problem.ts";
import { faultOfMaximum, faultOfPoints } from "../point-check.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { type Hundredths, hundredthsOf, pointsOf } from "../scoring/points.ts";
import type { CorrectPublishedScoresInput } from "./publication.input.ts";
import {
  type CorrectedAdjustment,
  type CorrectedItem,
  correctItems,
  insertAdjustments,
  insertPublication,
  lastPublication,
} from "./publication.store.ts";
import { auditedResult, resultsOf } from "./publish.service.ts";

const MAX_REASON = 2000;

/**
 * Corrects what was published, and publishes the next version; the one before stays readable.
 * @throws as `changeCycle`; BadUserInput for a blank reason.
 */
export const correctPublished = (context: CycleAsking, input: CorrectPublishedScoresInput): Promise<CyclePayload> => {
  const reason = reasonOf(input.reason);
  return changeCycle(context, input.cycle, "correctPublishedScores", async ({ em, cycle, problems }) => {
    if (input.items.length + input.adjustments.length === 0)
      problems.add("items", "NOTHING_CORRECTED", "must name a criterion, or adjustments a sheet");
    const { items, adjustments } = await checkCorrections(context, em, cycle, input, problems);
    if (!problems.isEmpty) return null;
    await correctItems(em, items, reason);
    await insertAdjustments(em, cycle, adjustments, context.now);
    const results = await resultsOf(context, em, cycle);
    const { title } = await lastPublication(em, cycle.no);
    const publication = { cycleNo: cycle.no, title, publishedOn: context.today, reason, at: context.now };
    const version = await insertPublication(em, publication, results);
    return { before: { version: version - 1 }, after: { version, reason, items, adjustments, results: results.map(auditedResult) } };
  });
};

const checkCorrections = async (
  context: Pick<CycleAsking, "use">,
  em: EntityManager,
  cycle: CycleView,
  input: CorrectPublishedScoresInput,
  problems: InputProblems,
) => {
  const rubric = (await context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo))!;
  const sheets = new Map((await readBlock(rowsOf(em), cycle.no)).map((sheet) => [sheet.no, sheet]));
  const leaves = new Map((await context.use(blockLoaders).leavesOf.load(cycle.rubricNo)).map((leaf, n) => [leaf.position, { ...leaf, n }]));
  const items = checkItems(input, { cycle, sheets, leaves }, problems);
  const most = { BONUS: hundredthsOf(rubric.bonusMax)!, PENALTY: hundredthsOf(rubric.penaltyMax)! };
  return { items, adjustments: checkAdjustments(input, sheets, most, problems) };
};

/** With its place among the leaves of the rubric. */
interface PlacedLeaf extends BlockLeaf {
  readonly n: number;
}

interface Correctable {
  readonly cycle: CycleView;
  readonly sheets: ReadonlyMap<number, BlockSheet>;
  readonly leaves: ReadonlyMap<number, PlacedLeaf>;
}

const sheetAt = (id: string, sheets: ReadonlyMap<number, BlockSheet>, place: string, problems: InputProblems): BlockSheet | null => {
  const sheet = sheets.get(parseNumberId("sheet", id) ?? -1);
  if (!sheet) problems.add(`${place}.sheet`, "SHEET_UNKNOWN", `there is no sheet ${JSON.stringify(id.slice(0, 100))} in the cycle`);
  return sheet ?? null;
};

const leafAt = (id: string, { cycle, leaves }: Correctable, place: string, problems: InputProblems): PlacedLeaf | null => {
  const [rubricNo, position] = parseAssessmentId("criterion", id) ?? [];
  const leaf = rubricNo === cycle.rubricNo ? leaves.get(position!) : undefined;
  if (!leaf) problems.add(`${place}.criterion`, "CRITERION_UNKNOWN", `there is no leaf ${JSON.stringify(id.slice(0, 100))} in the rubric`);
  return leaf ?? null;
};

/** Which criteria of which sheets the items make apply, and give points. */
const correctedIn = (items: CorrectPublishedScoresInput["items"]) => {
  const keysOf = (chosen: typeof items) => new Set(chosen.map(({ sheet, criterion }) => `${sheet} ${criterion}`));
  return {
    applied: keysOf(items.filter(({ isApplicable }) => isApplicable === true)),
    scored: keysOf(items.filter(({ points }) => points != null)),
  };
};

const checkItems = ({ items }: CorrectPublishedScoresInput, correctable: Correctable, problems: InputProblems): CorrectedItem[] => {
  const named = new Set<string>();
  const { applied, scored } = correctedIn(items);
  return items.flatMap(({ sheet: sheetId, criterion, points, isApplicable }, n) => {
    const place = `items[${n}]`;
    const sheet = sheetAt(sheetId, correctable.sheets, place, problems);
    const leaf = leafAt(criterion, correctable, place, problems);
    if ((points == null) === (isApplicable == null)) {
      problems.add(place, "ONE_OF", "must have exactly one of points and isApplicable");
      return [];
    }
    const key = `${sheetId} ${criterion}`;
    const correction = `${key} ${points == null}`;
    if (named.has(correction)) problems.add(place, "DUPLICATE", "corrects the same criterion of the same sheet as an item before it");
    named.add(correction);
    if (!sheet || !leaf) return [];
    const fault = points == null ? null : faultOfPoints(points, leaf.maxPoints);
    if (fault !== null) problems.add(`${place}.points`, "POINTS_INVALID", fault);
    const refuse = (field: string, code: string, words: string) =>
      problems.add(`${place}.${field}`, code, `criterion ${leaf.code} ${words}`);
    if (points != null && !appliesTo(sheet, leaf) && !applied.has(key))
      refuse("points", "NOT_APPLICABLE", "does not apply to the unit; another item must make it apply");
    if (isApplicable === true && !scored.has(key) && finalPointsAt(sheet, leaf, leaf.n) === null)
      refuse("isApplicable", "CRITERION_UNDECIDED", "has no points; another item must give them");
    const stored = points == null ? null : hundredthsOf(points);
    return { sheetNo: sheet.no, position: leaf.position, points: stored, isApplicable: isApplicable ?? null };
  });
};

const checkAdjustments = (
  { adjustments }: CorrectPublishedScoresInput,
  sheets: ReadonlyMap<number, BlockSheet>,
  most: Readonly<Record<CorrectedAdjustment["kind"], Hundredths>>,
  problems: InputProblems,
): CorrectedAdjustment[] => {
  const sums = new Map<string, Hundredths>();
  return adjustments.flatMap(({ sheet: id, kind, points, reason: given }, n) => {
    const place = `adjustments[${n}]`;
    const sheet = sheetAt(id, sheets, place, problems);
    const reason = problems.attempt(`${place}.reason`, "TEXT_INVALID", () => textOf("reason", given, MAX_REASON));
    const fault = faultOfMaximum(points);
    if (fault !== null) problems.add(`${place}.points`, "POINTS_INVALID", fault);
    if (!sheet || reason === null || fault !== null) return [];
    const before = sums.get(`${id} ${kind}`) ?? (kind === "BONUS" ? sheet.bonus : sheet.penalty);
    const sum = before + hundredthsOf(points)!;
    sums.set(`${id} ${kind}`, sum);
    if (sum > most[kind])
      problems.add(
        `${place}.points`,
        `${kind}_ABOVE_MAXIMUM`,
        `${points} makes ${pointsOf(sum)} with the others; the rubric allows ${pointsOf(most[kind])}`,
      );
    return { sheetNo: sheet.no, unitNo: sheet.unitNo, kind, points: hundredthsOf(points)!, reason };
  });
};
