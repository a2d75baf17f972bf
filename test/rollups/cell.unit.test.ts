import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf, type StatedCount } from "../../src/rollups/cell.ts";
import { DOSSIER, measureCode, SERVICE, summedColumns, TASK, type RollupKind } from "../../src/figures/measure.ts";
import { addDays } from "../../src/lib/time/date.ts";
import { parsePeriod, type Period } from "../../src/lib/time/period.ts";

const YEAR = ["2021", "2021-H1", "2021-H2", "2021-9M", "2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"];
const MONTHS = Array.from({ length: 12 }, (_, n) => `2021-${String(n + 1).padStart(2, "0")}`);
const NAMES = [...YEAR, ...MONTHS, ...YEAR.map((name) => `${name}@ND09`), "2021-01-01/2021-02-14", "2021-02-15/2021-03-31"];

const stated = (kind: RollupKind, period: string, numbers: Record<string, number | [number, number]>): StatedCount[] =>
  Object.entries(numbers).map(([name, number]) => {
    const { from, to } = parsePeriod("period", period);
    const [value, denominator] = Array.isArray(number) ? number : [number, null];
    return { sourceId: 1, unitId: 7, handlingTier: "COMMUNE", from, to, measure: measureCode(kind, name), value, denominator };
  });
const column = (kind: RollupKind, period: string, counts: readonly StatedCount[], name: string): number | null =>
  cellsOf(kind, parsePeriod("period", period), counts)[0]?.columns[summedColumns(kind).indexOf(name)] ?? null;

/** Every way to fill the period with tiles of one convention that do not overlap. */
const fillings = (period: Period, tiles: readonly Period[]): Period[][] => {
  const from = (day: string): Period[][] =>
    day === addDays(period.to, 1)
      ? [[]]
      : tiles
          .filter((tile) => tile.from === day && tile.to <= period.to)
          .flatMap((tile) => from(addDays(tile.to, 1)).map((rest) => [tile, ...rest]));
  return from(period.from);
};
const naive = (asked: string, values: ReadonlyMap<string, number>, tiling: "FLOW" | "LAST" | "FIRST"): number | null => {
  const period = parsePeriod("period", asked);
  if (values.has(period.name)) return values.get(period.name)!;
  const tiles = [...values.keys()].map((name) => parsePeriod("period", name));
  const ways = (["CALENDAR", "ND09"] as const)
    .filter((convention) => period.convention === null || period.convention === convention)
    .flatMap((convention) =>
      fillings(
        period,
        tiles.filter((tile) => (tile.convention ?? "CALENDAR") === convention),
      ),
    );
  const fewest = Math.min(...ways.map((way) => way.length));
  // Of several the one whose first tiles are longest.
  const [way] = ways
    .filter(({ length }) => length === fewest)
    .toSorted((a, b) => (a.map(({ to }) => to).join() < b.map(({ to }) => to).join() ? 1 : -1));
  if (!way) return null;
  const numbers = way.map(({ name }) => values.get(name)!);
  return tiling === "FLOW" ? numbers.reduce((sum, number) => sum + number, 0) : tiling === "LAST" ? numbers.at(-1)! : numbers[0]!;
};

describe("tiles", () => {
  it("fill a period as a naive search for the fewest does", () => {
    const values = fc
      .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 14 })
      .chain((names) =>
        fc
          .array(fc.integer({ min: 1, max: 99 }), { minLength: names.length, maxLength: names.length })
          .map((numbers) => new Map(names.map((name, n) => [name, numbers[n]!]))),
      );
    fc.assert(
      fc.property(values, fc.constantFrom("2021", "2021-H1", "2021-9M", "2021@ND09", "2021-01-01/2021-05-31"), (known, asked) => {
        for (const [measure, tiling] of [
          ["received", "FLOW"],
          ["inProcess", "LAST"],
          ["carriedOver", "FIRST"],
        ] as const) {
          const counts = [...known].flatMap(([period, value]) => stated(DOSSIER, period, { [measure]: value }));
          expect(column(DOSSIER, asked, counts, measure), `${measure} of ${asked}`).toBe(naive(asked, known, tiling));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("never make tasks or services, nor a part of a longer period", () => {
    const quarters = ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"];
    expect(
      column(
        TASK,
        "2021",
        quarters.flatMap((quarter) => stated(TASK, quarter, { total: 5 })),
        "total",
      ),
    ).toBeNull();
    expect(
      column(
        SERVICE,
        "2021",
        quarters.flatMap((quarter) => stated(SERVICE, quarter, { online: 5 })),
        "online",
      ),
    ).toBeNull();
    expect(column(DOSSIER, "2021-Q1", stated(DOSSIER, "2021", { received: 100 }), "received")).toBeNull();
    expect(
      column(
        DOSSIER,
        "2021",
        quarters.slice(1).flatMap((quarter) => stated(DOSSIER, quarter, { received: 5 })),
        "received",
      ),
    ).toBeNull();
  });

  it("match rates tile by tile", () => {
    const counts = [
      ...stated(DOSSIER, "2021-H1", { resolved: 100, resolvedEarly: 60, resolvedOnTime: 30 }),
      ...stated(DOSSIER, "2021-H2", { resolved: 200 }),
    ];
    const columns = ["onTimeRatePart", "onTimeRateOf", "onTimeRateWhole"].map((name) => column(DOSSIER, "2021", counts, name));
    expect(columns).toEqual([90, 100, 300]);
  });
});

describe("a cell", () => {
  it("takes the later of two figures", () => {
    const counts = [...stated(DOSSIER, "2021", { received: 10 }), ...stated(DOSSIER, "2021", { received: 12 })];
    expect(column(DOSSIER, "2021", counts, "received")).toBe(12);
  });

  it("infers nothing from two sources that contradict each other", () => {
    const counts = stated(DOSSIER, "2021", { resolved: 10, resolvedEarly: 8, resolvedOnTime: 5 });
    expect(column(DOSSIER, "2021", counts, "resolvedOverdue")).toBeNull();
    expect(column(DOSSIER, "2021", counts, "resolved")).toBe(10);
  });

  it("prefers the denominator that a figure brings", () => {
    const counts = stated(SERVICE, "2016", { procedures: 321, onlineLevel3: [164, 233] });
    expect(["onlineRatePart", "onlineRateOf", "onlineRateWhole"].map((name) => column(SERVICE, "2016", counts, name))).toEqual([
      164, 233, 233,
    ]);
    const both = stated(SERVICE, "2016", { procedures: 321, online: 200, onlineLevel3: [164, 233] });
    expect(["onlineRatePart", "onlineRateOf"].map((name) => column(SERVICE, "2016", both, name))).toEqual([200, 321]);
  });
});
