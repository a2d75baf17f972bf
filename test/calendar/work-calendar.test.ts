import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowScope } from "../../src/access/scope.ts";
import { readCalendar } from "../../src/calendar/work-calendar.store.ts";
import { Reader, rowsOf } from "../../src/database/reader.ts";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { viewerOf } from "../support/viewer.ts";

const READ = "query ($year: Int!) { workCalendar(year: $year) { year isPublished days { day kind status } } }";
const SET = `mutation ($input: SetWorkCalendarInput!) {
  setWorkCalendar(input: $input) { workCalendar { year isPublished days { day kind status } } } }`;

interface Calendar {
  readonly year: number;
  readonly isPublished: boolean;
  readonly days: readonly Day[];
}
interface Day {
  readonly day: string;
  readonly kind: string;
  readonly status: string;
}

const day = (text: string, kind = "DAY_OFF", status = "PUBLISHED"): Day => ({ day: text, kind, status });
const OF_2028 = [day("2028-01-03"), day("2028-01-04", "SWAP_OFF"), day("2028-01-08", "MAKEUP_WORK")];

describe("the work calendar", () => {
  let service: TestService;
  let keys: Record<"country" | "officer" | "province", string>;
  const read = async (year: number) => (await service.ask<{ workCalendar: Calendar }, object>(READ, { year })).data.workCalendar;
  const set = (key: string | undefined, days: readonly object[], year = 2028) =>
    service.ask<{ setWorkCalendar: { workCalendar: Calendar } }, object>(SET, { input: { year, days } }, key);
  const entries = async () => {
    const text = '{ auditTrail(unit: "VN") { nodes { operation subject actorName before after } } }';
    const { data } = await service.ask<{ auditTrail: { nodes: { operation: string }[] } }, object>(text, {}, keys.country);
    return data.auditTrail.nodes.filter(({ operation }) => operation === "setWorkCalendar");
  };

  beforeAll(async () => {
    service = await startService();
    keys = {
      country: await issueKey(service.database, "Bộ Nội vụ", { VN: "ADMIN" }),
      officer: await issueKey(service.database, "officer", { VN: "OFFICER", "04": "ADMIN" }),
      province: await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" }),
    };
  });
  afterAll(() => service.close());

  it("equals the seeds, for every caller", async () => {
    const { isPublished, days } = await read(2025);
    expect(isPublished).toBe(true);
    expect(days.map((one) => one.day)).toEqual(days.map((one) => one.day).toSorted());
    expect(days).toContainEqual(day("2025-05-02", "SWAP_OFF"));
    expect(days).toContainEqual(day("2025-04-26", "MAKEUP_WORK"));
    expect(await read(2027)).toMatchObject({
      isPublished: false,
      days: expect.arrayContaining([day("2027-11-24", "DAY_OFF", "PROVISIONAL")]),
    });
    expect(await read(2040)).toEqual({ year: 2040, isPublished: false, days: [] });
  });

  it.each([
    ["nobody", undefined, "UNAUTHENTICATED"],
    ["the ADMIN of a province", "province", "FORBIDDEN"],
    ["whoever is ADMIN of a province and OFFICER of the country", "officer", "FORBIDDEN"],
  ] as const)("is not changed by %s", async (_, who, code) => {
    const { data, errors } = await set(who && keys[who], OF_2028);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect((await read(2028)).days).toEqual([]);
  });

  it.each([
    ["a day of another year", [...OF_2028, day("2029-01-01")], /^days\[3\]\.day: "2029-01-01" .*a day of 2028/],
    ["an invalid day", [day("2028-02-30")], /^days\[0\]\.day: "2028-02-30"/],
    ["a Saturday off", [day("2028-01-08")], /^days\[0\]\.day: .* is a Saturday or Sunday, which is off anyway/],
    ["a swap on a Sunday", [day("2028-01-09", "SWAP_OFF")], /^days\[0\]\.day: .* off anyway/],
    ["a Monday that makes up", [day("2028-01-03", "MAKEUP_WORK")], /^days\[0\]\.day: .* makes up for nothing/],
    ["a day twice", [...OF_2028, day("2028-01-03", "SWAP_OFF")], /^days\[3\]\.day: .* is stated before/],
    ["more days than a year has", Array.from({ length: 367 }, () => day("2028-01-03")), /^days: 367 .*at most 366/],
  ])("is not changed to %s", async (_, days, message) => {
    const { errors } = await set(keys.country, days);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) as string, extensions: { code: "BAD_USER_INPUT" } }]);
    expect((await read(2028)).days).toEqual([]);
  });

  it("accepts years from 1990 to 2100", async () => {
    for (const year of [1989, 2101, -1])
      for (const { errors } of [await service.ask(READ, { year }), await set(keys.country, [], year)])
        expect(errors).toMatchObject([{ message: expect.stringMatching(/^year: /) as string, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(await read(1990)).toMatchObject({ days: [] });
    expect(await read(2100)).toMatchObject({ days: [] });
  });

  it("is replaced year by year by the ADMIN of the country, with an audit entry that contains the previous days", async () => {
    const { data } = await set(keys.country, OF_2028.toReversed());
    expect(data.setWorkCalendar.workCalendar).toEqual({ year: 2028, isPublished: true, days: OF_2028 });
    const calendar = await readCalendar(rowsOf(service.database.orm.em.fork()));
    expect([calendar.isWorkingDay("2028-01-03"), calendar.isWorkingDay("2028-01-08"), calendar.isPublished(2028)]).toEqual([
      false,
      true,
      true,
    ]);
    const expected = [day("2028-12-29", "DAY_OFF", "PROVISIONAL")];
    expect((await set(keys.country, expected)).data.setWorkCalendar.workCalendar).toEqual({
      year: 2028,
      isPublished: false,
      days: expected,
    });
    const trace = { operation: "setWorkCalendar", subject: "2028", actorName: "Bộ Nội vụ" };
    expect(await entries()).toEqual(
      expect.arrayContaining([
        { ...trace, before: { days: OF_2028 }, after: { days: expected } },
        { ...trace, before: { days: [] }, after: { days: OF_2028 } },
      ]),
    );
    // The same again leaves no trace, and other years are as they were.
    await set(keys.country, expected);
    expect(await entries()).toHaveLength(2);
    expect((await read(2027)).days).not.toEqual([]);
    expect((await set(keys.country, [])).data.setWorkCalendar.workCalendar).toEqual({ year: 2028, isPublished: false, days: [] });
  });

  it("cannot be written by a transaction whose scope is below the country", async () => {
    const { database } = service;
    const reader = new Reader(database.pools);
    const scope = async (unit: string) => rowScope(await viewerOf(database, unit, { [unit]: "ADMIN" }), "ADMIN");
    const insert = async (unit: string) =>
      reader.write(await scope(unit), (em) =>
        sql`insert into work_calendar_day (day, kind, status) values ('2031-01-01', 'DAY_OFF', 'published')`.execute(em.getKysely()),
      );
    await expect(insert("04")).rejects.toThrow();
    expect((await read(2031)).days).toEqual([]);
    await insert("VN");
    const erase = async (unit: string) =>
      reader.write(await scope(unit), (em) => sql`delete from work_calendar_day where day = '2031-01-01'`.execute(em.getKysely()));
    await erase("04");
    expect((await read(2031)).days).toHaveLength(1);
    await erase("VN");
    expect((await read(2031)).days).toEqual([]);
  });
});
