/** Points in hundredths, a whole number, so that they add up exactly. */
export type Hundredths = number;

/** Null for what has more than two decimals, or is too large to add up exactly. */
export const hundredthsOf = (points: number): Hundredths | null => {
  const hundredths = Math.round(points * 100);
  return Math.abs(hundredths) <= 1e12 && hundredths / 100 === points ? hundredths + 0 : null;
};

export const pointsOf = (hundredths: Hundredths): number => hundredths / 100;

/** A number as it is printed: `digits` / 10^`decimals`. */
export interface Decimal {
  readonly digits: bigint;
  readonly decimals: number;
}

/** Exactly the decimal that the number prints as. */
export const decimalFrom = (value: number): Decimal => {
  const [, sign, whole, part = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!;
  const decimals = part.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${part}`);
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals };
};

/** The digits of each value at the decimals that all of them need. */
export const alignDecimals = (values: readonly Decimal[]): bigint[] => {
  const decimals = Math.max(...values.map((value) => value.decimals));
  return values.map((value) => value.digits * 10n ** BigInt(decimals - value.decimals));
};

/** The ratio, rounded half up to a whole number; `denominator` must be above 0. */
export const roundHalfUp = (numerator: bigint, denominator: bigint): number => {
  const [doubled, divisor] = [2n * numerator + denominator, 2n * denominator];
  const quotient = doubled / divisor;
  return Number(doubled < 0n && quotient * divisor !== doubled ? quotient - 1n : quotient);
};
