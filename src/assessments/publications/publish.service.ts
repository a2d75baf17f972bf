import type { EntityManager } from "@mikro-orm/postgresql";
import type { RequestContext } from "../../access/request-context.ts";
import { rowsOf } from "../../database/reader.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { parsePastDay } from "../../lib/time/date.ts";
import { textOf } from "../../lib/argument-text.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { blockLoaders } from "../cycles/block.loaders.ts";
import { readBlock } from "../cycles/block.store.ts";
import type { CycleView } from "../cycles/cycle.loaders.ts";
import { storeStage } from "../cycles/cycle.store.ts";
import { changeCycle, type CycleAsking, type CyclePayload } from "../cycles/cycle-write.service.ts";
import type { InputProblems } from "../input-problem.ts";
import { rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { bandsOf } from "../scoring/bands.ts";
import { hundredthsOf } from "../scoring/points.ts";
import { type FrozenResult, freezeBlock, undecidedLeaves } from "./publication.ts";
import type { PublishAssessmentCycleInput } from "./publication.input.ts";
import { insertPublication } from "./publication.store.ts";

const MAX_TITLE = 500;

/**
 * Freezes the results of a cycle, which answers have from then on in place of what reports state.
 * @throws as `changeCycle`; BadUserInput for a blank title, or a day to come.
 */
export const publishCycle = (context: CycleAsking, input: PublishAssessmentCycleInput): Promise<CyclePayload> => {
  const title = textOf("title", input.title, MAX_TITLE);
  const publishedOn = input.publishedOn == null ? context.today : parsePastDay("publishedOn", input.publishedOn, context.today);
  return changeCycle(context, input.cycle, "publishAssessmentCycle", async ({ em, cycle, problems }) => {
    const results = await resultsOf(context, em, cycle);
    if (!input.force) await addUndecided(context, results, problems);
    if (!problems.isEmpty) return null;
    await storeStage(em, cycle.no, "PUBLISHED");
    const version = await insertPublication(em, { cycleNo: cycle.no, title, publishedOn, reason: null, at: context.now }, results);
    return {
      before: { stage: cycle.stage },
      after: { stage: "PUBLISHED", version, title, publishedOn, results: results.map(auditedResult) },
    };
  });
};

/** The results of the cycle as its sheets stand in the transaction. */
export const resultsOf = async (context: Pick<RequestContext, "use">, em: EntityManager, cycle: CycleView): Promise<FrozenResult[]> => {
  const rubric = (await context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo))!;
  const [leaves, sheets] = [await context.use(blockLoaders).leavesOf.load(cycle.rubricNo), await readBlock(rowsOf(em), cycle.no)];
  const unranked = new Set(Object.keys(cycle.unranked).map(Number));
  return freezeBlock({ maxPoints: hundredthsOf(rubric.maxScore)!, bands: bandsOf(rubric.bands), leaves, sheets, unranked });
};

const addUndecided = async (
  context: Pick<RequestContext, "use">,
  results: readonly FrozenResult[],
  problems: InputProblems,
): Promise<void> => {
  const open = results
    .map((result) => ({ no: result.sheet.unitNo, leaves: undecidedLeaves(result) }))
    .filter(({ leaves }) => leaves.length > 0);
  const { unitByNo } = context.use(unitLoaders);
  const units = await Promise.all(open.map(async ({ no }) => unitByNo.load(no)));
  for (const [n, { leaves }] of open.entries()) {
    const { fullName, code } = units[n]!;
    const criteria = leaves.map((leaf) => leaf.code).join(", ");
    problems.add(
      "cycle",
      "CRITERION_UNDECIDED",
      `the criteria ${criteria} of ${fullName} (${code}) have no points; they must, or force must be true`,
    );
  }
};

/** A result in the audit trail, with points in hundredths. */
export const auditedResult = ({ sheet, total, scaled, rank, classification }: FrozenResult) => ({
  ...{ sheet: assessmentIdOf("sheet", sheet.no), total, scaled, rank, classification },
});
