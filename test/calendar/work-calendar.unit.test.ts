import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, dayOf, dayOfEpoch, epochDay, epochDayOf, instantOn, instantText } from "../../src/lib/time/date.ts";
import { readWorkCalendar } from "../../src/calendar/work-calendar-file.ts";
import { type CalendarDay, WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { NaiveCalendar, tableOf } from "./naive-calendar.ts";
import { runs, seed } from "../support/property.ts";

const RUNS = runs(500);
const SEED = seed(20_261_124);

let table: CalendarDay[];
let calendar: WorkCalendar;
beforeAll(async () => {
  table = await readWorkCalendar(new URL("../../seeds/work-calendar.csv", import.meta.url));
  calendar = new WorkCalendar(table);
});

describe("the work calendar", () => {
  it.each([
    ["2025-01-24", 0, "2025-01-24", "the day itself is day 0"],
    ["2025-01-24", 1, "2025-02-03", "Tết 2025 and two weekends are skipped"],
    ["2025-01-23", 2, "2025-02-03", "the Friday before Tết works"],
    ["2025-01-29", 1, "2025-02-03", "a receipt in Tết is day 0 as any other"],
    ["2025-02-01", 0, "2025-02-01", "nothing added to a Saturday is that Saturday"],
    ["2025-04-25", 1, "2025-04-26", "the Saturday that makes up for 2 May works"],
    ["2025-04-25", 2, "2025-04-28", "the Sunday after it does not"],
    ["2025-04-29", 1, "2025-05-05", "30 April, 1 May, the swapped 2 May and a weekend are off"],
    ["2024-05-03", 1, "2024-05-04", "the Saturday that makes up for 29 April works"],
    ["2026-08-28", 1, "2026-09-03", "31 August 2026 is swapped and National Day has two days"],
    ["2026-11-23", 1, "2026-11-25", "the Day of Vietnamese Culture is off from 2026 on"],
    ["2025-03-03", 0.5, "2025-03-04", "half a day counts as a whole one"],
    ["2025-03-03", 2.01, "2025-03-06", "a part of a day counts as a whole one"],
  ])("adds to %s %d working days and comes to %s: %s", (from, workingDays, day) => {
    expect(calendar.add(from, workingDays)).toEqual({ day, isProvisional: false });
  });

  it.each([
    ["2026-12-30", 1, "2026-12-31", false, "within 2026"],
    ["2026-12-31", 1, "2027-01-04", true, "into 2027, of which no day is published"],
    ["2027-03-01", 0, "2027-03-01", false, "nothing added reaches nowhere"],
    ["2017-12-29", 1, "2018-01-02", true, "over the last days of 2017, which nobody published"],
    ["2017-12-31", 1, "2018-01-02", false, "from the last day of 2017, whose following days are published"],
    ["2017-06-01", 3, "2017-06-06", true, "before 2018, where only weekends are off"],
    ["1971-01-01", 1, "1971-01-04", true, "before the days that are looked up"],
    ["2150-01-02", 1, "2150-01-05", true, "after the days that are looked up"],
  ])("adds to %s %d working days and comes to %s, provisional: %s, %s", (from, workingDays, day, isProvisional) => {
    expect(calendar.add(from, workingDays)).toEqual({ day, isProvisional });
  });

  it("knows 2018 to 2026 as published, and 2027 as not yet", () => {
    expect([2017, 2018, 2026, 2027, 2150].map((year) => calendar.isPublished(year))).toEqual([false, true, true, false, false]);
  });

  it("counts the working days after a day through another, never below 0", () => {
    expect(calendar.between("2025-01-24", "2025-02-03")).toBe(1);
    expect(calendar.between("2025-01-24", "2025-02-02")).toBe(0);
    expect(calendar.between("2025-04-25", "2025-05-05")).toBe(4);
    expect(calendar.between("2025-05-05", "2025-05-05")).toBe(0);
    expect(calendar.between("2025-05-05", "2025-04-25")).toBe(0);
  });

  it("says of each day whether it works", () => {
    const days = ["2025-04-26", "2025-04-27", "2025-05-02", "2025-05-05", "2025-01-27", "1900-01-01", "1900-01-06", "2199-12-31"];
    expect(days.filter((day) => calendar.isWorkingDay(day))).toEqual(["2025-04-26", "2025-05-05", "1900-01-01", "2199-12-31"]);
  });

  it("refuses to add what is no number of working days", () => {
    for (const none of [-1, -0.5, Number.NaN]) expect(() => calendar.add("2025-03-03", none)).toThrow(RangeError);
  });

  it("without a table is the week, and all of it provisional", () => {
    const week = new WorkCalendar([]);
    expect(week.add("2025-01-24", 5)).toEqual({ day: "2025-01-31", isProvisional: true });
    expect(week.between("1989-12-25", "1990-01-08")).toBe(10);
    expect(week.between("2100-12-27", "2101-01-10")).toBe(10);
  });
});

describe("the work calendar and one told day by day", () => {
  // Around both ends of what is looked up, 1990 and 2100, around a table beyond them, and in between.
  const anchors = ["1989-12-20", "2100-12-20", "1979-12-28", "2110-12-28", "2024-12-20", "1969-12-30"].map(epochDay);
  const near = fc.tuple(fc.constantFrom(...anchors), fc.integer({ min: -40, max: 40 })).map(([anchor, n]) => anchor + n);
  const pick = fc.record({ epoch: near, swap: fc.boolean(), published: fc.boolean() });

  it("agree on every table", () => {
    const asked = fc.array(fc.tuple(near, fc.integer({ min: 0, max: 35 }), fc.integer({ min: -5, max: 70 })), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(pick, { maxLength: 40 }), asked, (picks, questions) => {
        const days = tableOf(picks);
        const [fast, naive] = [new WorkCalendar(days), new NaiveCalendar(days)];
        for (const [epoch, workingDays, distance] of questions) {
          const [from, to] = [dayOfEpoch(epoch), dayOfEpoch(epoch + distance)];
          expect(fast.add(from, workingDays)).toEqual(naive.add(from, workingDays));
          expect(fast.between(from, to)).toBe(naive.between(from, to));
          expect(fast.isWorkingDay(to)).toBe(naive.works(to));
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("agree on every day of the table in the seeds", () => {
    const naive = new NaiveCalendar(table);
    let count = 0;
    for (let day = "2017-12-02"; day < "2028-02-01"; day = addDays(day, 1)) {
      if (naive.works(day)) count++;
      expect([day, calendar.isWorkingDay(day), calendar.between("2017-12-01", day)]).toEqual([day, naive.works(day), count]);
      expect([day, calendar.add(day, 7)]).toEqual([day, naive.add(day, 7)]);
    }
  });

  it("undo each other: so many working days were added as lie between", () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 70_000 }), fc.integer({ min: 1, max: 30_000 }), (from, workingDays) => {
        const to = calendar.addEpoch(from, workingDays);
        expect(calendar.betweenEpoch(from, to)).toBe(workingDays);
        expect(calendar.isWorkingDayEpoch(to)).toBe(true);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("an epoch day", () => {
  it("and its text tell each other", () => {
    expect(epochDay("1970-01-01")).toBe(0);
    expect(["0001-01-01", "1969-12-31", "2024-02-29", "9999-12-31"].map((day) => dayOfEpoch(epochDay(day)))).toEqual([
      "0001-01-01",
      "1969-12-31",
      "2024-02-29",
      "9999-12-31",
    ]);
  });

  it("of an instant is that of Hà Nội, to the millisecond", () => {
    const midnight = Date.parse("2026-12-31T17:00:00Z");
    expect([midnight - 1, midnight].map((ms) => dayOfEpoch(epochDayOf(ms)))).toEqual(["2026-12-31", "2027-01-01"]);
    expect(epochDayOf(midnight)).toBe(epochDay(dayOf(new Date(midnight))));
    expect(epochDayOf(-1 - 7 * 3_600_000)).toBe(-1);
  });

  it("has hours, whose text has the offset of Hà Nội", () => {
    expect(instantText(instantOn(epochDay("2025-05-05"), 17))).toBe("2025-05-05T17:00:00.000+07:00");
  });
});

describe("the file of the work calendar", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cchc-calendar-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (...lines: string[]) => {
    const file = join(folder, "work-calendar.csv");
    await writeFile(file, ["date,kind,status", ...lines, ""].join("\n"));
    return readWorkCalendar(pathToFileURL(file));
  };

  it("says a day, what it is and whether it is published", async () => {
    expect(await read("2025-05-02,SWAP_OFF,published", "2025-04-26,MAKEUP_WORK,provisional")).toEqual([
      { day: "2025-05-02", kind: "SWAP_OFF", status: "published" },
      { day: "2025-04-26", kind: "MAKEUP_WORK", status: "provisional" },
    ]);
    expect(table).toHaveLength(121);
  });

  it.each([
    ["2025-02-30,DAY_OFF,published", 'row 3, column date: "2025-02-30" must be a day as YYYY-MM-DD'],
    ["2025-05-02,HOLIDAY,published", 'row 3, column kind: "HOLIDAY" must be one of DAY_OFF, SWAP_OFF, MAKEUP_WORK'],
    ["2025-05-02,DAY_OFF,Published", 'row 3, column status: "Published" must be one of published, provisional'],
    ["2025-05-02,DAY_OFF,", 'row 3, column status: "" must be one of published, provisional'],
    ["2025-01-01,SWAP_OFF,published", 'row 3, column date: "2025-01-01" is in the file twice'],
    ["2025-05-02,MAKEUP_WORK,published", 'row 3, column date: "2025-05-02" is no Saturday or Sunday, so it makes up for nothing'],
    ["2025-05-03,DAY_OFF,published", 'row 3, column date: "2025-05-03" is a Saturday or Sunday, which is off anyway'],
    ["2025-05-04,SWAP_OFF,published", 'row 3, column date: "2025-05-04" is a Saturday or Sunday, which is off anyway'],
  ])("refuses %s", async (line, problem) => {
    await expect(read("2025-01-01,DAY_OFF,published", line)).rejects.toThrow(problem);
  });
});
