import { expect, it } from "vitest";
import { surveyValue } from "../../../src/assessments/scoring/survey.ts";

it("weighs 100, 60, 20 and 0 % of all groups together", () => {
  // 50 + 0.6 × 30 + 0.2 × 15 = 71 of a hundred citizens, and 3 + 0.6 × 7 = 7.2 of ten leaders.
  const [citizens, leaders] = [
    { weighted: 71, count: 100 },
    { weighted: 7.2, count: 10 },
  ];
  expect(surveyValue([citizens, leaders])).toBe(78.2 / 110);
});

it("adds sums as they print, without the rest of binary fractions", () => {
  expect(
    surveyValue([
      { weighted: 0.1, count: 1 },
      { weighted: 0.2, count: 2 },
    ]),
  ).toBe(0.3 / 3);
});

it("has no value without answers", () => {
  expect([surveyValue([]), surveyValue([{ weighted: 0, count: 0 }])]).toEqual([null, null]);
});
