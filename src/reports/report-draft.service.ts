import { grantsFor } from "../access/viewer.ts";
import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import { DomainError } from "../lib/errors.ts";
import { type Day, parsePastDay } from "../lib/time/date.ts";
import { begunPeriod, parsePeriod } from "../lib/time/period.ts";
import { unitNamed } from "../units/unit.service.ts";
import { MAX_FIGURES, type PlacedFigure, reportProblemsOf } from "./report-check.ts";
import type { FigureInput, SubmitReportInput } from "./report-mutation.type.ts";
import { problemAt, ReportProblems } from "./report-problem.ts";
import { textOf } from "../lib/argument-text.ts";
import type { Report } from "./report.loaders.ts";
import { demandRoleOn } from "../access/role-on.ts";
import { demandCovered, figuresOutside, reportNamed } from "./report.service.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "today" | "use">;

/** A report in the form in which the service stores it. */
export type CleanReport = Omit<SubmitReportInput, "idempotencyKey">;

/** A report without problems, with the units that it names. */
export interface ReportDraft {
  readonly input: CleanReport;
  readonly unit: UnitView;
  readonly figures: readonly PlacedFigure[];
  readonly corrected: Report | null;
}

const LONGEST = { title: 500, note: 2000, quote: 2000 } as const;

/** Checks and cleans what needs no database; null where there are problems. */
export const cleanReport = (given: SubmitReportInput, today: Day, problems: ReportProblems): CleanReport | null => {
  const { idempotencyKey, title, unit, publishedOn, note, supersedes, figures } = given;
  if (!/^[\x21-\x7E]{1,200}$/.test(idempotencyKey))
    problems.list.push(problemAt("idempotencyKey", "IDEMPOTENCY_KEY_MALFORMED", "must be 1 to 200 visible ASCII characters"));
  if (figures.length === 0 || figures.length > MAX_FIGURES) {
    const fault = `must be a list of 1 to ${MAX_FIGURES} figures, got ${figures.length}`;
    problems.list.push(problemAt("figures", "FIGURE_COUNT_INVALID", fault));
    return null;
  }
  const text = (argument: "title" | "note", value: string) =>
    problems.attempt("TEXT_INVALID", () => textOf(argument, value, LONGEST[argument]));
  const clean = {
    title: text("title", title)!,
    unit,
    publishedOn: publishedOn == null ? null : problems.attempt("DAY_INVALID", () => parsePastDay("publishedOn", publishedOn, today)),
    note: note == null ? null : text("note", note),
    supersedes: supersedes ?? null,
    figures: figures.map((figure, position) => cleanFigure(figure, position, problems)),
  };
  return problems.list.length > 0 ? null : clean;
};

const cleanFigure = (figure: FigureInput, position: number, problems: ReportProblems): FigureInput => {
  const { unit = null, measure, scope = null, period, value = null, low = null, high = null, denominator = null, quote } = figure;
  const at = `figures[${position}]`;
  const name = problems.attempt("PERIOD_INVALID", () => parsePeriod(`${at}.period`, period).name);
  const words = problems.attempt("TEXT_INVALID", () => textOf(`${at}.quote`, quote, LONGEST.quote));
  return { unit, measure, scope, period: name!, value, low, high, denominator, quote: words! };
};

/**
 * Looks up the units of a report and checks its figures; null where there are problems.
 * @throws DomainError FORBIDDEN for a unit outside the caller's scope, NOT_FOUND or CONFLICT for a report that the caller cannot correct.
 */
export const draftOf = async (context: Asking, input: CleanReport, problems: ReportProblems): Promise<ReportDraft | null> => {
  const grants = grantsFor(context.viewer, "OFFICER");
  const unit = await unitOfReport(context, input, problems);
  if (!unit) return null;
  await demandCovered(context, grants, [unit]);
  const figures = await placed(context, input, unit, problems);
  if (problems.list.length > 0) return null;
  await checkWithin(context, unit, figures, problems);
  if (problems.list.length > 0) return null;
  const units = figures.map((figure) => figure.unit);
  await demandCovered(context, grants, units);
  problems.list.push(...reportProblemsOf(figures));
  if (problems.list.length > 0) return null;
  const corrected = input.supersedes == null ? null : await correctedBy(context, input.supersedes, unit, problems);
  return problems.list.length > 0 ? null : { input, unit, figures, corrected };
};

/** A report is about the holder of the code on the last day of its latest period. */
const unitOfReport = (
  context: Pick<RequestContext, "use">,
  { unit, figures }: CleanReport,
  problems: ReportProblems,
): Promise<UnitView | null> => {
  const last = figures
    .map(({ period }) => parsePeriod("period", period).to)
    .toSorted()
    .at(-1)!;
  return unitNamed(context.use(unitLoaders), "unit", unit, last).catch((error: unknown) => problems.refused("UNIT_UNKNOWN", error));
};

const placed = async (
  context: Pick<RequestContext, "today" | "use">,
  { figures }: CleanReport,
  unit: UnitView,
  problems: ReportProblems,
): Promise<PlacedFigure[]> => {
  const found = await Promise.all(
    figures.map(async (input, position): Promise<PlacedFigure | null> => {
      const at = `figures[${position}]`;
      const period = problems.attempt("PERIOD_INVALID", () => begunPeriod(`${at}.period`, input.period, context.today));
      if (!period) return null;
      const holder = await unitNamed(context.use(unitLoaders), `${at}.unit`, input.unit ?? unit.id, period.to).catch((error: unknown) =>
        problems.refused("UNIT_UNKNOWN", error),
      );
      return holder && { position, input, period, unit: holder };
    }),
  );
  return found.filter((figure) => figure !== null);
};

const checkWithin = async (
  context: Pick<RequestContext, "hierarchy">,
  unit: UnitView,
  figures: readonly PlacedFigure[],
  problems: ReportProblems,
): Promise<void> => {
  for (const { position, unit: other } of await figuresOutside(context, unit, figures)) {
    const fault = `must be ${unit.fullName} or a unit within it, got ${JSON.stringify(other.code)}`;
    problems.list.push(problemAt(`figures[${position}].unit`, "UNIT_OUTSIDE", fault));
  }
};

/** @throws DomainError unless it is a draft or published report that the caller may correct. */
const correctedBy = async (context: Asking, id: string, unit: UnitView, problems: ReportProblems): Promise<Report | null> => {
  const report = await reportNamed(context, "supersedes", id);
  await demandRoleOn(context, "OFFICER", report.unitNo);
  if (report.unitNo !== unit.no) {
    const fault = `must be a report of ${unit.fullName}, got ${JSON.stringify(id)}`;
    problems.list.push(problemAt("supersedes", "SUPERSEDES_OTHER_UNIT", fault));
    return null;
  }
  if (report.state !== "DRAFT" && report.state !== "PUBLISHED")
    throw new DomainError("CONFLICT", `supersedes: the report ${id} is ${report.state}; it must be DRAFT or PUBLISHED`);
  return report;
};
