import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type DaySpan, derive, type DossierFacts } from "../../src/dossiers/dossier-state.ts";
import { type Timeliness, TIMELINESS, timelinessOn } from "../../src/dossiers/timeliness.ts";
import { addDays, type Day, dayOfEpoch, epochDay, epochDayOf, instantText } from "../../src/lib/time/date.ts";
import { readWorkCalendar } from "../../src/calendar/work-calendar-file.ts";
import { type CalendarDay, WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { NaiveCalendar } from "../calendar/naive-calendar.ts";
import { at, consistentFacts, factsOf, supplement } from "./facts.ts";
import { naively, naiveTimeliness } from "./naive-dossier.ts";
import { runs, seed } from "../support/property.ts";

const RUNS = runs(1000);
const SEED = seed(20_261_124);

let table: CalendarDay[];
let calendar: WorkCalendar;
beforeAll(async () => {
  table = await readWorkCalendar(new URL("../../seeds/work-calendar.csv", import.meta.url));
  calendar = new WorkCalendar(table);
});

const derived = (facts: Partial<DossierFacts>, limit: number | null = null) => derive(factsOf(facts), limit, calendar);
const due = (facts: Partial<DossierFacts>, limit: number | null = null) => {
  const { dueAt, currentDueAt } = derived(facts, limit);
  return [dueAt, currentDueAt].map((ms) => (ms === null ? null : instantText(ms).slice(0, 16)));
};
const spans = (days: readonly DaySpan[]) => days.map(({ from, to }) => `${dayOfEpoch(from)}..${to === null ? "" : dayOfEpoch(to)}`);
const on = (facts: Partial<DossierFacts>, day: Day, limit: number | null = null) => timelinessOn(derived(facts, limit), epochDay(day));

const resolved = (endedAt: string, facts: Partial<DossierFacts> = {}): Partial<DossierFacts> => ({
  state: "RESOLVED",
  dueAt: at("2025-03-10T17:00"),
  endedAt: at(endedAt),
  ...facts,
});

describe("the due date of a dossier", () => {
  it("is the promised one, whatever the limit", () => {
    expect(due({ dueAt: at("2025-03-08T11:30") }, 5)).toEqual(["2025-03-08T11:30", "2025-03-08T11:30"]);
  });

  it("is otherwise five o'clock on the last day of the limit; a part of a day counts as a whole one", () => {
    expect(due({}, 5)).toEqual(["2025-03-10T17:00", "2025-03-10T17:00"]);
    expect(due({}, 4.5)).toEqual(["2025-03-10T17:00", "2025-03-10T17:00"]);
    expect(due({ receivedAt: at("2025-04-25T16:00") }, 2)).toEqual(["2025-04-28T17:00", "2025-04-28T17:00"]);
  });

  it("is none without a limit, and none before receipt", () => {
    expect(due({})).toEqual([null, null]);
    expect(due({ state: "SUBMITTED", receivedAt: null }, 5)).toEqual([null, null]);
  });

  it("moves by the working days of ended pauses, and keeps its time of day", () => {
    const pauses = [supplement("2025-03-05T08:00", "2025-03-07T10:00"), supplement("2025-03-07T15:00", "2025-03-10T08:00")];
    expect(due({ dueAt: at("2025-03-10T11:30"), pauses })).toEqual(["2025-03-10T11:30", "2025-03-13T11:30"]);
  });

  it("does not move by a pause over a weekend or within a day, even from a Saturday", () => {
    const pauses = [supplement("2025-03-07T08:00", "2025-03-09T10:00"), supplement("2025-03-10T08:00", "2025-03-10T10:00")];
    expect(due({ dueAt: at("2025-03-15T11:30"), pauses })).toEqual(["2025-03-15T11:30", "2025-03-15T11:30"]);
  });

  it("does not move while it waits, but by all of a pause that ended with it", () => {
    const facts = { dueAt: at("2025-03-10T17:00"), pauses: [supplement("2025-03-05T08:00", null)] };
    expect(due({ ...facts, state: "SUPPLEMENT_REQUESTED" })[1]).toBe("2025-03-10T17:00");
    expect(due({ ...facts, state: "WITHDRAWN", endedAt: at("2025-03-07T10:00") })[1]).toBe("2025-03-12T17:00");
  });

  it("is the extended one, which pauses move as well", () => {
    const extendedTo = at("2025-03-20T16:00");
    expect(due({ extendedTo }, 5)).toEqual(["2025-03-10T17:00", "2025-03-20T16:00"]);
    expect(due({ extendedTo, pauses: [supplement("2025-03-05T08:00", "2025-03-06T08:00")] }, 5)[1]).toBe("2025-03-21T16:00");
  });

  it("is provisional where it was computed, or moved, into a year without a published calendar", () => {
    const receivedAt = at("2026-12-28T09:00");
    const updatedAt = at("2027-02-01T09:00");
    expect(derived({ receivedAt, updatedAt }, 3).dueProvisional).toBe(false);
    expect(derived({ receivedAt, updatedAt }, 4).dueProvisional).toBe(true);
    const dueAt = at("2027-01-04T17:00");
    expect(derived({ receivedAt, updatedAt, dueAt }, 4).dueProvisional).toBe(false);
    expect(derived({ receivedAt, updatedAt, dueAt, pauses: [supplement("2026-12-29T08:00", "2026-12-30T08:00")] }).dueProvisional).toBe(
      true,
    );
    expect(derived({ receivedAt: at("2017-06-01T09:00") }, 3).dueProvisional).toBe(true);
  });
});

describe("days decide lateness", () => {
  it.each<[string, string, Timeliness]>([
    ["2025-03-09T23:59:59", "before the due day", "EARLY"],
    ["2025-03-10T00:00", "from its first moment", "ON_TIME"],
    ["2025-03-10T23:00", "at 23:00 of the due day, six hours after the due time", "ON_TIME"],
    ["2025-03-10T23:59:59", "until its last second", "ON_TIME"],
    ["2025-03-11T00:00", "at midnight after it", "OVERDUE"],
  ])("resolved at %s, %s, it is %s", (endedAt, _, expected) => {
    expect(on(resolved(endedAt), "2025-06-01")).toBe(expected);
  });

  it("and not handing over: a result that waits to be fetched is not late", () => {
    const facts = resolved("2025-03-10T16:00", { state: "RESULT_RETURNED", returnedAt: at("2025-05-05T09:00") });
    expect(derived(facts)).toMatchObject({ outcome: 2, endedOn: epochDay("2025-03-10") });
  });

  it("without a due date it is on time, not early", () => {
    expect(derived(resolved("2025-03-04T09:00", { dueAt: null })).outcome).toBe(2);
    expect(on({}, "2035-01-01")).toBe("NOT_DUE");
  });

  it("resolved after pauses it is judged by the day to which they moved it", () => {
    const pauses = [supplement("2025-03-05T08:00", "2025-03-07T10:00")];
    expect(derived(resolved("2025-03-11T09:00", { pauses })).outcome).toBe(1);
    expect(derived(resolved("2025-03-12T09:00", { pauses })).outcome).toBe(2);
    expect(derived(resolved("2025-03-13T09:00", { pauses })).outcome).toBe(3);
  });

  it("received in the last second of the year it belongs to that year, a second later to the next", () => {
    expect(dayOfEpoch(derived({ receivedAt: at("2025-12-31T23:59:59") }).receivedOn!)).toBe("2025-12-31");
    expect(dayOfEpoch(derived({ receivedAt: at("2025-12-31T23:59:59") + 1000 }).receivedOn!)).toBe("2026-01-01");
    expect(derived(resolved("2025-12-31T23:59:59", { dueAt: at("2025-12-31T08:00") })).outcome).toBe(2);
  });
});

describe("a dossier on a day", () => {
  const facts = { dueAt: at("2025-03-10T17:00") };

  it("is nothing before it was received, then not due, and overdue from the day after its due day", () => {
    const days = ["2025-03-02", "2025-03-03", "2025-03-10", "2025-03-11"];
    expect(days.map((day) => on(facts, day))).toEqual([null, "NOT_DUE", "NOT_DUE", "OVERDUE"]);
  });

  it("is not overdue while it is paused, however long ago it was due", () => {
    const waiting = { ...facts, state: "SUPPLEMENT_REQUESTED", pauses: [supplement("2025-03-05T08:00", null)] } as const;
    expect(["2025-03-04", "2025-03-05", "2025-03-11", "2030-01-01"].map((day) => on(waiting, day))).toEqual([
      "NOT_DUE",
      "PAUSED",
      "PAUSED",
      "PAUSED",
    ]);
  });

  it("is paused at the end of each day but that on which the pause ends", () => {
    const paused = {
      ...facts,
      pauses: [supplement("2025-03-05T08:00", "2025-03-07T10:00"), supplement("2025-03-04T08:00", "2025-03-04T20:00")],
    };
    expect(["2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07"].map((day) => on(paused, day))).toEqual([
      "NOT_DUE",
      "PAUSED",
      "PAUSED",
      "NOT_DUE",
    ]);
    expect(spans(derived(paused).pauses)).toEqual(["2025-03-05..2025-03-07"]);
  });

  it("that was paused after it was due is overdue before and after the pause", () => {
    const late = resolved("2025-03-28T09:00", { pauses: [supplement("2025-03-20T08:00", "2025-03-24T10:00")] });
    expect(["2025-03-12", "2025-03-19", "2025-03-20", "2025-03-24", "2025-03-28"].map((day) => on(late, day))).toEqual([
      "NOT_DUE",
      "OVERDUE",
      "PAUSED",
      "OVERDUE",
      "OVERDUE",
    ]);
  });

  it("that waited from the day after its moved due day on is first overdue when the pause ends", () => {
    const late = resolved("2025-03-28T09:00", { pauses: [supplement("2025-03-12T08:00", "2025-03-13T10:00")] });
    expect(dayOfEpoch(derived(late).dueOn!)).toBe("2025-03-11");
    expect(["2025-03-11", "2025-03-12", "2025-03-13", "2025-03-27"].map((day) => on(late, day))).toEqual([
      "NOT_DUE",
      "PAUSED",
      "OVERDUE",
      "OVERDUE",
    ]);
  });

  it("that was withdrawn or stopped ended without a result, late or not, from that day on", () => {
    for (const [state, outcome] of [
      ["WITHDRAWN", 4],
      ["STOPPED", 5],
    ] as const) {
      const ended = resolved("2025-03-12T09:00", { state });
      expect(["2025-03-11", "2025-03-12"].map((day) => on(ended, day))).toEqual(["OVERDUE", "ENDED_WITHOUT_RESULT"]);
      expect(derived(ended)).toMatchObject({ outcome, workingDays: null });
    }
  });

  it("that was only submitted or not accepted counts in nothing", () => {
    const nothing = {
      receivedOn: null,
      endedOn: null,
      dueOn: null,
      outcome: null,
      workingDays: null,
      pauses: [],
    };
    const submittedAt = at("2025-02-28T23:00");
    expect(derived({ state: "SUBMITTED", submittedAt, receivedAt: null }, 5)).toMatchObject({
      ...nothing,
      datedOn: epochDay("2025-02-28"),
    });
    const refused = { state: "NOT_ACCEPTED", submittedAt, endedAt: at("2025-03-04T09:00"), dueAt: at("2025-03-10T17:00") } as const;
    // Its unit is that of the day on which the desk had it, where that is told.
    expect(derived(refused, 5)).toMatchObject({ ...nothing, datedOn: epochDay("2025-03-03") });
    expect(derived({ ...refused, receivedAt: null }, 5)).toMatchObject({ ...nothing, datedOn: epochDay("2025-02-28") });
    expect(on(refused, "2025-06-01")).toBeNull();
    expect(derived({ state: "SUBMITTED", receivedAt: null }).datedOn).toBe(epochDay("2025-06-02"));
    expect(derived({ submittedAt }).datedOn).toBe(epochDay("2025-03-03"));
  });
});

describe("the working days of a dossier", () => {
  it("run from receipt to result, without those of the pauses", () => {
    expect(derived(resolved("2025-03-10T09:00")).workingDays).toBe(5);
    expect(derived(resolved("2025-03-10T09:00", { pauses: [supplement("2025-03-05T08:00", "2025-03-07T10:00")] })).workingDays).toBe(3);
    expect(derived(resolved("2025-03-03T09:00")).workingDays).toBe(0);
    expect(derived({}).workingDays).toBeNull();
  });
});

describe("a dossier and its updates day by day", () => {
  const limits = fc.option(fc.integer({ min: 0, max: 50 }).map((halves) => halves / 2));

  it("agree on due dates and working days", () => {
    const naive = new NaiveCalendar(table);
    fc.assert(
      fc.property(consistentFacts, limits, (facts, limit) => {
        expect(derive(facts, limit, calendar)).toMatchObject(naively(facts, limit, naive));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("agree on how it stands at the end of every day", () => {
    const seen = new Set<Timeliness | null>();
    fc.assert(
      fc.property(consistentFacts, limits, (facts, limit) => {
        const record = derive(facts, limit, calendar);
        const first = dayOfEpoch(epochDayOf(facts.submittedAt!) - 1);
        for (let [day, n] = [first, 0]; n < 60; [day, n] = [addDays(day, 1), n + 1]) {
          const epoch = epochDay(day);
          const expected = naiveTimeliness(facts, record.currentDueAt, day);
          seen.add(expected);
          expect([day, timelinessOn(record, epoch)]).toEqual([day, expected]);
        }
      }),
      { numRuns: RUNS / 4, seed: SEED },
    );
    expect(seen).toEqual(new Set([null, ...TIMELINESS]));
  });
});
