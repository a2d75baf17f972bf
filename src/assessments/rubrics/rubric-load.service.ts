import type { Database } from "../../database/database.ts";
import { publicContext } from "../../access/command-context.ts";
import { rowsOf } from "../../database/reader.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import { DomainError } from "../../lib/errors.ts";
import { parseNumberId } from "../assessment-id.ts";
import { type InputProblem, InputProblems } from "../input-problem.ts";
import { hundredthsOf, pointsOf } from "../scoring/points.ts";
import { tableOfCriteria } from "./rubric-file.ts";
import type { RubricInput } from "./rubric.input.ts";
import type { StoredRubric } from "./rubric.loaders.ts";
import { readCriteria, readRubric } from "./rubric.store.ts";
import { draftOfRubric, organiserNamed, type RubricAuthor, storePublication, storeRubric } from "./rubric-write.service.ts";

type Pools = Pick<Database, "orm" | "pools">;

interface Loading {
  readonly by: RubricAuthor;
  readonly operation: string;
  /** True to publish it at once. */
  readonly isPublished: boolean;
}

export interface LoadedRubric {
  readonly rubric: StoredRubric | null;
  readonly problems: readonly InputProblem[];
}

/** The maximum of a rubric is the sum of those of its roots, which a file need not repeat. */
export const withMaximum = (input: Omit<RubricInput, "maxScore">): RubricInput => {
  const roots = input.criteria.filter(({ code }) => !code.includes("."));
  return { ...input, maxScore: pointsOf(roots.reduce((sum, { maxScore }) => sum + (hundredthsOf(maxScore) ?? 0), 0)) };
};

/** Stores a rubric for a command, as the next version where there is one. @throws BadUserInput for an unknown organiser. */
export const loadRubric = async (
  { orm, pools }: Pools,
  input: RubricInput,
  { by, operation, isPublished }: Loading,
): Promise<LoadedRubric> => {
  const context = publicContext(pools, by.at);
  const problems = new InputProblems();
  const draft = await draftOfRubric(context, input, await organiserNamed(context, input.organiser), problems);
  if (!draft) return { rubric: null, problems: problems.list };
  const rubric = await orm.em.fork().transactional(async (em) => {
    const no = await storeRubric(em, { draft, by, operation, demand: () => {} });
    const stored = (await readRubric(em, no))!;
    if (isPublished) await storePublication(em, stored, by);
    return stored;
  });
  return { rubric, problems: [] };
};

/** A rubric with the table of its file, drafts included. @throws DomainError NOT_FOUND for an unknown id. */
export const rubricFile = async ({ orm, pools }: Pools, id: string, now: Date) => {
  const no = parseNumberId("rubric", id);
  const em = orm.em.fork();
  const rubric = no === null ? null : await readRubric(em, no);
  if (!rubric) throw new DomainError("NOT_FOUND", `There is no rubric ${JSON.stringify(id)}`);
  const { unitByNo } = publicContext(pools, now).use(unitLoaders);
  /** The code of a unit that exists; of another one its id. */
  const nameOf = async (unitNo: number | null): Promise<string | null> => {
    const unit = unitNo === null ? null : await unitByNo.load(unitNo);
    return unit && (unit.validTo === null ? unit.code : unit.id);
  };
  const criteria = await readCriteria(rowsOf(em), rubric.no);
  const filed = await Promise.all(criteria.map(async (criterion) => ({ criterion, appraiser: await nameOf(criterion.appraiserNo) })));
  return {
    rubric,
    organiser: (await nameOf(rubric.organiserNo))!,
    table: tableOfCriteria(rubric, filed),
  };
};
