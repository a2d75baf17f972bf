import fc from "fast-check";
import { expect, it } from "vitest";
import { bandProblems, classAt, classBetween, type ScoreBand } from "../../../src/assessments/scoring/bands.ts";
import { runs, seed } from "../../support/property.ts";

const band = (classification: string, from: number | null, to: number | null): ScoreBand => ({ classification, from, to });
const BANDS = [band("XUAT_SAC", 9000, null), band("TOT", 8000, 9000), band("KHA", 6500, 8000), band("TRUNG_BINH", null, 6500)];

it.each([
  [-500, "TRUNG_BINH"],
  [6499, "TRUNG_BINH"],
  [6500, "KHA"],
  [7999, "KHA"],
  [8000, "TOT"],
  [9000, "XUAT_SAC"],
  [10169, "XUAT_SAC"],
])("holds %s hundredths in the class %s", (score, classification) => {
  expect(classAt(BANDS, score)).toBe(classification);
});

it("has a class of a range only where one band holds both ends", () => {
  expect([classBetween(BANDS, 8000, 8999), classBetween(BANDS, 7999, 8000), classBetween([], 0, 0)]).toEqual(["TOT", null, null]);
});

it.each([
  ["a gap", [band("A", null, 5000), band("B", 5001, null)], [[1, "GAP"]]],
  ["an overlap", [band("A", null, 5000), band("B", 4999, null)], [[1, "OVERLAP"]]],
  ["a lowest band with an end below", [band("A", 0, 5000), band("B", 5000, null)], [[0, "GAP"]]],
  ["a top band with an end", [band("A", null, 5000), band("B", 5000, 9000)], [[1, "GAP"]]],
  ["two bands without a start", [band("A", null, 5000), band("B", null, null)], [[1, "OVERLAP"]]],
  ["two bands without an end", [band("A", null, null), band("B", 5000, null)], [[1, "OVERLAP"]]],
  ["an empty band", [band("A", null, 5000), band("B", 5000, 5000), band("C", 5000, null)], [[1, "EMPTY"]]],
  ["a class twice", [band("A", null, 5000), band("A", 5000, null)], [[1, "DUPLICATE"]]],
  ["one band that holds all", [band("A", null, null)], []],
  ["bands in any order", BANDS, []],
  ["no bands", [], []],
])("refuses %s by the band and the reason", (_, bands, expected) => {
  expect(bandProblems(bands).map((problem) => [problem.band, problem.code])).toEqual(expected);
});

it("accepts exactly the bands that hold every score once", () => {
  const edge = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
  const anyBands = fc.array(fc.tuple(edge, edge), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyBands, (edges) => {
      const bands = edges.map(([from, to], index) => band(String(index), from, to));
      const isValid = Array.from({ length: 7 }, (_, index) => index - 1).every(
        (score) => bands.filter(({ from, to }) => (from ?? -9) <= score && score < (to ?? 9)).length === 1,
      );
      const isEmpty = bands.some(({ from, to }) => from !== null && to !== null && to <= from);
      expect(bandProblems(bands).length === 0).toBe(isValid && !isEmpty);
    }),
    { numRuns: runs(1500), seed: seed(6) },
  );
});
