import { coveredAmong } from "../access/grant.ts";
import type { Grant } from "../access/viewer.ts";
import { DomainError } from "../lib/errors.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { connectionOf, pageOf } from "../lib/page.ts";
import type { RequestContext } from "../access/request-context.ts";
import { tracedEdition } from "../hierarchy/edition.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import { lineageOf } from "../hierarchy/lineage.ts";
import { unitNamed } from "../units/unit.service.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { type Report, reportLoaders } from "./report.loaders.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "use">;

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
  const editionId = await tracedEdition(context, unit.asOf);
  const { rows, totalCount } = await context.use(reportLoaders).reportList.load({ unit, editionId, states: states ?? null, page });
  return { ...connectionOf(rows, page, ({ rank, id }) => ({ rank, text: id })), totalCount };
};

/** @throws DomainError FORBIDDEN naming the first unit that no grant covers. */
export const demandCovered = async (
  { hierarchy }: Pick<RequestContext, "hierarchy">,
  grants: readonly Grant[],
  units: readonly UnitView[],
): Promise<void> => {
  const numbers = units.map(({ no }) => no);
  const covered = coveredAmong(await hierarchy.load(), grants, numbers);
  const outside = units.find(({ no }) => !covered.has(no));
  if (outside) throw new DomainError("FORBIDDEN", `Your role does not cover ${outside.fullName} (${outside.code})`);
};

/** Returns the figures whose unit is not certainly within the unit of the report. */
export const figuresOutside = async <T extends { readonly unit: UnitView }>(
  { hierarchy }: Pick<RequestContext, "hierarchy">,
  unit: UnitView,
  figures: readonly T[],
): Promise<T[]> => {
  const loaded = await hierarchy.load();
  const edition = loaded.editionOn(dayNumber(unit.asOf))!;
  const numbers = figures.map((figure) => figure.unit.no);
  const inside = lineageOf(loaded).unitsOf(edition, new Set([unit.no]), numbers);
  return figures.filter((figure) => !inside.has(figure.unit.no));
};
