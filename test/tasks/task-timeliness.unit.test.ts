import { describe, expect, it } from "vitest";
import { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { lastDayWithin, lastNearDay, type TaskDays, taskTimelinessOn } from "../../src/tasks/task-timeliness.ts";

/** Wednesday 2 September 2026 and the day before are public holidays. */
const calendar = new WorkCalendar([
  { day: "2026-09-01", kind: "DAY_OFF", status: "published" },
  { day: "2026-09-02", kind: "DAY_OFF", status: "published" },
]);
const RUNNING: TaskDays = { deadline: "2026-11-20", doneOn: null, completedOn: null, cancelledOn: null, postponed: [] };
const on = (day: string, task: Partial<TaskDays> = {}) => taskTimelinessOn({ ...RUNNING, ...task }, day, () => lastNearDay(calendar, day));

describe("the last day within so many working days", () => {
  it.each([
    ["Friday", "2026-11-20", 0, "2026-11-22"],
    ["Friday", "2026-11-20", 1, "2026-11-23"],
    ["Thursday", "2026-11-19", 1, "2026-11-22"],
    ["Sunday", "2026-11-22", 3, "2026-11-25"],
    ["a Monday before two holidays", "2026-08-31", 1, "2026-09-03"],
  ])("from %s, %s, with %i left is %s", (_name, day, left, last) => {
    expect(lastDayWithin(calendar, day, left)).toBe(last);
    expect(calendar.between(day, last)).toBeLessThanOrEqual(left);
  });
});

describe("a task that is not done", () => {
  it("is in time with more than three working days left, nearly due with three, and overdue after the day of the deadline", () => {
    expect(on("2026-11-16")).toBe("IN_TIME");
    expect(on("2026-11-17")).toBe("NEARLY_DUE");
    expect(on("2026-11-20")).toBe("NEARLY_DUE");
    expect(on("2026-11-21")).toBe("OVERDUE");
  });

  it("is in time on the days on which it is postponed, the first and the last included, which do not move the deadline", () => {
    const postponed = [{ from: "2026-11-21", to: "2026-11-24" }];
    expect(on("2026-11-21", { postponed })).toBe("IN_TIME");
    expect(on("2026-11-24", { postponed })).toBe("IN_TIME");
    expect(on("2026-11-25", { postponed })).toBe("OVERDUE");
    expect(on("2027-01-25", { postponed: [{ from: "2026-11-21", to: null }] })).toBe("IN_TIME");
  });

  it("has no deadline where it has none, done or not", () => {
    expect(on("2026-11-30", { deadline: null })).toBe("NO_DEADLINE");
    expect(on("2026-11-30", { deadline: null, completedOn: "2026-11-29" })).toBe("NO_DEADLINE");
  });

  it("stands as on the day of its cancellation, but is nearly due no more", () => {
    expect(on("2026-12-30", { cancelledOn: "2026-11-19" })).toBe("IN_TIME");
    expect(on("2026-12-30", { cancelledOn: "2026-11-23" })).toBe("OVERDUE");
    expect(on("2026-11-18", { cancelledOn: "2026-11-19" })).toBe("NEARLY_DUE");
  });
});

describe("a task that is done", () => {
  it("is in time by the deadline and late after it, as the lead says, until the assigner says otherwise", () => {
    expect(on("2026-12-30", { doneOn: "2026-11-20" })).toBe("IN_TIME");
    expect(on("2026-12-30", { doneOn: "2026-11-21" })).toBe("OVERDUE");
    expect(on("2026-12-30", { doneOn: "2026-11-20", completedOn: "2026-11-21" })).toBe("OVERDUE");
    expect(on("2026-12-30", { doneOn: "2026-11-21", completedOn: "2026-11-20" })).toBe("IN_TIME");
  });

  it("was not done on the days before", () => {
    expect(on("2026-11-19", { completedOn: "2026-11-20" })).toBe("NEARLY_DUE");
    expect(on("2026-11-21", { completedOn: "2026-11-22" })).toBe("OVERDUE");
  });
});
