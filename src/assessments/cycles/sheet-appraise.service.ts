import { DomainError } from "../../lib/errors.ts";
import { chooseItems, type ChosenItem, noteOfItem, pointsOfItem } from "./item-check.ts";
import type { ScoreInput, ScoreItemInput } from "./sheet.input.ts";
import { type Appraisal, APPRAISAL_ROUNDS, type AppraisalRound, storeAppraisals } from "./sheet.store.ts";
import { shownPoints } from "./sheet-member.service.ts";
import { changeSheet, type SheetAsking, type SheetChange, type SheetPayload } from "./sheet-write.service.ts";

/** Appraises criteria of the units that the caller acts for, in the round of the stage. @throws as `changeSheet`; FORBIDDEN for a criterion of another appraiser. */
export const appraise = (context: SheetAsking, { sheet: id, items: inputs }: ScoreInput): Promise<SheetPayload> =>
  changeSheet(context, id, "appraise", async (change) => {
    const round = APPRAISAL_ROUNDS[change.stage as keyof typeof APPRAISAL_ROUNDS];
    const chosen = chooseItems(
      change,
      inputs.map(({ criterion }) => criterion),
    );
    for (const found of chosen) if (found) demandAppraiser(found, change);
    const appraisals = inputs.flatMap((input, n): Appraisal[] => {
      const found = chosen[n];
      const appraisal = found ? appraisalOf(input, n, found, change) : null;
      return appraisal ? [appraisal] : [];
    });
    if (!change.problems.isEmpty) return null;
    await storeAppraisals(change.em, change.sheet.no, round, appraisals);
    return recordOfAppraisals(change, round, appraisals);
  });

/** The organiser appraises every criterion; another unit its own ones, and none of its own sheet. */
const demandAppraiser = ({ criterion: { code }, item: { appraiserNo } }: ChosenItem, { sheet, actsFor }: SheetChange): void => {
  if (actsFor.has(sheet.organiserNo) || (appraiserNo !== null && actsFor.has(appraiserNo))) return;
  throw new DomainError("FORBIDDEN", `The criterion ${code} needs the role ASSESSOR on the unit that appraises it, or on the organiser`);
};

const appraisalOf = (input: ScoreItemInput, n: number, { criterion }: ChosenItem, { problems }: SheetChange): Appraisal | null => {
  const { points } = input;
  const note = noteOfItem(input.note, n, problems);
  if (input.evidence.length > 0)
    problems.add(`items[${n}].evidence`, "EVIDENCE_NOT_USED", "must be omitted: the unit alone proves its score");
  if (criterion.scoring === "INDICATOR" && note === null)
    problems.add(`items[${n}].note`, "NOTE_MISSING", `must be given: it says why ${criterion.code}, which is computed, is overruled`);
  if (points != null) {
    const stored = pointsOfItem(points, n, criterion, problems);
    return stored === null ? null : { position: criterion.position, points: stored, note };
  }
  problems.add(`items[${n}].points`, "POINTS_MISSING", "must be given");
  return null;
};

const recordOfAppraisals = ({ criteria, items }: SheetChange, round: AppraisalRound, appraisals: readonly Appraisal[]) => {
  const entry = (position: number, points: number | null, note: string | null) => ({
    ...{ criterion: criteria[position - 1]!.code, points: shownPoints(points), note },
  });
  const before = appraisals.map(({ position }) => {
    const item = items.get(position)!;
    return entry(position, item[round], round === "first" ? item.firstNote : item.secondNote);
  });
  return {
    before: { round, items: before },
    after: { round, items: appraisals.map(({ position, points, note }) => entry(position, points, note)) },
  };
};
