import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointsAt, pointsBetween, type ScoreStep } from "../../../src/assessments/scoring/steps.ts";
import { runs, seed } from "../../support/property.ts";

const step = (from: number, points: number): ScoreStep => ({ from, points, shape: "STEP" });
const linear = (from: number, points: number): ScoreStep => ({ from, points, shape: "LINEAR" });

describe("at and between every edge", () => {
  const steps = [step(0.5, 100), linear(0.8, 200), linear(0.9, 300), step(1, 250)];
  it.each([
    [-1, 0],
    [0.4999, 0],
    [0.5, 100],
    [0.7999, 100],
    [0.8, 200],
    [0.85, 250],
    [0.8755, 276],
    [0.8754, 275],
    [0.9, 300],
    [0.95, 275],
    [0.999, 251],
    [1, 250],
    [7, 250],
  ])("gives the value %s %s hundredths", (value, points) => {
    expect(pointsAt(steps, value)).toBe(points);
  });
});

it("rounds half up where points fall, too", () => {
  const falling = [linear(0, 101), linear(2, 100)];
  expect([0.999, 1, 1.001].map((value) => pointsAt(falling, value))).toEqual([101, 101, 100]);
});

it("gives nothing without steps, and the last step's points beyond a LINEAR end", () => {
  expect([pointsAt([], 1), pointsAt([linear(0, 7)], 9)]).toEqual([0, 7]);
});

/** Values are thousandths, so that each value between two edges can be tried. */
const anySteps = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 5 }),
    fc.infiniteStream(fc.tuple(fc.nat(1000), fc.boolean())),
  )
  .map(([edges, stream]) =>
    edges
      .toSorted((a, b) => a - b)
      .map((edge): ScoreStep => {
        const [points, isLinear] = stream.next().value;
        return { from: edge / 1000, points, shape: isLinear ? "LINEAR" : "STEP" };
      }),
  );

const naive = (steps: readonly ScoreStep[], thousandths: number): number => {
  let points = 0;
  for (const [index, { from, points: given, shape }] of steps.entries()) {
    const start = Math.round(from * 1000);
    if (thousandths < start) break;
    const next = steps[index + 1];
    const width = next ? Math.round(next.from * 1000) - start : 1;
    const rise = next && shape === "LINEAR" ? (next.points - given) * Math.min(thousandths - start, width) : 0;
    points = Math.floor((2 * (given * width + rise) + width) / (2 * width));
  }
  return points;
};

it("equals a walk along the steps", () => {
  fc.assert(
    fc.property(anySteps, fc.integer({ min: -5, max: 70 }), (steps, value) => {
      expect(pointsAt(steps, value / 1000)).toBe(naive(steps, value));
    }),
    { numRuns: runs(1000), seed: seed(3) },
  );
});

it("finds the least and the most points of a range as trying each value does", () => {
  fc.assert(
    fc.property(anySteps, fc.integer({ min: -5, max: 70 }), fc.nat(40), (steps, low, width) => {
      const tried = Array.from({ length: width + 1 }, (_, index) => naive(steps, low + index));
      const found = pointsBetween(steps, low / 1000, (low + width) / 1000);
      expect(found).toEqual({ least: Math.min(...tried), most: Math.max(...tried) });
    }),
    { numRuns: runs(500), seed: seed(4) },
  );
});
