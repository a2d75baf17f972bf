import { type Contradiction, fillIdentities, identityText, type Known } from "../figures/identity.ts";
import { isInRange, MAX_COUNT, numeral } from "../figures/int-range.ts";
import { isRolledUp, measureCode, ROLLUP_KINDS, type RollupKind } from "../figures/measure.ts";
import type { Period } from "../lib/time/period.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit.loaders.ts";
import type { FigureInput } from "./report.type.ts";

/** One thing that is wrong with a submitted report. */
export interface ReportProblem {
  /** figures[3].value */
  readonly argument: string;
  readonly message: string;
}

/** A figure whose period and unit are known. */
export interface PlacedFigure {
  readonly position: number;
  readonly input: FigureInput;
  readonly period: Period;
  readonly unit: UnitView;
}

const RATES = new Set(ROLLUP_KINDS.flatMap(({ rates }) => rates.map(({ quotedAs }) => quotedAs)));
/** What a report may state by API: the measures that roll up, and the rates that are shown as printed. */
export const MEASURES = [...ROLLUP_KINDS.flatMap((kind) => kind.measures.map(({ name }) => measureCode(kind, name))), ...RATES];

/** A report states at most so many. */
export const MAX_FIGURES = 5000;
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
const isShare = (value: number): boolean => value >= 0 && value <= 1;

/** What is wrong with the figure by itself; empty where nothing is. */
export const problemsOfFigure = ({ position, input, unit }: PlacedFigure): ReportProblem[] => {
  const { measure, value, low, high, denominator, scope } = input;
  const problem = (field: string, given: unknown, accepted: string): ReportProblem => ({
    argument: `figures[${position}].${field}`,
    message: `figures[${position}].${field}: ${JSON.stringify(given)} is not accepted; ${accepted}`,
  });
  if (!MEASURES.includes(measure)) return [problem("measure", measure, `accepted are ${MEASURES.join(", ")}`)];
  const [fits, form] = RATES.has(measure) ? [isShare, "a share from 0 to 1"] : [isCount, `a whole number from 0 to ${numeral(MAX_COUNT)}`];
  const found = Object.entries({ value, low, high })
    .filter(([, number]) => number != null && !fits(number))
    .map(([field, number]) => problem(field, number, `accepted is ${form}`));
  if ((value == null) === (low == null && high == null))
    found.push(problem("value", value ?? null, "accepted is either a value or a range of low and high"));
  if (low != null && high != null && low > high) found.push(problem("low", low, `a range ends above where it begins, not at ${high}`));
  if (denominator != null && (!isRolledUp(measure) || !isCount(denominator) || (value ?? 0) > denominator))
    found.push(
      problem("denominator", denominator, `accepted is a whole number to ${numeral(MAX_COUNT)} that is not below the value, with a count`),
    );
  if (scope != null && (unit.tier === null || TIERS.indexOf(scope) < TIERS.indexOf(unit.tier)))
    found.push(problem("scope", scope, `accepted is ${unit.tier === null ? "none for an agency" : `${unit.tier} or a lower tier`}`));
  return found;
};

/** Of a commune, which has no tier below it, the whole unit is its own tier. */
const cellOf = ({ unit, period, input }: PlacedFigure): string =>
  JSON.stringify([unit.no, period.name, input.scope ?? (unit.tier === "COMMUNE" ? unit.tier : null)]);

/** Every contradiction within a cell: two values of one measure, and each identity that the stated numbers break. */
export const contradictions = (figures: readonly PlacedFigure[]): ReportProblem[] =>
  [...Map.groupBy(figures, cellOf).values()].flatMap((cell) => [...twice(cell), ...ROLLUP_KINDS.flatMap((kind) => broken(kind, cell))]);

const twice = (cell: readonly PlacedFigure[]): ReportProblem[] =>
  [...Map.groupBy(cell, ({ input }) => input.measure).values()].flatMap(([first, ...others]) =>
    others.map(({ position, input: { measure, value } }) => ({
      argument: `figures[${position}].value`,
      message: `figures[${position}]: ${measure} of the same unit, tier and period is stated in figures[${first!.position}], too (${value ?? "a range"} and ${first!.input.value ?? "a range"})`,
    })),
  );

const broken = (kind: RollupKind, cell: readonly PlacedFigure[]): ReportProblem[] => {
  const stated = new Map<string, PlacedFigure>();
  for (const { name } of kind.measures) {
    const figure = cell.find(({ input }) => input.measure === measureCode(kind, name) && input.value != null);
    if (figure) stated.set(name, figure);
  }
  const found: Contradiction[] = [];
  // An identity that is broken is left out, so that the next one shows, too.
  for (let left = kind.identities; ;) {
    const known: Known = new Map([...stated].map(([name, { input }]) => [name, input.value!]));
    const contradiction = fillIdentities(known, left);
    if (!contradiction) return [...found.map((one) => problemOf(one, cell[0]!, stated)), ...tooLarge(kind, cell, stated, known)];
    found.push(contradiction);
    left = left.filter((identity) => identity !== contradiction.identity);
  }
};

/** What follows from stated numbers must be as small as they are. */
const tooLarge = (
  kind: RollupKind,
  cell: readonly PlacedFigure[],
  stated: ReadonlyMap<string, PlacedFigure>,
  known: Known,
): ReportProblem[] =>
  [...known].flatMap(([name, value]): ReportProblem[] => {
    if (isInRange(value) || stated.has(name)) return [];
    const { position, unit, period, input } = cell[0]!;
    const place = `${unit.fullName}, ${tierText(input.scope)}, ${period.name}`;
    const message = `makes ${measureCode(kind, name)} ${numeral(value)} in ${place}; accepted are numbers from which at most ${numeral(MAX_COUNT)} follow`;
    return [{ argument: `figures[${position}].value`, message: `figures[${position}]: ${message}` }];
  });

const problemOf = (
  { identity, numbers }: Contradiction,
  { unit, period, input }: PlacedFigure,
  stated: ReadonlyMap<string, PlacedFigure>,
): ReportProblem => {
  const named = [...identity.left, ...identity.right].map((name) => stated.get(name)).filter((figure) => figure !== undefined);
  const { position } = named.at(-1) ?? [...stated.values()].at(-1)!;
  const place = `${unit.fullName}, ${tierText(input.scope)}, ${period.name}`;
  return {
    argument: `figures[${position}].value`,
    message: `figures[${position}]: contradicts the identity ${identityText(identity)} (${numbers}) of ${place}`,
  };
};

const tierText = (scope: Tier | null | undefined): string => scope ?? "all tiers";
