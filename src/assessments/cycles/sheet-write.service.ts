import type { EntityManager } from "@mikro-orm/postgresql";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { recordChange } from "../../journal/audit.ts";
import { DomainError } from "../../lib/errors.ts";
import { addDays, type Day } from "../../lib/time/date.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { type InputProblem, InputProblems } from "../input-problem.ts";
import { missingRole } from "../../access/role-on.ts";
import { type CriterionView, rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { type SheetView, type StoredItem, sheetLoaders } from "./sheet.loaders.ts";
import { type CycleMutation, cycleStepOf, ROLE_OF_SIDE } from "./cycle-steps.ts";
import { demandStage } from "./cycle-write.service.ts";
import type { CycleStage, StoredDeadline } from "./cycle-vocabulary.ts";
import { lockCycle } from "./cycle.store.ts";
import { type LockedSheet, readItems, readSheet } from "./sheet.store.ts";
import { sheetNamed } from "./sheet.service.ts";

export type SheetAsking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew" | "hierarchy">;

export interface SheetPayload {
  readonly sheet: SheetView | null;
  readonly problems: readonly InputProblem[];
}

/** The rows of a sheet that a write reads, and where its problems go. */
export interface SheetChange extends LockedSheet {
  readonly em: EntityManager;
  readonly sheet: SheetView;
  readonly stage: CycleStage;
  readonly criteria: readonly CriterionView[];
  /** Of the leaves that the caller may see, by position. */
  readonly items: ReadonlyMap<number, StoredItem>;
  /** The units among organiser, member and appraisers on which the caller has the role of the side. */
  readonly actsFor: ReadonlySet<number>;
  readonly problems: InputProblems;
}

/** What changed, for the audit trail. */
interface Recorded {
  readonly before: unknown;
  readonly after: unknown;
  /** Id of what was changed; without it that of the sheet. */
  readonly subject?: string;
}

/**
 * Changes a sheet in one transaction with the audit. Where there are problems, the plan has stored nothing.
 * @throws DomainError NOT_FOUND for a sheet that the caller does not see, FORBIDDEN without the role, CONFLICT in another stage or after its deadline.
 */
export const changeSheet = async (
  context: SheetAsking,
  id: string,
  mutation: CycleMutation,
  plan: (change: SheetChange) => Promise<Recorded | null>,
): Promise<SheetPayload> => changeFoundSheet(context, await sheetNamed(context, id), mutation, plan);

export const changeFoundSheet = async (
  context: SheetAsking,
  sheet: SheetView,
  mutation: CycleMutation,
  plan: (change: SheetChange) => Promise<Recorded | null>,
): Promise<SheetPayload> => {
  const { session, viewer, now, hierarchy } = context;
  const actsFor = await unitsOfSide(context, sheet, mutation);
  const criteria = await context.use(rubricLoaders).criteriaOf.load(sheet.rubricNo);
  const problems = new InputProblems();
  await session.write(rowScope(viewer, ROLE_OF_SIDE[cycleStepOf(mutation).side]), async (em) => {
    const cycle = await lockCycle(em, sheet.cycleNo);
    const locked = await readSheet(em, sheet.no);
    demandStage(mutation, cycle.stage);
    const { lastDay } = (await hierarchy.held()).lifeOf(sheet.unitNo);
    demandOpen(context, mutation, { ...cycle, ...locked, lastDay, isOrganiser: actsFor.has(sheet.organiserNo) });
    const items = await readItems(em, sheet.no);
    const recorded = await plan({ em, sheet, ...locked, stage: cycle.stage, criteria, items, actsFor, problems });
    if (recorded === null || !problems.isEmpty) return;
    await recordChange(em, {
      ...{
        actor: viewer!.actor,
        actorName: viewer!.name,
        operation: mutation,
        unitNo: sheet.unitNo,
        subject: assessmentIdOf("sheet", sheet.no),
        at: now,
      },
      ...recorded,
    });
  });
  context.renew();
  return { sheet: problems.isEmpty ? await context.use(sheetLoaders).sheetByNo.load(sheet.no) : null, problems: problems.list };
};

/** @throws DomainError FORBIDDEN where the caller has the role of the side on none of its units. */
const unitsOfSide = async (context: SheetAsking, sheet: SheetView, mutation: CycleMutation): Promise<Set<number>> => {
  const { side } = cycleStepOf(mutation);
  const role = ROLE_OF_SIDE[side];
  const { unitNo, organiserNo } = sheet;
  const appraisers = side === "APPRAISER" ? sheet.appraiserNos : [];
  const acting = coveredAmong(await context.hierarchy.load(), grantsFor(context.viewer, role), [unitNo, organiserNo, ...appraisers]);
  const isAllowed = side === "MEMBER" ? acting.has(unitNo) : acting.has(organiserNo) || appraisers.some((no) => acting.has(no));
  if (!isAllowed) throw await missingRole(context, role, side === "MEMBER" ? unitNo : organiserNo);
  return acting;
};

interface Opening extends LockedSheet {
  readonly stage: CycleStage;
  readonly deadlines: readonly StoredDeadline[];
  /** The last day of the unit; null while it exists. */
  readonly lastDay: Day | null;
  readonly isOrganiser: boolean;
}

/** @throws DomainError CONFLICT after the deadline, except for the organiser and whom it lets; and for the sheet of a unit that has ended. */
const demandOpen = ({ today }: SheetAsking, mutation: CycleMutation, opening: Opening): void => {
  const { side, hasDeadline } = cycleStepOf(mutation);
  const { stage, deadlines, reopenedUntil, lastDay, isOrganiser } = opening;
  if (side === "MEMBER" && lastDay !== null && lastDay < today)
    throw new DomainError("CONFLICT", `sheet: its unit ended before ${addDays(lastDay, 1)}; the sheet is read-only for its side`, {
      argument: "sheet",
    });
  const deadline = deadlines.find((one) => one.stage === stage)?.on;
  if (!hasDeadline || isOrganiser || deadline === undefined || today <= deadline) return;
  if (side === "MEMBER" && reopenedUntil !== null && today <= reopenedUntil) return;
  throw new DomainError("CONFLICT", `${mutation} was possible until ${deadline}, the deadline of ${stage}`, { stage, deadline });
};
