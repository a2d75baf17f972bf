import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Channel, CHANNELS, type DossierFacts, isAccepted } from "../../../src/dossiers/dossier-state.ts";
import { addDays, type Day } from "../../../src/lib/time/date.ts";
import { parsePeriod } from "../../../src/lib/time/period.ts";
import type { CalendarDay } from "../../../src/calendar/work-calendar.ts";
import { NOW, startService, type TestService, TODAY } from "../../support/client.ts";
import { givenDossiers, IMPORT, type ImportAnswer } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";
import { NaiveCalendar } from "../../calendar/naive-calendar.ts";
import { consistentFacts } from "../facts.ts";
import { endOf, naively, naiveTimeliness } from "../naive-dossier.ts";
import { runs, seed } from "../../support/property.ts";

const SEED = seed(20_251_107);
const DOSSIERS = 400;
const DAY_MS = 86_400_000;
const UNITS = ["01558", "01561", "04"] as const;
/** With the limits that fillCatalogue gives them. */
const PROCEDURES = [
  { code: "1.000001", field: "HT", limit: 5 },
  { code: "1.000002", field: "CT", limit: 10 },
  { code: "1.000003", field: "DD", limit: null },
] as const;

interface Dossier {
  readonly facts: DossierFacts;
  readonly unit: (typeof UNITS)[number];
  readonly channel: Channel;
  readonly procedure: (typeof PROCEDURES)[number];
}

/** The last update is within the last half-year, often within its last days. */
const drawnDossier: fc.Arbitrary<Dossier> = fc
  .record({
    facts: consistentFacts,
    unit: fc.constantFrom(...UNITS),
    channel: fc.constantFrom(...CHANNELS),
    procedure: fc.constantFrom(...PROCEDURES),
    age: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 180 })),
  })
  .map(({ facts, age, ...more }) => {
    const days = Math.floor((NOW.getTime() - facts.updatedAt) / DAY_MS) - age;
    const moved = (ms: number) => ms + days * DAY_MS;
    const orNull = (ms: number | null) => (ms === null ? null : moved(ms));
    return {
      ...more,
      facts: {
        ...{
          state: facts.state,
          updatedAt: moved(facts.updatedAt),
          submittedAt: orNull(facts.submittedAt),
          receivedAt: orNull(facts.receivedAt),
        },
        ...{
          dueAt: orNull(facts.dueAt),
          extendedTo: orNull(facts.extendedTo),
          endedAt: orNull(facts.endedAt),
          returnedAt: orNull(facts.returnedAt),
        },
        pauses: facts.pauses.map(({ reason, from, to }) => ({ reason, from: moved(from), to: orNull(to) })),
      },
    };
  });

const inputOf = ({ facts: { pauses, state, ...instants }, unit, channel, procedure }: Dossier, n: number) => {
  const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    ...{ code: `${n}`, unit, channel, procedure: procedure.code, state },
    ...Object.fromEntries(Object.entries(instants).map(([name, ms]) => [name, text(ms)])),
    pauses: pauses.map(({ reason, from, to }) => ({ reason, from: text(from), to: text(to) })),
  };
};

let service: TestService;
let viewer: string;
let calendar: NaiveCalendar;
const dossiers = fc.sample(drawnDossier, { seed: SEED, numRuns: DOSSIERS });

beforeAll(async () => {
  service = await startService();
  const officer = await givenDossiers(service);
  viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
  const { rows } = await sql<CalendarDay>`select day, kind, status from work_calendar_day`.execute(
    service.database.orm.em.fork().getKysely(),
  );
  calendar = new NaiveCalendar(rows);
  const sent = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(inputOf) }, officer);
  expect(sent.errors).toBeUndefined();
  expect(sent.data.importDossiers.report.created).toBe(DOSSIERS);
});
afterAll(() => service.close());

/** What dossiers count in the days, one by one. */
const countsOf = (some: readonly Dossier[], from: Day, to: Day) => {
  const [begin, end] = [endOf(addDays(from, -1)), endOf(to)];
  const within = (ms: number | null) => ms !== null && ms >= begin && ms < end;
  const counted = some.filter(({ facts }) => isAccepted(facts.state));
  const openAt = (limit: number) =>
    counted.filter(({ facts }) => facts.receivedAt! < limit && (facts.endedAt === null || facts.endedAt >= limit));
  const followsFrom = ({ facts, procedure }: Dossier) => naively(facts, procedure.limit, calendar);
  const standing = (one: Dossier) => naiveTimeliness(one.facts, followsFrom(one).currentDueAt, to);
  const received = counted.filter(({ facts }) => within(facts.receivedAt));
  const ended = counted.filter(({ facts }) => within(facts.endedAt));
  const resolved = ended.filter(({ facts }) => facts.state !== "WITHDRAWN" && facts.state !== "STOPPED");
  const open = openAt(end);
  const by = (channel: Channel) => received.filter((one) => one.channel === channel).length;
  const workingDays = resolved.reduce((sum, one) => sum + followsFrom(one).workingDays!, 0);
  return {
    ...{ received: received.length, receivedDirect: by("DIRECT"), receivedOnline: by("ONLINE"), receivedPostal: by("POSTAL") },
    ...{ carriedOver: openAt(begin).length, resolved: resolved.length, inProcess: open.length },
    resolvedEarly: resolved.filter((one) => standing(one) === "EARLY").length,
    resolvedOnTime: resolved.filter((one) => standing(one) === "ON_TIME").length,
    resolvedOverdue: resolved.filter((one) => standing(one) === "OVERDUE").length,
    inProcessNotDue: open.filter((one) => standing(one) === "NOT_DUE").length,
    inProcessOverdue: open.filter((one) => standing(one) === "OVERDUE").length,
    inProcessPaused: open.filter((one) => standing(one) === "PAUSED").length,
    withdrawn: ended.filter(({ facts }) => facts.state === "WITHDRAWN").length,
    stopped: ended.filter(({ facts }) => facts.state === "STOPPED").length,
    averageWorkingDays: resolved.length === 0 ? null : workingDays / resolved.length,
  };
};

type Counts = ReturnType<typeof countsOf>;
const NAMES = Object.keys(countsOf([], TODAY, TODAY)) as (keyof Counts)[];
const QUERY = `query ($code: ID!, $period: Period!, $handledBy: Tier) { unit(code: $code) { dossiers(period: $period, handledBy: $handledBy) {
  averageWorkingDays byChannel { channel received } byField { field { code } counts { ${NAMES.filter((name) => name !== "averageWorkingDays").join(" ")} } } } } }`;
interface Answered {
  readonly averageWorkingDays: number | null;
  readonly byChannel: readonly { readonly channel: Channel; readonly received: number }[];
  readonly byField: readonly { readonly field: { readonly code: string }; readonly counts: Counts }[];
}

const expected = (some: readonly Dossier[], from: Day, to: Day) =>
  ["CT", "DD", "HT"]
    .map((field) => ({
      field: { code: field },
      counts: countsOf(
        some.filter(({ procedure }) => procedure.field === field),
        from,
        to,
      ),
    }))
    .filter(({ counts }) => ["received", "carriedOver", "resolved", "inProcess"].some((name) => counts[name as "received"] > 0))
    .map(({ field, counts: { averageWorkingDays: _mean, ...counts } }) => ({
      field,
      counts,
    }));

/** Named ones, running ones, and days that cut half-months at either end. */
const period = fc.oneof(
  fc.constantFrom("2026", "2026-11", "2026-12@ND09", "2026-Q3", "2026-Q4", "2026-10", "2026-09@ND09", "2025/2026"),
  fc.tuple(fc.integer({ min: 0, max: 160 }), fc.integer({ min: 0, max: 120 })).map(([first, length]) => {
    const from = addDays("2026-06-20", first);
    return parsePeriod("period", `${from}/${addDays(from, length)}`).name;
  }),
);

/** Who is VIEWER of Cao Bằng alone is shown the country as everybody is: up to 14 November, and no part of a half-month. */
const daysShown = (code: string, from: Day, to: Day): { readonly to: Day } | null => {
  const last = [to, code === "VN" ? "2026-11-14" : TODAY].toSorted()[0]!;
  const isEdge = (day: Day) => ["01", "15"].includes(day.slice(8));
  return from > last || (code === "VN" && !(isEdge(from) && isEdge(addDays(last, 1)))) ? null : { to: last };
};

describe("dossiers by field and by channel", () => {
  it("equal a count of single dossiers, for any period and unit", { timeout: 120_000 }, async () => {
    const asked = fc.record({
      period,
      code: fc.constantFrom(...UNITS, "VN"),
      handledBy: fc.constantFrom(null, null, "PROVINCE", "COMMUNE"),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ period: name, code, handledBy }) => {
        const { from, to } = parsePeriod("period", name);
        const some = dossiers.filter(
          ({ unit }) =>
            (["VN", "04"].includes(code) || unit === code) && (handledBy === null || (unit === "04") === (handledBy === "PROVINCE")),
        );
        const days = daysShown(code, from, to);
        const { data, errors } = await service.ask<{ unit: { dossiers: Answered } }, object>(
          QUERY,
          { code, period: name, handledBy },
          viewer,
        );
        expect(errors).toBeUndefined();
        const { byField, byChannel, averageWorkingDays } = data.unit.dossiers;
        if (days === null) {
          expect({ byField, averageWorkingDays }).toEqual({ byField: [], averageWorkingDays: null });
          return;
        }
        const last = days.to;
        expect(byField).toEqual(expected(some, from, last));
        const all = countsOf(some, from, last);
        const received = { DIRECT: all.receivedDirect, ONLINE: all.receivedOnline, POSTAL: all.receivedPostal };
        if (byField.length > 0) expect(byChannel).toEqual(CHANNELS.map((channel) => ({ channel, received: received[channel] })));
        if (all.averageWorkingDays === null) expect(averageWorkingDays).toBeNull();
        else expect(averageWorkingDays).toBeCloseTo(all.averageWorkingDays, 9);
      }),
      { seed: SEED, numRuns: runs(20) },
    );
  });
});

const SUMMED = NAMES.filter((name) => name !== "averageWorkingDays");
type Summed = Record<string, number | null>;
/** What nothing was recorded of is null. */
const asCounted = (counts: Summed) => SUMMED.map((name) => counts[name] ?? 0);

describe("dossiers of several periods in one query", () => {
  it("equal a count of single dossiers, however the periods overlap", { timeout: 120_000 }, async () => {
    const several = fc.record({ periods: fc.uniqueArray(period, { minLength: 2, maxLength: 6 }), code: fc.constantFrom(...UNITS) });
    await fc.assert(
      fc.asyncProperty(several, async ({ periods, code }) => {
        const fields = periods.map((name, n) => `p${n}: dossiers(period: "${name}") { ${SUMMED.join(" ")} }`);
        const { data, errors } = await service.ask<{ unit: Record<string, Summed> }, object>(
          `{ unit(code: "${code}") { ${fields.join(" ")} } }`,
          {},
          viewer,
        );
        expect(errors).toBeUndefined();
        const some = dossiers.filter(({ unit }) => code === "04" || unit === code);
        for (const [n, name] of periods.entries()) {
          const { from, to } = parsePeriod("period", name);
          const last = [to, TODAY].toSorted()[0]!;
          const counts: Summed = from > last ? {} : countsOf(some, from, last);
          expect(asCounted(data.unit[`p${n}`]!), name).toEqual(asCounted(counts));
        }
      }),
      { seed: SEED, numRuns: runs(20) },
    );
  });

  it("equal those of each period, as points of a series", async () => {
    const { data } = await service.ask<{ unit: { dossiers: { series: (Summed & { period: string })[] } } }, object>(
      `{ unit(code: "04") { dossiers(period: "2024/2026") { series(grain: MONTH) { period ${SUMMED.join(" ")} } } } }`,
      {},
      viewer,
    );
    const { series } = data.unit.dossiers;
    expect(series).toHaveLength(36);
    expect(series.some((point) => point["carriedOver"]! > 0)).toBe(true);
    for (const point of series) {
      const { from, to } = parsePeriod("period", point.period);
      const last = [to, TODAY].toSorted()[0]!;
      expect(asCounted(point), point.period).toEqual(asCounted(from > last ? {} : countsOf(dossiers, from, last)));
    }
  });
});
