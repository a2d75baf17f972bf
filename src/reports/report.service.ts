import { coveredBy } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { connectionOf, pageOf } from "../lib/page.ts";
import type { Context } from "../access/request-context.ts";
import { sql } from "kysely";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { editionsOf } from "../hierarchy/edition.ts";
import { unitNamed } from "../units/unit.service.ts";
import type { UnitView } from "../hierarchy/unit.loaders.ts";
import type { Report } from "./report.loaders.ts";

/** The report with this id, as far as the viewer may see it; null for the others, and for none. */
export const findReport = ({ loaders }: Context, id: string): Promise<Report | null> =>
  id.includes("\0") ? Promise.resolve(null) : loaders.reportById.load(id);

/** The same for what is to be changed. @throws DomainError NOT_FOUND. */
export const reportNamed = async (context: Context, argument: string, id: string): Promise<Report> => {
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

export const listReports = async ({ loaders, reader }: Context, { unit: name, states, first, after }: ListArguments) => {
  const page = pageOf(first, after);
  const unit = await unitNamed(loaders, "unit", name, null);
  await ensureContributions(reader, await editionsOf(reader, [unit.asOf]));
  const { rows, totalCount } = await loaders.reportList.load({ unit, states: states ?? null, page });
  return { ...connectionOf(rows, page, ({ rank, id }) => ({ rank, text: id })), totalCount };
};

/** @throws DomainError FORBIDDEN naming the first unit that none of the grants covers. */
export const demandCovered = async ({ reader }: Context, grants: readonly Grant[], units: readonly UnitView[]): Promise<void> => {
  const rows = await reader.rows(sql<{ no: number }>`
    select distinct k.no from unnest(${units.map(({ no }) => no)}::int[]) k(no) where not ${coveredBy(grants, sql`k.no`)}`);
  const outside = units.find(({ no }) => rows.some((row) => row.no === no));
  if (outside) throw new DomainError("FORBIDDEN", `Your role does not cover ${outside.fullName} (${outside.code})`);
};

/** @throws BadUserInput naming the first figure of a unit that is not certainly within that of the report. */
export const demandWithin = async (
  { reader }: Context,
  unit: UnitView,
  figures: readonly { position: number; unit: UnitView }[],
): Promise<void> => {
  const [edition] = await editionsOf(reader, [unit.asOf]);
  await ensureContributions(reader, [edition!]);
  const rows = await reader.rows(sql<{ no: number }>`
    select distinct k.no from unnest(${figures.map((figure) => figure.unit.no)}::int[]) k(no)
    where not exists (select from contribution c where c.edition_id = ${edition!} and c.target_id = ${unit.no} and c.unit_id = k.no and c.certain)`);
  const outside = figures.find((figure) => rows.some(({ no }) => no === figure.unit.no));
  if (outside)
    throw new BadUserInput(`figures[${outside.position}].unit`, outside.unit.code, `accepted is ${unit.fullName} or a unit within it`);
};

/** @throws DomainError NOT_FOUND or FORBIDDEN unless a grant of the role covers the unit of the report. */
export const demandRole = async (context: Context, report: Report, role: "OFFICER" | "ADMIN"): Promise<void> => {
  const unit = await context.loaders.unitByNo.load(report.unitNo);
  const grants = grantsFor(context.viewer, role);
  const rows = await context.reader.rows(sql`select where ${coveredBy(grants, sql`${report.unitNo}::int`)}`);
  if (rows.length === 0) throw new DomainError("FORBIDDEN", `This needs the role ${role} on ${unit!.fullName} (${unit!.code})`);
};
