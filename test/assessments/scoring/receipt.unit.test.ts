import { expect, it } from "vitest";
import { scoreOfValue } from "../../../src/assessments/scoring/receipt.ts";
import type { ScoreStep } from "../../../src/assessments/scoring/steps.ts";

const STEPS: ScoreStep[] = [
  { from: 0.5, points: 400, shape: "STEP" },
  { from: 0.8, points: 1000, shape: "STEP" },
];

it.each([
  ["between its bounds", { value: 0.7, low: 0.4, high: 0.9 }, { points: 400, least: 0, most: 1000 }],
  ["alone where it has no bounds", { value: 0.8, low: null, high: null }, { points: 1000, least: 1000, most: 1000 }],
  ["and never outside of its own points", { value: 0.8, low: 0.81, high: 0.79 }, { points: 1000, least: 1000, most: 1000 }],
  ["of nothing, as any undecided leaf", { value: null, low: 0.6, high: 0.7 }, { points: null, least: 0, most: 1200 }],
])("scores a value %s", (_, value, expected) => {
  expect(scoreOfValue(STEPS, 1200, value)).toEqual(expected);
});
