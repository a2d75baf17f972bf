import type { EntityManager } from "@mikro-orm/postgresql";
import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import { takeLock } from "../../database/locks.ts";
import { rowsOf } from "../../database/reader.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { recordChange } from "../../journal/audit.ts";
import { DomainError } from "../../lib/errors.ts";
import { type Day, parsePastDay } from "../../lib/time/date.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { readBlock, readLeaves } from "../cycles/block.store.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { cycleNamed } from "../cycles/cycle.service.ts";
import { type InputProblem, InputProblems } from "../input-problem.ts";
import { demandRoleOn } from "../organiser.service.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { hundredthsOf } from "../scoring/points.ts";
import { type FrozenResult, freezeBlock, undecidedLeaves } from "./publication.ts";
import type { PublishAssessmentCycleInput } from "./publication.input.ts";
import { insertPublication, type NewPublication, stageOfCycle, storePublished } from "./publication.store.ts";

export type PublishAsking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew">;

export interface CyclePayload {
  readonly cycle: CycleView | null;
  readonly problems: readonly InputProblem[];
}

/** Thrown to leave the transaction, of which nothing is stored. */
class Refused extends Error {}

/**
 * Freezes the results of a cycle, and answers them from then on in place of what reports state.
 * @throws DomainError NOT_FOUND for a cycle that the caller does not see, FORBIDDEN without ADMIN of its organiser, CONFLICT for a published one.
 */
export const publishCycle = async (context: PublishAsking, input: PublishAssessmentCycleInput): Promise<CyclePayload> => {
  const cycle = await administeredCycle(context, input.cycle);
  const problems = new InputProblems();
  const title = textFrom("title", input.title, 500, problems);
  const publishedOn = input.publishedOn == null ? context.today : dayFrom(input.publishedOn, context.today, problems);
  if (title === null || publishedOn === null) return refused(problems);
  const publication = { cycleNo: cycle.no, title, publishedOn, reason: null, at: context.now };
  return publishing(context, cycle, problems, async (em) => {
    demandStage(await stageOfCycle(em, cycle.no), false);
    const results = await resultsOf(context, em, cycle);
    if (!input.force) await addUndecided(context, results, problems);
    if (!problems.isEmpty) throw new Refused();
    await storePublished(em, cycle.no);
    await storeVersion(context, em, { cycle, publication, results, operation: "publishAssessmentCycle" });
  });
};

/** One publication of a cycle at a time. */
export const publishing = async (
  context: PublishAsking,
  cycle: CycleView,
  problems: InputProblems,
  work: (em: EntityManager) => Promise<void>,
): Promise<CyclePayload> => {
  try {
    await context.session.write(rowScope(context.viewer, "ADMIN"), async (em) => {
      await takeLock(em, "assessmentCycle", String(cycle.no));
      await work(em);
    });
  } catch (error) {
    if (error instanceof Refused) return refused(problems);
    throw error;
  }
  context.renew();
  return { cycle: await cycleNamed(context, assessmentIdOf("cycle", cycle.no)), problems: [] };
};

export const refuse = (): never => {
  throw new Refused();
};

export const refused = (problems: InputProblems): CyclePayload => ({ cycle: null, problems: problems.list });

export const administeredCycle = async (context: PublishAsking, id: string): Promise<CycleView> => {
  const cycle = await cycleNamed(context, id);
  await demandRoleOn(context, "ADMIN", cycle.organiserNo);
  return cycle;
};

/** @throws DomainError CONFLICT where the cycle is published and must not be, or the other way round. */
export const demandStage = (stage: string, mustBePublished: boolean): void => {
  if ((stage === "PUBLISHED") === mustBePublished) return;
  const problem = mustBePublished ? `is not published but in ${stage}` : "is published; correctPublishedScores corrects it";
  throw new DomainError("CONFLICT", `cycle: the cycle ${problem}; nothing was changed`, { argument: "cycle" });
};

/** The results of the cycle as its sheets stand in the transaction. */
export const resultsOf = async (context: Pick<PublishAsking, "use">, em: EntityManager, cycle: CycleView): Promise<FrozenResult[]> => {
  const rubric = (await context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo))!;
  const bands = rubric.bands.map(({ classification, from, to }) => ({
    ...{ classification: classification.code, from: from === null ? null : hundredthsOf(from), to: to === null ? null : hundredthsOf(to) },
  }));
  const [leaves, sheets] = [await readLeaves(rowsOf(em), cycle.rubricNo), await readBlock(rowsOf(em), cycle.no)];
  const unranked = new Set(Object.keys(cycle.unranked).map(Number));
  return freezeBlock({ maxPoints: hundredthsOf(rubric.maxScore)!, bands, leaves, sheets, unranked });
};

const addUndecided = async (context: PublishAsking, results: readonly FrozenResult[], problems: InputProblems): Promise<void> => {
  const open = results
    .map((result) => ({ unitNo: result.sheet.unitNo, leaves: undecidedLeaves(result) }))
    .filter(({ leaves }) => leaves.length > 0);
  const units = await context.use(unitLoaders).unitByNo.loadMany(open.map(({ unitNo }) => unitNo));
  for (const [n, { leaves }] of open.entries()) {
    const unit = units[n];
    if (unit === null || unit === undefined || unit instanceof Error) throw unit ?? new RangeError("a member of the cycle has gone");
    const codes = leaves.map(({ code }) => code).join(", ");
    problems.add(
      "cycle",
      "CRITERIA_UNDECIDED",
      `the criteria ${codes} of ${unit.fullName} (${unit.code}) must be decided, or published with force`,
    );
  }
};

interface Version {
  readonly cycle: CycleView;
  readonly publication: NewPublication;
  readonly results: readonly FrozenResult[];
  readonly operation: string;
  /** What the correction changed. */
  readonly corrections?: unknown;
}

export const storeVersion = async (context: PublishAsking, em: EntityManager, given: Version): Promise<void> => {
  const { cycle, publication, results, operation, corrections } = given;
  const version = await insertPublication(em, publication, results);
  const { actor, name } = context.viewer!;
  await recordChange(em, {
    ...{ actor, actorName: name, operation, unitNo: cycle.organiserNo, subject: assessmentIdOf("cycle", cycle.no), at: context.now },
    before: version === 1 ? { stage: cycle.stage } : { version: version - 1 },
    after: {
      stage: "PUBLISHED",
      version,
      title: publication.title,
      reason: publication.reason,
      corrections,
      results: results.map(resultOf),
    },
  });
};

const resultOf = ({ sheet, total, scaled, rank, classification }: FrozenResult) => ({
  ...{ sheet: assessmentIdOf("sheet", sheet.no), total, scaled, rank, classification },
});

/** Null, with a problem, for a blank or too long text. */
export const textFrom = (field: string, text: string, most: number, problems: InputProblems): string | null => {
  const trimmed = text.trim();
  if (trimmed.length > 0 && trimmed.length <= most) return trimmed;
  problems.add(field, "TEXT_INVALID", `must have 1 to ${most} characters, and has ${trimmed.length}`);
  return null;
};

const dayFrom = (text: string, today: Day, problems: InputProblems): Day | null =>
  problems.attempt("publishedOn", "DAY_INVALID", () => parsePastDay("publishedOn", text, today));
