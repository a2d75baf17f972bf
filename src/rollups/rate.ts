import { Field, Float, Int, ObjectType } from "type-graphql";
import { countInRange, isInRange } from "../figures/int-range.ts";
import type { QuotedRate } from "./rollup.entity.ts";

/** Sums over the cells of a roll-up; matched cells report both numerator and denominator. */
export interface RateSums {
  readonly part: number | null;
  readonly of: number | null;
  readonly whole: number | null;
}

@ObjectType("Rate", {
  simpleResolvers: true,
  description:
    "Ratio of sums, never a mean of ratios (tỷ lệ). Numerator and denominator count the same units: those that reported both parts. " +
    "Every share is between 0 and 1.",
})
export class Rate {
  @Field(() => Float, {
    nullable: true,
    description:
      "numerator / denominator, or the rate that a source printed. Null if the denominator is 0, nothing was reported, or no covered value is certain but some are possible.",
  })
  value!: number | null;

  @Field(() => Int, { nullable: true, description: "Sum of the numerators; null if no unit reported both parts (tử số)." })
  numerator!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Sum of the denominators of the same units; null if no unit reported both parts (mẫu số).",
  })
  denominator!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Share of the whole denominator whose numerator was reported too, 0..1; null if no denominator was reported (độ bao phủ).",
  })
  coverage!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Rate if every unmatched case counts against it, or the lower end of the range that a source printed.",
  })
  low!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Rate if every unmatched case counts in its favour, or the upper end of the range that a source printed.",
  })
  high!: number | null;

  @Field(() => Boolean, { description: "True if a source printed the rate without its parts (số liệu trích dẫn)." })
  quoted!: boolean;
}

export const UNKNOWN_RATE: Rate = { value: null, numerator: null, denominator: null, coverage: null, low: null, high: null, quoted: false };

export const quotedRate = ({ value, low, high }: QuotedRate): Rate => ({ ...UNKNOWN_RATE, value, low, high, quoted: true });

/** Removes the value and keeps the bounds, because none of the certain values is covered. */
export const withheldRate = ({ coverage, low, high }: Rate): Rate => ({
  ...UNKNOWN_RATE,
  coverage: coverage === null ? null : 0,
  low,
  high,
});

/**
 * Computes a rate and its bounds. `low` counts every unmatched case against the rate, and possible amounts where they lower it; `high` does the opposite. All are null
 * without a denominator.
 */
export const computeRate = (certain: RateSums, possible: RateSums | null): Rate => {
  if (certain.whole === null) return UNKNOWN_RATE;
  if (certain.of === null || certain.part === null) return { ...UNKNOWN_RATE, coverage: 0, low: 0, high: 1 };
  const { part, of } = certain;
  const whole = Math.max(certain.whole, of);
  const inFavour = (possible?.part ?? 0) + Math.max((possible?.whole ?? 0) - (possible?.of ?? 0), 0);
  const against = Math.max((possible?.whole ?? 0) - (possible?.part ?? 0), 0);
  return {
    value: ratio(part, of),
    numerator: part,
    denominator: of,
    coverage: whole === 0 ? 1 : of / whole,
    low: ratio(part, whole + against),
    high: ratio(part + (whole - of) + inFavour, whole + inFavour),
    quoted: false,
  };
};

/** Reports an error for a numerator or denominator that does not fit the answer's number type. */
export const rateInRange = (rate: Rate, kind: string, name: string): Rate => {
  const { numerator, denominator } = rate;
  if (isInRange(numerator ?? 0) && isInRange(denominator ?? 0)) return rate;
  return {
    ...rate,
    numerator: countInRange(`${kind}.${name}, numerator`, numerator),
    denominator: countInRange(`${kind}.${name}, denominator`, denominator),
  };
};

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
