import type { EntityManager } from "@mikro-orm/postgresql";
import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { recordChange } from "../../journal/audit.ts";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { unitNamed } from "../../units/unit.service.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { type InputProblem, InputProblems } from "../input-problem.ts";
import { demandRoleOn } from "../../access/role-on.ts";
import { checkRubric } from "./rubric-check.ts";
import type { ReviseRubricInput, RubricIdInput, RubricInput } from "./rubric.input.ts";
import type { RubricView, StoredRubric } from "./rubric.loaders.ts";
import { rubricNamed } from "./rubric.service.ts";
import { insertRubric, lockSeries, publishDraft, type RubricDraft } from "./rubric.store.ts";

export type RubricAsking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew" | "hierarchy">;

export interface RubricPayload {
  readonly rubric: RubricView | null;
  readonly problems: readonly InputProblem[];
}

/** Who changes a rubric, for the audit trail. */
export interface RubricAuthor {
  readonly actor: string;
  readonly actorName: string;
  readonly at: Date;
}

const authorOf = ({ viewer, now }: RubricAsking): RubricAuthor => ({ actor: viewer!.actor, actorName: viewer!.name, at: now });

/** Checks a rubric and looks its units up; null where there are problems. @throws BadUserInput for an unknown organiser. */
export const draftOfRubric = async (
  context: Pick<RequestContext, "today" | "use">,
  input: RubricInput,
  organiser: Pick<UnitView, "no">,
  problems: InputProblems,
): Promise<RubricDraft | null> => {
  const checked = checkRubric(input, problems);
  const appraiserNos = new Map<string, number>();
  const places = new Map<string, number>();
  for (const [n, { appraiser }] of input.criteria.entries()) if (appraiser != null && !places.has(appraiser)) places.set(appraiser, n);
  const lookUp = async ([name, n]: readonly [string, number]) => {
    const unit = await unitNamed(context.use(unitLoaders), "appraiser", name, context.today).catch((error: unknown) =>
      problems.refused(`criteria[${n}].appraiser`, "UNIT_UNKNOWN", error),
    );
    if (unit) appraiserNos.set(name, unit.no);
  };
  await Promise.all([...places].map(lookUp));
  return checked && problems.isEmpty ? { ...checked, organiserNo: organiser.no, appraiserNos } : null;
};

export const organiserNamed = (context: Pick<RequestContext, "today" | "use">, name: string): Promise<UnitView> =>
  unitNamed(context.use(unitLoaders), "organiser", name, context.today);

/** The entry of a rubric in the audit trail. */
const recordOf = ({ organiserNo: _organiser, appraiserNos: _appraisers, ...draft }: RubricDraft, version: number) => ({
  ...draft,
  version,
});

interface Storing {
  readonly draft: RubricDraft;
  readonly by: RubricAuthor;
  readonly operation: string;
  /** @throws DomainError unless the next version may follow this one, 0 for none. */
  readonly demand: (last: number) => void;
}

/** Stores the next version with its entry in the audit trail, and returns its number. */
export const storeRubric = async (em: EntityManager, { draft, by, operation, demand }: Storing): Promise<number> => {
  const last = await lockSeries(em, draft);
  demand(last);
  const no = await insertRubric(em, draft, last + 1, by.at);
  const { actor, actorName, at } = by;
  await recordChange(em, {
    ...{ actor, actorName, operation, unitNo: draft.organiserNo, subject: assessmentIdOf("rubric", no), at },
    ...{ before: null, after: recordOf(draft, last + 1) },
  });
  return no;
};

const store = async (context: RubricAsking, storing: Omit<Storing, "by">): Promise<RubricPayload> => {
  const { session, viewer } = context;
  const no = await session.write(rowScope(viewer, "ADMIN"), (em) => storeRubric(em, { ...storing, by: authorOf(context) }));
  context.renew();
  return { rubric: await rubricNamed(context, assessmentIdOf("rubric", no)), problems: [] };
};

const demandFirst = (last: number): void => {
  if (last === 0) return;
  throw new DomainError("CONFLICT", `There is a rubric of this organiser, index, block and year, of version ${last}; revise it`);
};

/** @throws BadUserInput for an unknown organiser, DomainError FORBIDDEN without the role on it, CONFLICT if there is a version. */
export const createRubric = async (context: RubricAsking, input: RubricInput): Promise<RubricPayload> => {
  const organiser = await organiserNamed(context, input.organiser);
  await demandRoleOn(context, "ADMIN", organiser.no);
  const problems = new InputProblems();
  const draft = await draftOfRubric(context, input, organiser, problems);
  if (!draft) return { rubric: null, problems: problems.list };
  return store(context, { draft, operation: "createRubric", demand: demandFirst });
};

/** @throws DomainError NOT_FOUND for a rubric that the caller does not see, FORBIDDEN without the role on its organiser. */
export const reviseRubric = async (context: RubricAsking, { rubric: id, with: input }: ReviseRubricInput): Promise<RubricPayload> => {
  const rubric = await administeredRubric(context, id);
  const problems = new InputProblems("with.");
  const organiser = await organiserNamed(context, input.organiser).catch((error: unknown) =>
    problems.refused("organiser", "UNIT_UNKNOWN", error),
  );
  checkSame(rubric, input, organiser, problems);
  const draft = await draftOfRubric(context, input, { no: rubric.organiserNo }, problems);
  if (!draft) return { rubric: null, problems: problems.list };
  return store(context, { draft, operation: "reviseRubric", demand: () => {} });
};

const checkSame = (rubric: StoredRubric, input: RubricInput, organiser: UnitView | null, problems: InputProblems): void => {
  const refuse = (field: string, must: string | number) =>
    problems.add(field, "NOT_THE_SAME", `must be that of the revised rubric, ${must}; another one is a new rubric`);
  if (organiser && organiser.no !== rubric.organiserNo) refuse("organiser", "its organiser");
  if (input.index !== rubric.index) refuse("index", rubric.index);
  if (input.block !== rubric.block.code) refuse("block", rubric.block.code);
  if (input.year !== rubric.year) refuse("year", rubric.year);
};

/** @throws DomainError CONFLICT where it is no draft, or a later version is published. */
export const publishRubric = async (context: RubricAsking, { rubric: id }: RubricIdInput): Promise<RubricPayload> => {
  const rubric = await administeredRubric(context, id);
  await context.session.write(rowScope(context.viewer, "ADMIN"), (em) => storePublication(em, rubric, authorOf(context)));
  context.renew();
  return { rubric: await rubricNamed(context, id), problems: [] };
};

export const storePublication = async (em: EntityManager, rubric: StoredRubric, by: RubricAuthor): Promise<void> => {
  await lockSeries(em, { organiserNo: rubric.organiserNo, index: rubric.index, blockCode: rubric.block.code, year: rubric.year });
  if (!(await publishDraft(em, rubric.no, by.at)))
    throw new DomainError("CONFLICT", "rubric: it must be a draft, and no later version of it may be published");
  await recordChange(em, {
    ...{ actor: by.actor, actorName: by.actorName, operation: "publishRubric", unitNo: rubric.organiserNo, subject: rubric.id, at: by.at },
    ...{ before: { state: "DRAFT" }, after: { state: "PUBLISHED", version: rubric.version, name: rubric.name } },
  });
};

const administeredRubric = async (context: RubricAsking, id: string): Promise<StoredRubric> => {
  const rubric = await rubricNamed(context, id);
  if (rubric.no === null) throw new BadUserInput("rubric", id, "must be a rubric of an organiser; reports merely name this one");
  await demandRoleOn(context, "ADMIN", rubric.organiserNo!);
  return rubric as StoredRubric;
};
