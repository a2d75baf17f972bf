import { expect, it } from "vitest";
import { sumsOfAnswers, surveyValue } from "../../../src/assessments/scoring/survey.ts";

const answers = (counts: readonly (readonly [number, number])[]) => sumsOfAnswers(counts.map(([weight, count]) => ({ weight, count })));

it("weighs 100, 60, 20 and 0 % of all groups together", () => {
  const citizens = answers([
    [1, 50],
    [0.6, 30],
    [0.2, 15],
    [0, 5],
  ]);
  const leaders = answers([
    [1, 3],
    [0.6, 7],
  ]);
  expect([citizens, leaders]).toEqual([
    { weighted: 71, count: 100 },
    { weighted: 7.2, count: 10 },
  ]);
  expect(surveyValue([citizens, leaders])).toBe(78.2 / 110);
});

it("adds weights as they print, without the rest of binary fractions", () => {
  const tenths = answers(Array.from({ length: 10 }, () => [0.1, 1] as const));
  expect(tenths).toEqual({ weighted: 1, count: 10 });
  expect(
    surveyValue([
      { weighted: 0.1, count: 1 },
      { weighted: 0.2, count: 2 },
    ]),
  ).toBe(0.3 / 3);
});

it("has no value without answers", () => {
  expect([surveyValue([]), surveyValue([answers([[1, 0]])])]).toEqual([null, null]);
});
