import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf } from "../../src/lib/time/date.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

/** 22 November 2026 is the clock's day, so that for everybody 14 November is the last that counts. */
const clock = { now: new Date("2026-11-22T12:00:00+07:00") };
let service: TestService;
let admin: string;
let elsewhere: string;

beforeAll(async () => {
  service = await startService("SEEDED", { clock: () => clock.now });
  await fillCatalogue(service.database);
  admin = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
  elsewhere = await issueKey(service.database, "elsewhere", { "48": "ADMIN" });
  await register("01558", "DIVISION", "Tổ Một Cửa");
  await register("04", "DEPARTMENT", "Sở Một Cửa");
  await send([{ code: "first", receivedAt: at("2026-10-20") }]);
});
afterAll(() => service.close());

const at = (day: string, time = "08:00:00") => `${day}T${time}+07:00`;

/** Its code is that of the unit and its name: 01558/to-mot-cua. */
const register = async (unit: string, kind: string, name: string) => {
  const text = "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { __typename } }";
  expect((await service.ask(text, { input: { unit, kind, name, validFrom: "2026-01-01" } }, admin)).errors).toBeUndefined();
};

const send = async (dossiers: readonly Sent[], source = "cao-bang") => {
  const { data, errors } = await service.ask<ImportAnswer, object>(IMPORT, { source, dossiers: dossiers.map(dossier) }, admin);
  expect(errors).toBeUndefined();
  expect(data.importDossiers.report).toMatchObject({ isKept: true, rejected: 0 });
};

const ask = async <T>(query: string, bearer?: string): Promise<T> => {
  const { data, errors } = await service.ask<T, object>(query, {}, bearer);
  expect(errors).toBeUndefined();
  return data;
};

const COUNTS = `received receivedOnline receivedDirect receivedPostal carriedOver resolved resolvedEarly resolvedOnTime resolvedOverdue
  inProcess inProcessNotDue inProcessOverdue inProcessPaused withdrawn stopped dataThrough exact incomplete coverage { unitsExpected unitsCovered }
  onTimeRate { value numerator denominator } onlineRate { value numerator denominator } byChannel { channel received } sources { title }
  bounds(measure: RECEIVED) { low high } byTier { tier rollup { received } } parts { unit { code } counts { received resolved } }`;

const RUNNING = ["2026-11", "2026-Q4", "2026-12@ND09", "2026-11-20/2026-11-20", "2026-11-01/2026-11-21"];

/** All that there is to ask of the roll-ups of a commune, its province and the country for periods that run, and for days of them. */
const EVERYTHING = ["01558", "04", "VN"].flatMap((code) =>
  RUNNING.slice(0, { VN: 1, "04": 2 }[code] ?? RUNNING.length).map((period) => {
    const series = period === "2026-Q4" ? "series(grain: MONTH) { period received inProcess dataThrough onTimeRate { value } }" : "";
    const detail = code === "01558" ? "" : "averageWorkingDays byField { field { code } counts { received resolved inProcess } }";
    return `{ unit(code: "${code}") { records { lastImportAt } dossiers(period: "${period}") { ${COUNTS} ${detail} ${series} }
      quality: serviceQuality(period: "${period}") { score criteria { rate { numerator denominator } } }
      form: form06(period: "${period}") { total { toHandle resolved } }
      indicators(period: "${period}", codes: ["dossier-on-time"]) { rate { numerator } } } }`;
  }),
);

const everythingSeen = async (bearer?: string): Promise<string[]> => {
  const answers: string[] = [];
  for (const query of EVERYTHING) answers.push(JSON.stringify(await ask<object>(query, bearer)));
  return answers;
};

describe("a caller who reads a running month before and after one import", () => {
  it("sees no difference without a key of the unit, whatever was received, resolved or fell due, and a VIEWER sees it", async () => {
    const before = [await everythingSeen(), await everythingSeen(elsewhere), await everythingSeen(admin)];
    clock.now = new Date("2026-11-22T12:07:31.123+07:00");
    const sent: Sent[] = [
      { code: "new", receivedAt: at("2026-11-16"), channel: "ONLINE", procedure: "1.000002", paidOnline: true },
      { code: "done", receivedAt: at("2026-11-16"), endedAt: at("2026-11-19"), state: "RESOLVED", updatedAt: at("2026-11-20") },
      { code: "late", receivedAt: at("2026-11-17"), dueAt: at("2026-11-18"), procedure: "1.000003" },
      { code: "of today", receivedAt: at("2026-11-22"), unit: "01558/to-mot-cua", updatedAt: at("2026-11-22", "12:00:00") },
      // It was open at the end of the half-month, and stays so there.
      {
        code: "first",
        receivedAt: at("2026-10-20"),
        endedAt: at("2026-11-21"),
        state: "RESOLVED",
        updatedAt: at("2026-11-22", "09:00:00"),
      },
    ];
    await send(sent.map((one) => ({ updatedAt: at("2026-11-22", "10:00:00"), ...one })));
    const after = [await everythingSeen(), await everythingSeen(elsewhere), await everythingSeen(admin)];
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
    expect(after[2]).not.toEqual(before[2]);
    expect(JSON.parse(after[0]![0]!)).toMatchObject({
      unit: { dossiers: { received: 0, carriedOver: 1, inProcess: 1, dataThrough: "2026-11-14" } },
    });
  });

  it("sees the half-month as soon as it has ended, and not on its last day", async () => {
    const query = '{ unit(code: "01558") { dossiers(period: "2026-11") { received dataThrough } } }';
    for (const [now, received, dataThrough] of [
      ["2026-11-14T23:59:59+07:00", 0, "2026-10-31"],
      ["2026-11-15T00:00:00+07:00", 0, "2026-11-14"],
      ["2026-11-30T23:59:59+07:00", 0, "2026-11-14"],
      ["2026-12-01T00:00:00+07:00", 4, "2026-11-30"],
    ] as const) {
      clock.now = new Date(now);
      const ended = dataThrough >= "2026-11";
      expect(await ask(query), now).toEqual({
        unit: { dossiers: { received: ended ? received : null, dataThrough: ended ? dataThrough : null } },
      });
    }
    clock.now = new Date("2026-11-22T12:10:00+07:00");
  });
});

describe("public data of records", () => {
  const of = async (code: string, period: string, bearer?: string) =>
    (
      await ask<{ unit: { dossiers: { received: number | null } } }>(
        `{ unit(code: "${code}") { dossiers(period: "${period}") { received } } }`,
        bearer,
      )
    ).unit.dossiers.received;

  it("have the grain of half-months, also as a difference of periods, and no finer one", async () => {
    await send([
      { code: "march 1", receivedAt: at("2026-03-03") },
      { code: "march 2", receivedAt: at("2026-03-20") },
      { code: "march 3", receivedAt: at("2026-03-21") },
    ]);
    expect(await of("01558", "2026-03-01/2026-03-14")).toBe(1);
    expect(await of("01558", "2026-03-15/2026-03-31")).toBe(2);
    expect((await of("01558", "2026-03"))! - (await of("01558", "2026-03-15/2026-03-31"))!).toBe(1);
    for (const period of [
      "2026-03-01/2026-03-13",
      "2026-03-02/2026-03-14",
      "2026-03-15/2026-03-20",
      "2026-03-21/2026-03-21",
      "2026-03-14/2026-03-31",
    ]) {
      expect(await of("01558", period), period).toBeNull();
      expect(await of("01558", period, elsewhere), period).toBeNull();
      expect(await of("01558", period, admin), period).not.toBeNull();
    }
  });

  it("include channels of units below the province, but no fields, means or rows of the form, under any name", async () => {
    const query = `{ unit(code: "01558") { dossiers(period: "2026-03") { byField { field { code } } averageWorkingDays byChannel { channel received }
      receivedDirect parts { counts { received } } } serviceQuality(period: "2026-03") { criteria { code rate { denominator } } } } }`;
    const { data, errors } = await service.ask<{ unit: any }, object>(query);
    expect(errors?.map(({ path }) => path!.join(".")).toSorted()).toEqual(["unit.dossiers.averageWorkingDays", "unit.dossiers.byField"]);
    expect(data.unit.dossiers).toMatchObject({ byField: null, averageWorkingDays: null, receivedDirect: 3 });
    expect(data.unit.dossiers.byChannel).toContainEqual({ channel: "DIRECT", received: 3 });
    expect(data.unit.serviceQuality.criteria.map(({ code }: { code: string }) => code)).toEqual(["2.1", "3", "3.6", "4.1", "4.2"]);
  });

  it("exclude roll-ups of agencies below the province, which belong to the remainder of their unit, and include those of provincial departments", async () => {
    await send([
      { code: "division", unit: "01558/to-mot-cua", receivedAt: at("2026-03-04") },
      { code: "department", unit: "04/so-mot-cua", receivedAt: at("2026-03-04") },
    ]);
    const division = `{ unit(code: "01558/to-mot-cua") { dossiers(period: "2026-03") { received dataThrough exact sources { id } coverage { unitsCovered } byChannel { received } }
      serviceQuality(period: "2026-03") { score } form06(period: "2026-03") { total { toHandle } } indicators(period: "2026-03", codes: ["dossier-on-time"]) { sources { id } } } }`;
    for (const bearer of [undefined, elsewhere])
      expect(await ask(division, bearer)).toEqual({
        unit: {
          dossiers: { received: null, dataThrough: null, exact: true, sources: [], coverage: { unitsCovered: 0 }, byChannel: [] },
          ...{ serviceQuality: { score: null }, form06: null, indicators: [{ sources: [] }] },
        },
      });
    expect(await of("01558/to-mot-cua", "2026-03", admin)).toBe(1);
    expect(await of("04/so-mot-cua", "2026-03")).toBe(1);
    const parts = async (code: string, bearer?: string) => {
      const query = `{ unit(code: "${code}") { dossiers(period: "2026-03") { parts { unit { code } isRemainder counts { received } } } } }`;
      const { unit } = await ask<{ unit: { dossiers: { parts: { unit: { code: string }; counts: { received: number } }[] } } }>(
        query,
        bearer,
      );
      return unit.dossiers.parts.map((part) => [part.unit.code, part.counts.received]);
    };
    expect(await parts("01558")).toEqual([["01558", 4]]);
    expect(await parts("01558", admin)).toEqual([
      ["01558/to-mot-cua", 1],
      ["01558", 3],
    ]);
    expect(await parts("04")).toEqual([
      ["01558", 4],
      ["04/so-mot-cua", 1],
      ["04", 0],
    ]);
  });

  it("are all that a VIEWER of a part sees of the whole", async () => {
    const ofCommune = await issueKey(service.database, "commune", { "01558": "VIEWER" });
    const query = `{ unit(code: "04") { dossiers(period: "2026-11") { dataThrough parts { unit { code } counts { received } } series(grain: MONTH) { dataThrough } } } }`;
    expect(await ask(query, ofCommune)).toEqual(await ask(query));
    expect(await of("01558", "2026-11", ofCommune)).toBe(4);
  });

  it("include a correction of an ended half-month immediately", async () => {
    const before = (await of("01558", "2026-03"))!;
    await send([{ code: "forgotten", receivedAt: at("2026-03-30") }]);
    expect(await of("01558", "2026-03")).toBe(before + 1);
  });

  it("contain the day on which records came in, not the time", async () => {
    const query = '{ unit(code: "01558") { records { lastImportAt } } }';
    const day = `${dayOf(clock.now)}T00:00:00.000+07:00`;
    for (const bearer of [undefined, elsewhere]) expect(await ask(query, bearer)).toEqual({ unit: { records: [{ lastImportAt: day }] } });
    expect(await ask(query, admin)).not.toEqual({ unit: { records: [{ lastImportAt: day }] } });
  });
});
