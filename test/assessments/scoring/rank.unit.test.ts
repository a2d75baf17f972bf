import fc from "fast-check";
import { expect, it } from "vitest";
import {
  decidedLeaf,
  placesInBlock,
  project,
  projectedClass,
  sumLeaves,
  undecidedLeaf,
} from "../../../src/assessments/scoring/projection.ts";
import { placesOf, ranksOf } from "../../../src/assessments/scoring/rank.ts";
import { scaledScore } from "../../../src/assessments/scoring/scaled.ts";
import { runs, seed } from "../../support/property.ts";

const NONE = { bonus: 0, penalty: 0 };

it("ranks 1, 2, 2, 4, and nobody without a score", () => {
  expect(ranksOf([8000, 9500, null, 9000, 9000])).toEqual([4, 1, null, 2, 2]);
});

it.each([
  ["as they are where everything applies", 8123, 10_000, NONE, 8123],
  ["79.995 as the 80.00 that is printed", 15_999, 20_000, NONE, 8000],
  ["to the whole maximum where a third does not apply", 6000, 7000, NONE, 8571],
  ["with bonus and penalty added after it, above 100, too", 5000, 5000, { bonus: 169, penalty: 0 }, 10_169],
  ["below 0, for nothing is clamped", 0, 10_000, { bonus: 0, penalty: 250 }, -250],
])("scales points %s", (_, points, maxApplicable, adjustments, scaled) => {
  expect(scaledScore(points, { maxApplicable, maxScore: 10_000 }, adjustments)).toBe(scaled);
});

it("has no scaled score where nothing applies", () => {
  expect(scaledScore(0, { maxApplicable: 0, maxScore: 10_000 }, NONE)).toBeNull();
  expect(project(sumLeaves([]), { maxApplicable: 0, maxScore: 10_000 }, NONE)).toBeNull();
});

it("gives a class to a projection whose whole range has it, and to one that was overridden", () => {
  const bands = [
    { classification: "DAT", from: 5000, to: null },
    { classification: "CHUA_DAT", from: null, to: 5000 },
  ];
  const range = { total: 5000, low: 4000, high: 6000 };
  expect([
    projectedClass(bands, range, null),
    projectedClass(bands, range, "DAT"),
    projectedClass(bands, { ...range, low: 5000 }, null),
  ]).toEqual([null, "DAT", "DAT"]);
});

const anyRange = fc.tuple(fc.nat(8), fc.nat(4)).map(([low, width]) => ({ low, high: low + width }));

const completions = (ranges: readonly { low: number; high: number }[]): number[][] =>
  ranges.reduce<number[][]>(
    (all, { low, high }) => all.flatMap((scores) => Array.from({ length: high - low + 1 }, (_, more) => [...scores, low + more])),
    [[]],
  );

it("finds the best and the worst place over all completions of small blocks", () => {
  fc.assert(
    fc.property(fc.array(anyRange, { minLength: 1, maxLength: 5 }), (ranges) => {
      const ranks = completions(ranges).map((scores) => scores.map((score) => 1 + scores.filter((other) => other > score).length));
      const expected = ranges.map((_, member) => ({
        bestRank: Math.min(...ranks.map((of) => of[member]!)),
        worstRank: Math.max(...ranks.map((of) => of[member]!)),
      }));
      expect(placesOf(ranges)).toEqual(expected);
    }),
    { numRuns: runs(300), seed: seed(7) },
  );
});

/** Leaves of at most 3 hundredths, so that every completion can be tried. */
const anyLeaf = fc.oneof(
  fc.nat(3).map(decidedLeaf),
  fc.nat(3).map(undecidedLeaf),
  fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)).map(([least, a, b]) => ({ least, points: least + a, most: least + a + b })),
);
const anySheet = fc.record({
  leaves: fc.array(anyLeaf, { minLength: 1, maxLength: 3 }),
  maxApplicable: fc.integer({ min: 9, max: 12 }),
  bonus: fc.nat(2),
  penalty: fc.nat(2),
  isRanked: fc.boolean(),
});

it("projects from the least to the most that a sheet may still have, and places ranked sheets alone", () => {
  fc.assert(
    fc.property(fc.array(anySheet, { minLength: 1, maxLength: 4 }), (sheets) => {
      const members = sheets.map(({ leaves, maxApplicable, bonus, penalty, isRanked }) => {
        const possible = completions(leaves.map(({ least, most }) => ({ low: least, high: most }))).map(
          (points) => Math.floor((2 * points.reduce((a, b) => a + b, 0) * 10 + maxApplicable) / (2 * maxApplicable)) + bonus - penalty,
        );
        const projection = project(sumLeaves(leaves), { maxApplicable, maxScore: 10 }, { bonus, penalty });
        expect([projection?.low, projection?.high]).toEqual([Math.min(...possible), Math.max(...possible)]);
        expect(possible).toContain(projection?.total);
        return { projection, isRanked };
      });
      const ranked = members.flatMap(({ projection, isRanked }, member) => (isRanked ? [{ ...projection!, member }] : []));
      const expected = members.map((_, member) => {
        const own = ranked.find((other) => other.member === member);
        if (!own) return null;
        const others = ranked.filter((other) => other.member !== member);
        return {
          bestRank: 1 + others.filter(({ low }) => low > own.high).length,
          worstRank: 1 + others.filter(({ high }) => high > own.low).length,
        };
      });
      expect(placesInBlock(members)).toEqual(expected);
    }),
    { numRuns: runs(400), seed: seed(8) },
  );
});

it("places a sheet whose leaves are all decided on its rank alone", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }), (scores) => {
      const ranks = ranksOf(scores);
      expect(placesOf(scores.map((score) => ({ low: score, high: score })))).toEqual(
        ranks.map((rank) => ({ bestRank: rank, worstRank: rank })),
      );
    }),
    { numRuns: runs(300), seed: seed(9) },
  );
});
