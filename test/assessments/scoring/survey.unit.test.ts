import { expect, it } from "vitest";
import { pointsAt } from "../../../src/assessments/scoring/steps.ts";
import { surveyValue } from "../../../src/assessments/scoring/survey.ts";

it("weighs 100, 60, 20 and 0 % of all groups together", () => {
  // 50 + 0.6 × 30 + 0.2 × 15 = 71 of a hundred citizens, and 3 + 0.6 × 7 = 7.2 of ten leaders.
  const [citizens, leaders] = [
    { weighted: 71, count: 100 },
    { weighted: 7.2, count: 10 },
  ];
  expect(surveyValue([citizens, leaders])).toBe(782 / 1100);
});

it("adds sums as they print, without the rest of binary fractions", () => {
  expect(
    surveyValue([
      { weighted: 0.1, count: 1 },
      { weighted: 0.2, count: 2 },
    ]),
  ).toBe(0.1);
});

it("reaches the step that it equals, whatever the number of answers", () => {
  // Half with the weight 1 and half with 0.6 are 0.8, though 4.8 / 6 is 0.7999….
  const shares = Array.from({ length: 200 }, (_, n) => surveyValue([{ weighted: (160 * (n + 1)) / 100, count: 2 * (n + 1) }]));
  expect(new Set(shares)).toEqual(new Set([0.8]));
  expect(pointsAt([{ from: 0.8, points: 2000, shape: "STEP" }], surveyValue([{ weighted: 4.8, count: 6 }])!)).toBe(2000);
});

it("has no value without answers", () => {
  expect([surveyValue([]), surveyValue([{ weighted: 0, count: 0 }])]).toEqual([null, null]);
});
