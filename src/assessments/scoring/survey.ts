import { decimalFrom, type Decimal } from "./points.ts";

/** The answers of one group of respondents to one question: only these sums are stored. */
export interface SurveySums {
  /** Σ weight × count. */
  readonly weighted: number;
  readonly count: number;
}

/** Σ weight × count / Σ count over all groups, from 0 to 1; null while nobody answered. */
export const surveyValue = (groups: readonly SurveySums[]): number | null => {
  const count = groups.reduce((total, group) => total + group.count, 0);
  return count === 0 ? null : divide(sum(groups.map(({ weighted }) => decimalFrom(weighted))), count);
};

const sum = (values: readonly Decimal[]): Decimal => {
  const decimals = Math.max(0, ...values.map((value) => value.decimals));
  const digits = values.reduce((total, value) => total + value.digits * 10n ** BigInt(decimals - value.decimals), 0n);
  return { digits, decimals };
};

/** Whole numbers are divided, for 4.8 / 6 is below 0.8, the value at which a step may begin. */
const divide = ({ digits, decimals }: Decimal, count: number): number => Number(digits) / (count * 10 ** decimals);
