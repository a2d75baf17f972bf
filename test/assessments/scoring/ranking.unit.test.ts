import { expect, it } from "vitest";
import type { ScoreBand } from "../../../src/assessments/scoring/bands.ts";
import { distributionOf, placeMembers } from "../../../src/assessments/scoring/ranking.ts";

const BANDS: ScoreBand[] = [
  { classification: "KHA", from: null, to: 8000 },
  { classification: "TOT", from: 8000, to: null },
];
const member = (scaled: number | null, { isRanked = true, override = null as string | null } = {}) => ({ scaled, isRanked, override });

it("places ranked members alone, and gives each score its class", () => {
  const members = [member(8000), member(9900, { isRanked: false }), member(8500), member(7999), member(8000), member(null)];
  const placings = placeMembers(BANDS, members);
  expect(placings.map(({ rank, classification }) => [rank, classification])).toEqual([
    [2, "TOT"],
    [null, "TOT"],
    [1, "TOT"],
    [4, "KHA"],
    [2, "TOT"],
    [null, null],
  ]);
  expect(distributionOf(BANDS, placings)).toEqual([
    { classification: "TOT", count: 3 },
    { classification: "KHA", count: 1 },
  ]);
});

it("lets an override beat the band, also one without a band of its own", () => {
  const placings = placeMembers(BANDS, [member(9000, { override: "CHUA_DAT" }), member(7000)]);
  expect(placings).toEqual([
    { rank: 1, classification: "CHUA_DAT" },
    { rank: 2, classification: "KHA" },
  ]);
  expect(distributionOf(BANDS, placings).map(({ classification, count }) => `${classification} ${count}`)).toEqual([
    "TOT 0",
    "KHA 1",
    "CHUA_DAT 1",
  ]);
});

it("has nothing to count in a rubric without bands", () => {
  const placings = placeMembers([], [member(1), member(2)]);
  expect([placings.map(({ rank }) => rank), distributionOf([], placings)]).toEqual([[2, 1], []]);
});
