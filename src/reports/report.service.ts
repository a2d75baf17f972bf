import { coveredBy } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { DomainError } from "../lib/errors.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { connectionOf, pageOf } from "../lib/page.ts";
import type { RequestContext } from "../access/request-context.ts";
import { sql } from "kysely";
import { tracedEdition } from "../hierarchy/edition.ts";
import { unitNamed } from "../units/unit.service.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { type Report, reportLoaders } from "./report.loaders.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "use">;

/** Returns the report with this id; null where there is none, or none that the viewer may see. */
export const findReport = (context: Pick<RequestContext, "use">, id: string): Promise<Report | null> =>
  id.includes("\0") ? Promise.resolve(null) : context.use(reportLoaders).reportById.load(id);

/** Returns a report to change. @throws DomainError NOT_FOUND. */
export const reportNamed = async (context: Pick<RequestContext, "use">, argument: string, id: string): Promise<Report> => {
  const report = await findReport(context, id);
  if (!report) throw new DomainError("NOT_FOUND", `${argument}: there is no report ${JSON.stringify(id.slice(0, 100))}`, { argument });
  return report;
};

interface ListArguments {
  readonly unit: string;
  readonly states: readonly SourceState[] | undefined;
  readonly first: number;
  readonly after: string | undefined;
}

export const listReports = async (context: Asking, { unit: name, states, first, after }: ListArguments) => {
  const page = pageOf(first, after);
  const unit = await unitNamed(context.use(unitLoaders), "unit", name, null);
  await tracedEdition(context, unit.asOf);
  const { rows, totalCount } = await context.use(reportLoaders).reportList.load({ unit, states: states ?? null, page });
  return { ...connectionOf(rows, page, ({ rank, id }) => ({ rank, text: id })), totalCount };
};

/** @throws DomainError FORBIDDEN naming the first unit that no grant covers. */
export const demandCovered = async (
  { session }: Pick<RequestContext, "session">,
  grants: readonly Grant[],
  units: readonly UnitView[],
): Promise<void> => {
  const rows = await session.rows(sql<{ no: number }>`
    select distinct k.no from unnest(${units.map(({ no }) => no)}::int[]) k(no) where not ${coveredBy(grants, sql`k.no`)}`);
  const outside = units.find(({ no }) => rows.some((row) => row.no === no));
  if (outside) throw new DomainError("FORBIDDEN", `Your role does not cover ${outside.fullName} (${outside.code})`);
};

/** Returns the figures whose unit is not certainly within the unit of the report. */
export const figuresOutside = async <T extends { readonly unit: UnitView }>(
  context: Pick<RequestContext, "session" | "hierarchy">,
  unit: UnitView,
  figures: readonly T[],
): Promise<T[]> => {
  const edition = await tracedEdition(context, unit.asOf);
  const rows = await context.session.rows(sql<{ no: number }>`
    select distinct k.no from unnest(${figures.map((figure) => figure.unit.no)}::int[]) k(no)
    where not exists (select from contribution c where c.edition_id = ${edition} and c.target_id = ${unit.no} and c.unit_id = k.no and c.certain)`);
  const outside = new Set(rows.map(({ no }) => no));
  return figures.filter((figure) => outside.has(figure.unit.no));
};

/** @throws DomainError NOT_FOUND or FORBIDDEN unless a grant of the role covers the unit of the report. */
export const demandRole = async (context: Asking, report: Report, role: "OFFICER" | "ADMIN"): Promise<void> => {
  const unit = await context.use(unitLoaders).unitByNo.load(report.unitNo);
  const grants = grantsFor(context.viewer, role);
  const rows = await context.session.rows(sql`select where ${coveredBy(grants, sql`${report.unitNo}::int`)}`);
  if (rows.length === 0) throw new DomainError("FORBIDDEN", `This needs the role ${role} on ${unit!.fullName} (${unit!.code})`);
};
