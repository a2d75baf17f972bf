import fc from "fast-check";
import { expect, it } from "vitest";
import { alignDecimals, decimalFrom, hundredthsOf, pointsOf, roundHalfUp } from "../../../src/assessments/scoring/points.ts";
import { runs, seed } from "../../support/property.ts";

it.each([
  [0, 0],
  [-0, 0],
  [20.5, 2050],
  [0.07, 7],
  [79.99, 7999],
  [101.69, 10169],
  [-3.25, -325],
  [1.005, null],
  [0.1 + 0.2, null],
  [Number.NaN, null],
  [Infinity, null],
  [1e11, null],
])("reads %s points as %s hundredths", (points, hundredths) => {
  expect(hundredthsOf(points)).toBe(hundredths);
});

it("reads back every number of hundredths", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (hundredths) => hundredthsOf(pointsOf(hundredths)) === hundredths),
    { numRuns: runs(2000), seed: seed(1) },
  );
});

it.each([
  [5n, 2n, 3],
  [-5n, 2n, -2],
  [7n, 3n, 2],
  [-7n, 3n, -2],
  [0n, 9n, 0],
  [199_999n, 200_000n, 1],
])("rounds %s/%s half up to %s", (numerator, denominator, rounded) => {
  expect(roundHalfUp(numerator, denominator)).toBe(rounded);
});

it("reads a decimal exactly as it prints", () => {
  expect(decimalFrom(1e-7)).toEqual({ digits: 1n, decimals: 7 });
  expect(decimalFrom(1.5e21)).toEqual({ digits: 15n * 10n ** 20n, decimals: 0 });
  expect(alignDecimals([0.5, -2, 1.25].map(decimalFrom))).toEqual([50n, -200n, 125n]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { digits, decimals } = decimalFrom(value);
      return Number(`${digits}e-${decimals}`) === value + 0;
    }),
    { numRuns: runs(2000), seed: seed(2) },
  );
});
