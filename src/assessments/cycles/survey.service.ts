import { textOf } from "../../lib/argument-text.ts";
import { parseAssessmentId } from "../assessment-id.ts";
import type { InputProblems } from "../input-problem.ts";
import { type CriterionView, rubricLoaders } from "../rubrics/rubric.loaders.ts";
import { hundredthsOf } from "../scoring/points.ts";
import type { RecordSurveyInput, SurveyAnswersInput } from "./cycle.input.ts";
import type { CycleView } from "./cycle.loaders.ts";
import { changeCycle, type CycleAsking, type CyclePayload } from "./cycle-write.service.ts";
import { memberFinder } from "./member-finder.ts";
import { groupOf, storedSums, storeSums, type SurveySum } from "./survey.store.ts";

const MAX_ANSWERS = 5000;
const LONGEST_RESPONDENTS = 200;
const MAX_COUNT = 1_000_000_000;

/** Stores the sums of the answers of each group; those sent before for the same group are replaced. @throws as `changeCycle`. */
export const recordSurvey = (context: CycleAsking, { cycle: id, answers }: RecordSurveyInput): Promise<CyclePayload> =>
  changeCycle(context, id, "recordSurvey", async ({ em, cycle, problems }) => {
    if (answers.length < 1 || answers.length > MAX_ANSWERS)
      problems.add("answers", "ANSWER_COUNT", `there are ${answers.length}; must be 1 to ${MAX_ANSWERS}`);
    const criteria = await context.use(rubricLoaders).criteriaOf.load(cycle.rubricNo);
    const find = await memberFinder(context, cycle);
    const sums = answers.flatMap((input, n): SurveySum[] => {
      const at = `answers[${n}]`;
      const unit = find(`${at}.unit`, input.unit, problems);
      const criterion = surveyCriterion(input.criterion, `${at}.criterion`, { cycle, criteria, problems });
      const respondents = problems.attempt(`${at}.respondents`, "TEXT_INVALID", () =>
        textOf("respondents", input.respondents, LONGEST_RESPONDENTS),
      );
      const added = sumOfCounts(input, at, problems);
      if (!unit || !criterion || respondents === null) return [];
      return [{ unitNo: unit.no, unit: unit.id, position: criterion.position, criterion: criterion.code, respondents, ...added }];
    });
    checkTwice(sums, problems);
    if (!problems.isEmpty) return null;
    const before = await storedSums(em, cycle.no, sums);
    await storeSums(em, cycle.no, sums);
    const shown = ({ unitNo: _unitNo, position: _position, weighted, ...sum }: SurveySum) => ({ ...sum, weighted: weighted / 100 });
    return { before: { answers: before.map(shown) }, after: { answers: sums.map(shown) } };
  });

interface Checking {
  readonly cycle: CycleView;
  readonly criteria: readonly CriterionView[];
  readonly problems: InputProblems;
}

const surveyCriterion = (id: string, place: string, { cycle, criteria, problems }: Checking): CriterionView | null => {
  const [rubricNo, position] = parseAssessmentId("criterion", id) ?? [];
  const criterion = rubricNo === cycle.rubricNo ? (criteria[position! - 1] ?? null) : null;
  if (criterion?.scoring === "SURVEY") return criterion;
  problems.add(
    place,
    "SURVEY_CRITERION",
    `${JSON.stringify(id.slice(0, 100))} must be the id of a criterion of SURVEY in the rubric of the cycle`,
  );
  return null;
};

const sumOfCounts = ({ counts }: SurveyAnswersInput, at: string, problems: InputProblems): Pick<SurveySum, "weighted" | "count"> => {
  if (counts.length === 0) problems.add(`${at}.counts`, "ITEM_COUNT", "must have at least one");
  const seen = new Set<number>();
  let [weighted, count] = [0, 0];
  for (const [n, one] of counts.entries()) {
    const place = `${at}.counts[${n}]`;
    const weight = hundredthsOf(one.weight);
    if (weight === null || weight < 0 || weight > 100)
      problems.add(`${place}.weight`, "WEIGHT_INVALID", `${one.weight} must be from 0 to 1, with at most two decimals`);
    else if (seen.has(weight)) problems.add(`${place}.weight`, "WEIGHT_TWICE", `${one.weight} stands twice`);
    if (one.count < 0 || one.count > MAX_COUNT)
      problems.add(`${place}.count`, "COUNT_INVALID", `${one.count} must be from 0 to ${MAX_COUNT}`);
    seen.add(weight ?? -1);
    weighted += (weight ?? 0) * one.count;
    count += one.count;
  }
  return { weighted, count };
};

const checkTwice = (sums: readonly SurveySum[], problems: InputProblems): void => {
  const seen = new Set<string>();
  for (const sum of sums) {
    if (seen.has(groupOf(sum)))
      problems.add("answers", "ANSWERS_TWICE", `${sum.respondents} answer twice about the criterion ${sum.criterion} of ${sum.unit}`);
    seen.add(groupOf(sum));
  }
};
