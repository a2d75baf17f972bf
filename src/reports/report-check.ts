import { type Contradiction, fillIdentities, identityText, type Known } from "../figures/identity.ts";
import { isInRange, MAX_COUNT, numeral } from "../figures/int-range.ts";
import { isRolledUp, measureCode, ROLLUP_KINDS, type RollupKind } from "../figures/measure.ts";
import type { Period } from "../lib/time/period.ts";
import { type Tier, TIERS } from "../hierarchy/unit.entity.ts";
import type { UnitView } from "../hierarchy/unit.loaders.ts";
import type { FigureInput } from "./report-mutation.type.ts";
import { problemAt, type ReportProblem, type ReportProblemCode } from "./report-problem.ts";

/** A figure with its period and its unit. */
export interface PlacedFigure {
  readonly position: number;
  readonly input: FigureInput;
  readonly period: Period;
  readonly unit: UnitView;
}

const RATES = new Set(ROLLUP_KINDS.flatMap(({ rates }) => rates.map(({ quotedAs }) => quotedAs)));
/** The measures that a report may state by API: those that roll up, and the rates that answers show as printed. */
export const MEASURES = [...ROLLUP_KINDS.flatMap((kind) => kind.measures.map(({ name }) => measureCode(kind, name))), ...RATES];

/** The most figures that a report may have. */
export const MAX_FIGURES = 5000;
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
const isShare = (value: number): boolean => value >= 0 && value <= 1;

/** Returns what is wrong with each figure by itself, and every contradiction between the others. */
export const reportProblemsOf = (figures: readonly PlacedFigure[]): ReportProblem[] => {
  const checked = figures.map((figure) => ({ figure, problems: problemsOfFigure(figure) }));
  const valid = checked.filter(({ problems }) => problems.length === 0).map(({ figure }) => figure);
  return [...checked.flatMap(({ problems }) => problems), ...contradictions(valid)];
};

const problemsOfFigure = ({ position, input, unit }: PlacedFigure): ReportProblem[] => {
  const { measure, value, low, high, denominator, scope } = input;
  const problem = (field: string, given: unknown, code: ReportProblemCode, accepted: string): ReportProblem =>
    problemAt(`figures[${position}].${field}`, code, `must be ${accepted}, got ${JSON.stringify(given)}`);
  if (!MEASURES.includes(measure)) return [problem("measure", measure, "MEASURE_UNKNOWN", `one of ${MEASURES.join(", ")}`)];
  const [fits, form] = RATES.has(measure) ? [isShare, "a share from 0 to 1"] : [isCount, `a whole number from 0 to ${numeral(MAX_COUNT)}`];
  const found = Object.entries({ value, low, high })
    .filter(([, number]) => number != null && !fits(number))
    .map(([field, number]) => problem(field, number, "VALUE_INVALID", form));
  if ((value == null) === (low == null && high == null))
    found.push(problem("value", value ?? null, "VALUE_INVALID", "either a value or a range of low and high"));
  if (low != null && high != null && low > high) found.push(problem("low", low, "RANGE_REVERSED", `at most high, ${high}`));
  if (denominator != null && (!isRolledUp(measure) || !isCount(denominator) || (value ?? 0) > denominator))
    found.push(
      problem("denominator", denominator, "DENOMINATOR_INVALID", `a whole number from the value to ${numeral(MAX_COUNT)}, and of a count`),
    );
  if (scope != null && (unit.tier === null || TIERS.indexOf(scope) < TIERS.indexOf(unit.tier)))
    found.push(problem("scope", scope, "SCOPE_INVALID", unit.tier === null ? "null for an agency" : `${unit.tier} or a lower tier`));
  return found;
};

/** A commune has no tier below it, so the whole unit is its own tier. */
const groupOf = ({ unit, period, input }: PlacedFigure): string =>
  JSON.stringify([unit.no, period.name, input.scope ?? (unit.tier === "COMMUNE" ? unit.tier : null)]);

/** Returns every contradiction between figures of one unit, tier and period: a measure stated twice, and each identity that they break. */
const contradictions = (figures: readonly PlacedFigure[]): ReportProblem[] =>
  [...Map.groupBy(figures, groupOf).values()].flatMap((group) => [...twice(group), ...ROLLUP_KINDS.flatMap((kind) => broken(kind, group))]);

const twice = (group: readonly PlacedFigure[]): ReportProblem[] =>
  [...Map.groupBy(group, ({ input }) => input.measure).values()].flatMap(([first, ...others]) =>
    others.map(({ position, input: { measure, value } }) =>
      problemAt(
        `figures[${position}].value`,
        "STATED_TWICE",
        `states ${measure} of the same unit, tier and period as figures[${first!.position}] (${value ?? "a range"} and ${first!.input.value ?? "a range"})`,
      ),
    ),
  );

const broken = (kind: RollupKind, group: readonly PlacedFigure[]): ReportProblem[] => {
  const stated = new Map<string, PlacedFigure>();
  for (const { name } of kind.measures) {
    const figure = group.find(({ input }) => input.measure === measureCode(kind, name) && input.value != null);
    if (figure) stated.set(name, figure);
  }
  const found: Contradiction[] = [];
  // The loop drops a broken identity, so that it also finds the next one.
  for (let left = kind.identities; ;) {
    const numbers: Known = new Map([...stated].map(([name, { input }]) => [name, input.value!]));
    const contradiction = fillIdentities(numbers, left);
    if (!contradiction) return [...found.map((one) => problemOf(one, group[0]!, stated)), ...tooLarge(kind, group, stated, numbers)];
    found.push(contradiction);
    left = left.filter((identity) => identity !== contradiction.identity);
  }
};

/** A number that follows from the stated ones must be as small as they are. */
const tooLarge = (
  kind: RollupKind,
  group: readonly PlacedFigure[],
  stated: ReadonlyMap<string, PlacedFigure>,
  numbers: Known,
): ReportProblem[] =>
  [...numbers].flatMap(([name, value]): ReportProblem[] => {
    if (isInRange(value) || stated.has(name)) return [];
    const fault = `makes ${measureCode(kind, name)} ${numeral(value)} in ${placeOf(group[0]!)}; the result must be at most ${numeral(MAX_COUNT)}`;
    return [problemAt(`figures[${group[0]!.position}].value`, "RESULT_TOO_LARGE", fault)];
  });

const problemOf = (
  { identity, numbers }: Contradiction,
  figure: PlacedFigure,
  stated: ReadonlyMap<string, PlacedFigure>,
): ReportProblem => {
  const named = [...identity.left, ...identity.right].map((name) => stated.get(name)).filter((one) => one !== undefined);
  const { position } = named.at(-1) ?? [...stated.values()].at(-1)!;
  const fault = `contradicts the identity ${identityText(identity)} (${numbers}) of ${placeOf(figure)}`;
  return problemAt(`figures[${position}].value`, "IDENTITY_BROKEN", fault);
};

const placeOf = ({ unit, period, input }: PlacedFigure): string => `${unit.fullName}, ${tierText(input.scope)}, ${period.name}`;
const tierText = (scope: Tier | null | undefined): string => scope ?? "all tiers";
