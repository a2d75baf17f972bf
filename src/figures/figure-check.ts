import { type Contradiction, fillIdentities, identityText, type Known } from "./identity.ts";
import { isInRange, MAX_COUNT, numeral } from "./int-range.ts";
import { isRolledUp, measureCode, ROLLUP_KINDS, type RollupKind } from "./measure.ts";

/** The numbers of a figure as a report states them, in a file or by API. */
export interface StatedNumbers {
  readonly measure: string;
  readonly value?: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly denominator?: number | null;
}

export type FigureFaultCode =
  | "VALUE_INVALID"
  | "RANGE_REVERSED"
  | "DENOMINATOR_INVALID"
  | "STATED_TWICE"
  | "IDENTITY_BROKEN"
  | "RESULT_TOO_LARGE";

/** One number that its measure does not allow; `text` begins with "must be". */
export interface NumberFault {
  readonly field: "value" | "low" | "high" | "denominator";
  readonly code: FigureFaultCode;
  readonly text: string;
}

/** A figure that contradicts others of its unit, tier and period. */
export interface GroupFault<F> {
  readonly figure: F;
  readonly code: FigureFaultCode;
  /** The figure that states the measure first; null unless it is stated twice. */
  readonly first: F | null;
  readonly text: string;
}

const QUOTED_RATES = ROLLUP_KINDS.flatMap(({ rates }) => rates.map(({ quotedAs }) => quotedAs));
/** The measures that roll up, and the rates that answers show as printed. */
export const MEASURES = [...ROLLUP_KINDS.flatMap((kind) => kind.measures.map(({ name }) => measureCode(kind, name))), ...QUOTED_RATES];

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;

interface Form {
  readonly fits: (value: number) => boolean;
  readonly text: string;
}

const COUNT: Form = { fits: isCount, text: `a whole number from 0 to ${numeral(MAX_COUNT)}` };
const SHARE: Form = { fits: (value) => value >= 0 && value <= 1, text: "a share from 0 to 1" };
const NUMBER: Form = { fits: isInRange, text: `a number of at most ${numeral(MAX_COUNT)}` };

const isCounted = (measure: string): boolean =>
  isRolledUp(measure) || measure === "ranking.count" || /^(service\.procedures|commendation\.)/.test(measure);

const formOf = (measure: string): Form => (measure.endsWith("-rate") ? SHARE : isCounted(measure) ? COUNT : NUMBER);

/** Returns what is wrong with the numbers of one figure. */
export const numberFaults = ({ measure, value, low, high, denominator }: StatedNumbers): NumberFault[] => {
  const { fits, text } = formOf(measure);
  const found: NumberFault[] = [];
  const add = (field: NumberFault["field"], code: FigureFaultCode, accepted: string) =>
    found.push({ field, code, text: `must be ${accepted}` });
  for (const [field, number] of Object.entries({ value, low, high }) as ["value" | "low" | "high", number | null | undefined][])
    if (number != null && !fits(number)) add(field, "VALUE_INVALID", text);
  if ((value == null) === (low == null && high == null)) add("value", "VALUE_INVALID", "either a value or a range of low and high");
  if (low != null && high != null && low > high) add("low", "RANGE_REVERSED", `at most high, ${high}`);
  const isDivided = isRolledUp(measure) || measure.startsWith("survey.");
  if (denominator != null && (!isDivided || !isCount(denominator) || (value ?? 0) > denominator))
    add("denominator", "DENOMINATOR_INVALID", `a whole number from the value to ${numeral(MAX_COUNT)}, and of a count`);
  return found;
};

/** Returns every contradiction between the figures of one unit, tier and period: a measure stated twice, and each identity that they break. */
export const groupFaults = <F extends StatedNumbers>(group: readonly F[]): GroupFault<F>[] => [
  ...statedTwice(group),
  ...ROLLUP_KINDS.flatMap((kind) => brokenIdentities(kind, group)),
];

const statedTwice = <F extends StatedNumbers>(group: readonly F[]): GroupFault<F>[] =>
  [
    ...Map.groupBy(
      group.filter(({ measure }) => MEASURES.includes(measure)),
      ({ measure }) => measure,
    ).values(),
  ].flatMap(([first, ...others]) =>
    others.map((figure) => ({ figure, first: first!, code: "STATED_TWICE" as const, text: `states ${figure.measure} a second time` })),
  );

const brokenIdentities = <F extends StatedNumbers>(kind: RollupKind, group: readonly F[]): GroupFault<F>[] => {
  const stated = new Map<string, F>();
  for (const { name } of kind.measures) {
    const figure = group.find(({ measure, value }) => measure === measureCode(kind, name) && value != null);
    if (figure) stated.set(name, figure);
  }
  const found: Contradiction[] = [];
  // The loop drops a broken identity, so that it also finds the next one.
  for (let left = kind.identities; ;) {
    const numbers: Known = new Map([...stated].map(([name, { value }]) => [name, value!]));
    const contradiction = fillIdentities(numbers, left);
    if (!contradiction) return [...found.map((one) => identityFault(one, stated)), ...tooLarge(kind, stated, numbers)];
    found.push(contradiction);
    left = left.filter((identity) => identity !== contradiction.identity);
  }
};

const identityFault = <F>({ identity, numbers }: Contradiction, stated: ReadonlyMap<string, F>): GroupFault<F> => {
  const named = [...identity.left, ...identity.right].map((name) => stated.get(name)).filter((one) => one !== undefined);
  const figure = named.at(-1) ?? [...stated.values()].at(-1)!;
  return { figure, first: null, code: "IDENTITY_BROKEN", text: `contradicts the identity ${identityText(identity)} (${numbers})` };
};

/** A number that follows from the stated ones must be as small as they are. */
const tooLarge = <F>(kind: RollupKind, stated: ReadonlyMap<string, F>, numbers: Known): GroupFault<F>[] =>
  [...numbers].flatMap(([name, value]): GroupFault<F>[] => {
    if (isInRange(value) || stated.has(name)) return [];
    const text = `makes ${measureCode(kind, name)} ${numeral(value)}, which must be at most ${numeral(MAX_COUNT)}`;
    return [{ figure: [...stated.values()][0]!, first: null, code: "RESULT_TOO_LARGE", text }];
  });
