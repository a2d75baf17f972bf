import { groupFaults, type GroupFault, MEASURES, numberFaults } from "../figures/figure-check.ts";
import type { Period } from "../lib/time/period.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { FigureInput } from "./report-mutation.type.ts";
import { problemAt, type ReportProblem } from "./report-problem.ts";

/** A figure with its period and its unit. */
export interface PlacedFigure {
  readonly position: number;
  readonly input: FigureInput;
  readonly period: Period;
  readonly unit: UnitView;
}

/** The most figures that a report may have. */
export const MAX_FIGURES = 5000;

/** Returns what is wrong with each figure by itself, and every contradiction between the others. */
export const reportProblemsOf = (figures: readonly PlacedFigure[]): ReportProblem[] => {
  const checked = figures.map((figure) => ({ figure, problems: problemsOfFigure(figure) }));
  const valid = checked.filter(({ problems }) => problems.length === 0).map(({ figure }) => figure);
  return [...checked.flatMap(({ problems }) => problems), ...contradictions(valid)];
};

const problemsOfFigure = ({ position, input, unit }: PlacedFigure): ReportProblem[] => {
  const { measure, scope } = input;
  const at = (field: keyof FigureInput) => `figures[${position}].${field}`;
  const got = (field: keyof FigureInput) => `, got ${JSON.stringify(input[field] ?? null)}`;
  if (!MEASURES.includes(measure))
    return [problemAt(at("measure"), "MEASURE_UNKNOWN", `must be one of ${MEASURES.join(", ")}${got("measure")}`)];
  const found = numberFaults(input).map(({ field, code, text }) => problemAt(at(field), code, text + got(field)));
  if (scope != null && (unit.tier === null || TIERS.indexOf(scope) < TIERS.indexOf(unit.tier))) {
    const accepted = unit.tier === null ? "null for an agency" : `${unit.tier} or a lower tier`;
    found.push(problemAt(at("scope"), "SCOPE_INVALID", `must be ${accepted}${got("scope")}`));
  }
  return found;
};

/** A commune has no tier below it, so the whole unit is its own tier. */
const groupOf = ({ unit, period, input }: PlacedFigure): string =>
  JSON.stringify([unit.no, period.name, input.scope ?? (unit.tier === "COMMUNE" ? unit.tier : null)]);

const contradictions = (figures: readonly PlacedFigure[]): ReportProblem[] =>
  [...Map.groupBy(figures, groupOf).values()].flatMap((group) => {
    const place = placeOf(group[0]!);
    return groupFaults(group.map((figure) => ({ ...figure.input, position: figure.position }))).map((fault) => problemOf(fault, place));
  });

const problemOf = ({ figure, first, code, text }: GroupFault<FigureInput & { position: number }>, place: string): ReportProblem => {
  const other = first === null ? "" : `: ${numberText(figure)}, and ${numberText(first)} in figures[${first.position}]`;
  return problemAt(`figures[${figure.position}].value`, code, `${text} for ${place}${other}`);
};

const numberText = ({ value }: FigureInput): string => (value == null ? "a range" : String(value));
const placeOf = ({ unit, period, input }: PlacedFigure): string => `${unit.fullName}, ${tierText(input.scope)}, ${period.name}`;
const tierText = (scope: Tier | null | undefined): string => scope ?? "all tiers";
