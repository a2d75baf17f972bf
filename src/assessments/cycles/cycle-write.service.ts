import type { EntityManager } from "@mikro-orm/postgresql";
import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import { compareCodes } from "../../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { recordChange } from "../../journal/audit.ts";
import { DomainError } from "../../lib/errors.ts";
import { textOf } from "../../lib/argument-text.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { type InputProblem, InputProblems } from "../input-problem.ts";
import { demandRoleOn } from "../../access/role-on.ts";
import type { AdvanceAssessmentCycleInput, SetRankedMembersInput } from "./cycle.input.ts";
import { cycleLoaders, type CycleView } from "./cycle.loaders.ts";
import { cycleNamed, membersOfCycle } from "./cycle.service.ts";
import { type CycleMutation, cycleStepOf, stagesAfter, stagesLeft } from "./cycle-steps.ts";
import type { CycleStage } from "./cycle-vocabulary.ts";
import { receiptsOfCycle, recordOfReceipt } from "./freeze.service.ts";
import { type NewReceipt, storeReceipts } from "./receipt.store.ts";
import { lockCycle, openSheets, storeStage, storeUnranked, undecidedItems, unsubmittedUnits } from "./cycle.store.ts";
import { memberFinder } from "./member-finder.ts";

export type CycleAsking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew" | "hierarchy">;

export interface CyclePayload {
  readonly cycle: CycleView | null;
  readonly problems: readonly InputProblem[];
}

export const reasonOf = (reason: string): string => textOf("reason", reason, 2000);

/** @throws DomainError CONFLICT naming the stage, and those in which it is possible. */
export const demandStage = (mutation: CycleMutation, stage: CycleStage): void => {
  const { stages } = cycleStepOf(mutation);
  if (stages.includes(stage)) return;
  throw new DomainError("CONFLICT", `${mutation} is not possible in the stage ${stage}; it is possible in ${stages.join(", ")}`, { stage });
};

interface CycleChange {
  readonly em: EntityManager;
  readonly cycle: CycleView;
  readonly problems: InputProblems;
}

/** What changed, for the audit trail. */
interface Recorded {
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Changes a cycle by its organiser in one transaction with the audit. Where there are problems, the plan has stored nothing.
 * @throws DomainError NOT_FOUND for a cycle that the caller does not see, FORBIDDEN without the role, CONFLICT in another stage.
 */
export const changeCycle = async (
  context: CycleAsking,
  id: string,
  mutation: CycleMutation,
  plan: (change: CycleChange) => Promise<Recorded | null>,
): Promise<CyclePayload> => {
  const { session, viewer, now } = context;
  const seen = await cycleNamed(context, id);
  await demandRoleOn(context, "ADMIN", seen.organiserNo);
  const problems = new InputProblems();
  await session.write(rowScope(viewer, "ADMIN"), async (em) => {
    const locked = await lockCycle(em, seen.no);
    demandStage(mutation, locked.stage);
    const recorded = await plan({ em, cycle: { ...seen, ...locked }, problems });
    if (recorded === null || !problems.isEmpty) return;
    await recordChange(em, {
      ...{
        actor: viewer!.actor,
        actorName: viewer!.name,
        operation: mutation,
        unitNo: seen.organiserNo,
        subject: assessmentIdOf("cycle", seen.no),
        at: now,
      },
      ...recorded,
    });
  });
  context.renew();
  return { cycle: problems.isEmpty ? await context.use(cycleLoaders).cycleByNo.load(seen.no) : null, problems: problems.list };
};

/** @throws as `changeCycle`; BadUserInput for a stage that is not later. */
export const advanceCycle = async (context: CycleAsking, { cycle: id, to, force }: AdvanceAssessmentCycleInput): Promise<CyclePayload> => {
  const found = await receiptsOfCycle(context, id);
  return changeCycle(context, id, "advanceAssessmentCycle", async ({ em, cycle, problems }) => {
    const { no, stage } = cycle;
    const later = stagesAfter(stage);
    if (!later.includes(to)) {
      const possible = later.length === 0 ? "publication alone ends it" : `possible are ${later.join(", ")}`;
      throw new DomainError("CONFLICT", `to: the cycle is in the stage ${stage} and does not advance to ${to}; ${possible}`, {
        argument: "to",
        stage,
      });
    }
    if (!force) await addUnready({ em, cycle, problems }, to, await context.hierarchy.held());
    if (!problems.isEmpty) return null;
    const receipts = stage === "SELF_SCORING" ? receiptsOfOpen(found, await openSheets(em, no)) : [];
    await storeStage(em, no, to);
    await storeReceipts(em, receipts);
    return { before: { stage }, after: { stage: to, force, receipts: receipts.map(recordOfReceipt) } };
  });
};

/** @throws DomainError CONFLICT for a sheet that was reopened after the receipts were worked out. */
const receiptsOfOpen = (found: ReadonlyMap<number, readonly NewReceipt[]>, open: readonly number[]): NewReceipt[] =>
  open.flatMap((no) => {
    const receipts = found.get(no);
    if (!receipts) throw new DomainError("CONFLICT", "cycle: a sheet was reopened meanwhile; try again", { argument: "cycle" });
    return receipts;
  });

const MOST_UNREADY = 1000;

/** By the code of the unit. */
const addUnready = async ({ em, cycle, problems }: CycleChange, to: CycleStage, hierarchy: Hierarchy): Promise<void> => {
  const left = stagesLeft(cycle.stage, to);
  const lastOf = (no: number) => hierarchy.versionsOf(no).at(-1)!;
  const nameOf = (no: number) => `${lastOf(no).fullName} (${lastOf(no).code})`;
  const members = cycle.memberNos.toSorted((a, b) => compareCodes(lastOf(a).code, lastOf(b).code) || a - b);
  if (left.includes("SELF_SCORING")) {
    const unsubmitted = new Set(await unsubmittedUnits(em, cycle.no));
    for (const no of members.filter((member) => unsubmitted.has(member)).slice(0, MOST_UNREADY))
      problems.add("to", "SHEET_NOT_SUBMITTED", `the sheet of ${nameOf(no)} was not handed in`);
  }
  if (!left.includes("FIRST_APPRAISAL") && !left.includes("SECOND_APPRAISAL")) return;
  for (const { unitNo, criterion } of await undecidedItems(em, cycle.no, members, MOST_UNREADY))
    problems.add("to", "CRITERION_UNDECIDED", `the criterion ${criterion} of ${nameOf(unitNo)} has no points`);
};

/** @throws as `changeCycle`. */
export const setRankedMembers = async (context: CycleAsking, input: SetRankedMembersInput): Promise<CyclePayload> => {
  const reason = reasonOf(input.reason);
  return changeCycle(context, input.cycle, "setRankedMembers", async ({ em, cycle, problems }) => {
    const find = await memberFinder(context, cycle);
    const chosen = input.units.flatMap((name, n) => find(`units[${n}]`, name, problems) ?? []);
    if (!problems.isEmpty) return null;
    const nos = new Set(chosen.map(({ no }) => String(no)));
    const others = Object.entries(cycle.unranked).filter(([no]) => !nos.has(no));
    const unranked = Object.fromEntries([...others, ...(input.isRanked ? [] : [...nos].map((no) => [no, reason] as const))]);
    await storeUnranked(em, cycle.no, unranked);
    const ranks = new Map((await membersOfCycle(context, cycle)).map(({ unit, isRanked }) => [unit.no, isRanked]));
    return {
      before: { members: chosen.map(({ id, no }) => ({ unit: id, isRanked: ranks.get(no) })) },
      after: { members: chosen.map(({ id }) => ({ unit: id, isRanked: input.isRanked })), reason },
    };
  });
};
