import fc from "fast-check";
import { expect, it } from "vitest";
import { changeBetween, type YearLeaf } from "../../../src/assessments/scoring/change.ts";
import { runs, seed } from "../../support/property.ts";

const leaf = (code: string, points: number, max: number): YearLeaf => ({ code, name: `Tiêu chí ${code}`, points, max });

it("splits what the rules did from what the unit did", () => {
  const change = changeBetween(
    { scaled: 7550, leaves: [leaf("1.1", 800, 1000), leaf("1.2", 500, 500), leaf("2", 250, 300)] },
    { scaled: 8200, leaves: [leaf("1.1", 1100, 1500), leaf("1.2", 400, 500), leaf("3", 900, 1000)] },
  );
  expect(
    change.items.map(({ code, previous, current, byRules, byPerformance }) => [code, previous, current, byRules, byPerformance]),
  ).toEqual([
    // 80 % of 15.00 would be 12.00; it has 11.00.
    ["1.1", 800, 1100, 400, -100],
    ["1.2", 500, 400, 0, -100],
    ["3", null, 900, 900, 0],
    ["2", 250, null, -250, 0],
  ]);
  expect([change.byRules, change.byPerformance]).toEqual([1050, -400]);
});

it("rounds last year's share half up, leaf by leaf", () => {
  const { items } = changeBetween({ scaled: 0, leaves: [leaf("1", 1, 3)] }, { scaled: 0, leaves: [leaf("1", 0, 100)] });
  expect(items[0]).toMatchObject({ byRules: 32, byPerformance: -33 });
});

it("counts a leaf as performance where it had no maximum the year before", () => {
  const { items } = changeBetween({ scaled: 0, leaves: [leaf("1", 0, 0)] }, { scaled: 0, leaves: [leaf("1", 40, 100)] });
  expect(items[0]).toMatchObject({ byRules: 0, byPerformance: 40 });
});

const anyYear = fc.record({
  scaled: fc.nat(11_000),
  leaves: fc
    .uniqueArray(fc.tuple(fc.constantFrom("1", "2", "3", "4", "5"), fc.nat(500), fc.nat(500)), { selector: ([code]) => code })
    .map((leaves) => leaves.map(([code, a, b]) => leaf(code, Math.min(a, b), Math.max(a, b)))),
});

it("adds up: each leaf and the whole are rules + performance", () => {
  fc.assert(
    fc.property(anyYear, anyYear, (previous, current) => {
      const change = changeBetween(previous, current);
      expect(change.byRules + change.byPerformance).toBe(current.scaled - previous.scaled);
      expect(change.byRules).toBe(change.items.reduce((sum, { byRules }) => sum + byRules, 0));
      for (const item of change.items) expect(item.byRules + item.byPerformance).toBe((item.current ?? 0) - (item.previous ?? 0));
      const codes = new Set([...previous.leaves, ...current.leaves].map(({ code }) => code));
      expect(change.items.map(({ code }) => code).toSorted()).toEqual([...codes].toSorted());
    }),
    { numRuns: runs(500), seed: seed(10) },
  );
});

it("is performance alone where the rubric stayed", () => {
  fc.assert(
    fc.property(anyYear, anyYear, ({ scaled, leaves }, later) => {
      const current = { scaled: later.scaled, leaves: leaves.map((of, index) => ({ ...of, points: Math.min(of.max, index * 50) })) };
      expect(changeBetween({ scaled, leaves }, current).byRules).toBe(0);
    }),
    { numRuns: runs(300), seed: seed(11) },
  );
});
