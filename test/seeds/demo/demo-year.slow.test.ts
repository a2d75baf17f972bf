import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type DemoInput, demoDossiers, readDemoInput } from "../../../seeds/demo/dossiers.ts";
import { DEMO_PROVINCES, type DemoProvince } from "../../../seeds/demo/provinces.ts";
import { demoUnits } from "../../../seeds/demo/units.ts";
import { USUAL_LAST, yearUntil } from "../../../seeds/demo/year.ts";
import { addDays } from "../../../src/lib/time/date.ts";

/** What a file of the province's dossiers would hold, in short. */
const surveyOf = (world: DemoInput, province: DemoProvince, scale = 1) => {
  const hash = createHash("sha256");
  const [days, months] = [new Map<string, Set<string>>(), new Map<string, { all: number; online: number }>()];
  let [count, last] = [0, ""];
  for (const row of demoDossiers(world, province, scale)) {
    hash.update(JSON.stringify(row));
    count++;
    const { unit, receivedAt, updatedAt, channel } = row.cells as Record<"unit" | "receivedAt" | "updatedAt" | "channel", string>;
    const day = receivedAt.slice(0, 10);
    days.set(day, (days.get(day) ?? new Set()).add(unit));
    const { all, online } = months.get(day.slice(0, 7)) ?? { all: 0, online: 0 };
    months.set(day.slice(0, 7), { all: all + 1, online: online + Number(channel === "ONLINE") });
    if (updatedAt > last) last = updatedAt;
  }
  return { digest: hash.digest("hex"), count, days, months, last };
};

describe("a year of made-up dossiers", () => {
  let world: DemoInput;
  let surveys: readonly ReturnType<typeof surveyOf>[];
  beforeAll(async () => {
    world = await readDemoInput();
    surveys = DEMO_PROVINCES.map((province) => surveyOf(world, province));
  });

  it("is the same each time, and has at least 300,000", () => {
    expect(surveys.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(300_000);
    expect(DEMO_PROVINCES.map((province) => surveyOf(world, province).digest)).toEqual(surveys.map(({ digest }) => digest));
  });

  it.each(DEMO_PROVINCES.map((province, n) => ({ ...province, n })))(
    "of $name is received on working days by each of its units, more and more online, and less while the units change",
    ({ n, codes }) => {
      const { days, months, last } = surveys[n]!;
      expect([...days.keys()].filter((day) => !world.calendar.isWorkingDay(day))).toEqual([]);
      expect(last < `${addDays(USUAL_LAST, 1)}T`).toBe(true);
      const idle = demoUnits(world.units, codes, world.year).filter(
        ({ code, from, to }) => ![...days].some(([day, units]) => from <= day && (to === null || day < to) && units.has(code)),
      );
      expect(idle).toEqual([]);
      const [january, july, september, december] = ["01", "07", "09", "12"].map((month) => months.get(`2025-${month}`)!);
      expect(january!.online / january!.all).toBeGreaterThan(0.68);
      expect(december!.online / december!.all).toBeGreaterThan(january!.online / january!.all + 0.04);
      expect(july!.all).toBeLessThan(september!.all);
    },
  );
});

describe("a year with another last day", () => {
  it.each(["2020-02-29", "2024-12-31", "2025-06-30", "2025-08-10", "2026-11-14", "2026-11-28"])("%s", async (last) => {
    const world = await readDemoInput(last);
    const { first } = yearUntil(last);
    expect(first <= `${Number(last.slice(0, 4)) - 1}${addDays(last, 1).slice(4)}` || last.endsWith("12-31")).toBe(true);
    for (const province of DEMO_PROVINCES) {
      const { count, days } = surveyOf(world, province, 0.05);
      const received = [...days.keys()].toSorted();
      expect(count).toBeGreaterThan(province.yearly * 0.05 * 0.8);
      expect(received.at(-1)! <= last && received.at(-1)! > addDays(last, -12)).toBe(true);
      expect(received[0]! < addDays(first, 12)).toBe(true);
    }
  });
});
