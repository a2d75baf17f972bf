import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, dayOf, isDay } from "../../../src/lib/time/date.ts";
import { type Convention, parsePeriod, type Period, periodOfDays, seriesOf } from "../../../src/lib/time/period.ts";

const days = ({ from, to }: Period) => `${from}..${to}`;

describe("a period", () => {
  it.each([
    ["2021", "2021-01-01..2021-12-31"],
    ["2021-H1", "2021-01-01..2021-06-30"],
    ["2021-H2", "2021-07-01..2021-12-31"],
    ["2021-9M", "2021-01-01..2021-09-30"],
    ["2021-Q3", "2021-07-01..2021-09-30"],
    ["2024-02", "2024-02-01..2024-02-29"],
    ["2015/2018", "2015-01-01..2018-12-31"],
    ["2021-01-01/2021-05-11", "2021-01-01..2021-05-11"],
    // Decree 09/2019/NĐ-CP
    ["2021@ND09", "2020-12-15..2021-12-14"],
    ["2021-H1@ND09", "2020-12-15..2021-06-14"],
    ["2021-H2@ND09", "2021-06-15..2021-12-14"],
    ["2021-9M@ND09", "2020-12-15..2021-09-14"],
    ["2021-Q1@ND09", "2020-12-15..2021-03-14"],
    ["2021-07@ND09", "2021-06-15..2021-07-14"],
    ["2015/2018@ND09", "2014-12-15..2018-12-14"],
  ])("%s is %s", (text, expected) => {
    expect(days(parsePeriod("period", text))).toBe(expected);
    expect(parsePeriod("period", text).name).toBe(text);
  });

  it.each([
    ["2018/2018", "2018"],
    ["2021-01-01/2021-12-31", "2021"],
    ["2020-12-15/2021-12-14", "2021@ND09"],
    ["2021-07-01/2021-09-30", "2021-Q3"],
    ["2021-01-01/2021-09-30", "2021-9M"],
    ["2021-01-01/2022-12-31", "2021/2022"],
    ["2021-02-01/2021-04-30", "2021-02-01/2021-04-30"],
  ])("%s is the named period %s", (text, name) => {
    expect(parsePeriod("period", text).name).toBe(name);
  });

  it.each(["", "21", "2021-13", "2021-00", "2021-H3", "2021-6M", "2021-Q0", "2018/2015", "2021-05-11/2021-01-01", "2021-02-30/2021-03-01"])(
    "%s is none",
    (text) => {
      expect(() => parsePeriod("period", text)).toThrow(/must be 2021, 2021-H1/);
    },
  );
  it.each(["2021-01-01/2021-05-11@ND09", "2021@nd09", "2021-W5", " 2021", "0001", "9999", "2021-01-01/9999-12-31"])("nor is %s", (text) => {
    expect(() => parsePeriod("period", text)).toThrow(/must be/);
  });

  it("has one name for its days", () => {
    const day = fc.integer({ min: 0, max: 9000 }).map((n) => addDays("2010-01-01", n));
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 1500 }), (from, length) => {
        const period = periodOfDays(from, addDays(from, length));
        expect(days(period)).toBe(`${from}..${addDays(from, length)}`);
        expect(parsePeriod("period", period.name)).toEqual(period);
      }),
    );
  });

  it("is divided into whole consecutive parts, at most 400", () => {
    const names = ["2021", "2021-H2@ND09", "2015/2018", "2021-9M", "2021-01-01/2021-12-31", "2021-Q4@ND09"];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom("MONTH" as const, "QUARTER" as const), (name, grain) => {
        const period = parsePeriod("period", name);
        const points = seriesOf(period, grain);
        expect(points[0]!.from).toBe(period.from);
        expect(points.at(-1)!.to).toBe(period.to);
        for (const [n, point] of points.entries()) {
          expect(point.convention).toBe(period.convention satisfies Convention | null);
          if (n > 0) expect(point.from).toBe(addDays(points[n - 1]!.to, 1));
        }
      }),
    );
    expect(() => seriesOf(parsePeriod("period", "1980/2020"), "MONTH")).toThrow(/at most 400/);
    expect(() => seriesOf(parsePeriod("period", "2021-9M"), "HALF_YEAR")).toThrow(/does not consist of whole periods/);
    expect(() => seriesOf(parsePeriod("period", "2021-02-01/2021-05-11"), "MONTH")).toThrow(/does not consist of whole periods/);
  });
});

describe("a day", () => {
  it("is one that exists", () => {
    expect(["2024-02-29", "0001-01-01", "9999-12-31"].every(isDay)).toBe(true);
    expect(["2023-02-29", "2021-1-1", "0000-01-01", "2021-06-31", "21-06-01", "2021-01-01T00:00"].some(isDay)).toBe(false);
  });

  it("of an instant is that of Hà Nội", () => {
    expect(dayOf(new Date("2025-06-30T16:59:59Z"))).toBe("2025-06-30");
    expect(dayOf(new Date("2025-06-30T17:00:00Z"))).toBe("2025-07-01");
  });
});
