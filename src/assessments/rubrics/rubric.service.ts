import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredUnits, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { INDICATORS } from "../../indicators/indicator.ts";
import { DomainError } from "../../lib/errors.ts";
import { connectionOf } from "../../lib/page.ts";
import { unitNamed } from "../../units/unit.service.ts";
import { assessmentLoaders } from "../assessment.loaders.ts";
import { memberLoaders } from "../member.loaders.ts";
import { reportedRankings } from "../reported.service.ts";
import { parseNumberId } from "../assessment-id.ts";
import { latestFirst, yearPage } from "../year-page.ts";
import { INDEX_NAMES, type IndexKind } from "../vocabulary.ts";
import { unitOfYear } from "../unit-of-year.ts";
import { criterionChanges } from "./rubric-diff.ts";
import {
  type CriterionView,
  isRubricSeen,
  rubricColumns,
  rubricLoaders,
  rubricOfRow,
  type RubricRow,
  type RubricView,
} from "./rubric.loaders.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "today" | "use">;

const NAMED_BY_REPORTS = /^([A-Z_]+)\/(\d{4})\/([^\0]+)\/([^/\0]+)$/;

/** A rubric that published reports name, by its id; null if none does. */
const reportedRubric = async (context: Pick<RequestContext, "use">, id: string): Promise<RubricView | null> => {
  const [, index, year, publisher] = NAMED_BY_REPORTS.exec(id) ?? [];
  if (publisher === undefined || !Object.hasOwn(INDEX_NAMES, index!)) return null;
  const unit = await context.use(unitLoaders).unitByReference.load({ id: publisher, asOf: null });
  if (!unit) return null;
  const { figures } = await context.use(assessmentLoaders).rankingsOf.load({ no: unit.no, index: index as IndexKind, year: Number(year) });
  const rankings = reportedRankings(figures, await context.use(memberLoaders).membersOn.load(unit.asOf));
  return rankings.find(({ rubric }) => rubric.id === id)?.rubric ?? null;
};

/** Null for a rubric that the caller may not see, as for none. */
export const findRubric = async (context: Pick<RequestContext, "use">, id: string): Promise<RubricView | null> => {
  const no = parseNumberId("rubric", id);
  return no === null ? reportedRubric(context, id) : context.use(rubricLoaders).rubricByNo.load(no);
};

/** @throws DomainError NOT_FOUND for a rubric that the caller does not see. */
export const rubricNamed = async (context: Pick<RequestContext, "use">, id: string, argument = "rubric"): Promise<RubricView> => {
  const rubric = await findRubric(context, id);
  if (!rubric) throw new DomainError("NOT_FOUND", `${argument}: there is no rubric ${JSON.stringify(id.slice(0, 100))}`, { argument });
  return rubric;
};

export interface RubricList {
  readonly organiserNo: number;
  readonly year: number | null;
  readonly index: IndexKind | null;
}

const matching = ({ viewer }: Pick<Asking, "viewer">, { organiserNo, year, index }: RubricList) => sql`
  with covered as materialized (${coveredUnits(grantsFor(viewer, "VIEWER"))}),
  matched as materialized (select r.* from rubric r where r.organiser_id = ${organiserNo} and (${year}::int is null or r.year = ${year})
    and (${index}::text is null or r.index_kind = ${index}) and ${isRubricSeen})`;

interface ListArguments {
  readonly organiser: string;
  readonly year: number | undefined;
  readonly index: IndexKind | undefined;
  readonly first: number;
  readonly after: string | undefined;
}

/** The latest year first, and within it the last one made. @throws BadUserInput for an unknown unit. */
export const listRubrics = async (context: Asking, { organiser, year, index, first, after }: ListArguments) => {
  const page = yearPage(first, after);
  const unit = await unitNamed(context.use(unitLoaders), "organiser", organiser, null);
  const list: RubricList = { organiserNo: unit.no, year: year ?? null, index: index ?? null };
  const rows = await context.session.scoped(rowScope(context.viewer)).rows(sql<RubricRow>`
    ${matching(context, list)} select ${rubricColumns} from matched r where ${latestFirst(page, sql`r.year`, sql`r.id`)}`);
  const position = ({ year: rank, no }: RubricRow) => ({ rank, text: String(no) });
  const { edges, ...connection } = connectionOf(rows, page, position);
  return {
    ...{ ...connection, list, nodes: connection.nodes.map((row) => rubricOfRow(row)) },
    edges: edges.map(({ cursor, node }) => ({ cursor, node: rubricOfRow(node) })),
  };
};

export const countRubrics = async (context: Pick<Asking, "session" | "viewer">, list: RubricList): Promise<number> => {
  const rows = await context.session
    .scoped(rowScope(context.viewer))
    .rows(sql<{ total: number }>`${matching(context, list)} select count(*)::int as total from matched`);
  return rows[0]!.total;
};

export const organiserOf = async (context: Asking, { organiserNo, year }: RubricView): Promise<UnitView | null> => {
  if (organiserNo === null) return null;
  const lastDay = `${year}-12-31`;
  return unitOfYear(context, organiserNo, lastDay < context.today ? lastDay : context.today);
};

type Tree = ReadonlyMap<number | null, readonly CriterionView[]>;
const trees = new WeakMap<readonly CriterionView[], Tree>();

/** Children by the position of their parent. */
const treeOf = (criteria: readonly CriterionView[]): Tree => {
  const tree = trees.get(criteria) ?? Map.groupBy(criteria, ({ parentPosition }) => parentPosition);
  trees.set(criteria, tree);
  return tree;
};

export const criteriaBelow = async (context: Pick<RequestContext, "use">, rubricNo: number | null, position: number | null) =>
  rubricNo === null ? [] : (treeOf(await context.use(rubricLoaders).criteriaOf.load(rubricNo)).get(position) ?? []);

export const criterionAt = async (context: Pick<RequestContext, "use">, rubricNo: number, position: number | null) =>
  position === null
    ? null
    : ((await context.use(rubricLoaders).criteriaOf.load(rubricNo)).find((one) => one.position === position) ?? null);

export const indicatorOf = ({ indicator }: CriterionView) => INDICATORS.find(({ code }) => code === indicator) ?? null;

/** @throws DomainError NOT_FOUND for a rubric that the caller does not see. */
export const diffOfRubrics = async (context: Asking, from: string, to: string) => {
  const [before, after] = await Promise.all([rubricNamed(context, from, "from"), rubricNamed(context, to, "to")]);
  const criteriaOf = async ({ no }: RubricView) => (no === null ? [] : context.use(rubricLoaders).criteriaOf.load(no));
  const [old, now] = await Promise.all([criteriaOf(before), criteriaOf(after)]);
  return criterionChanges(old, now);
};
