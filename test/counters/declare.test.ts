import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rowScope } from "../../src/access/scope.ts";
import { Reader } from "../../src/database/reader.ts";
import { declareWithin } from "../../src/counters/declare.store.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { NOW } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { viewerOf } from "../support/viewer.ts";
import { runs, seed } from "../support/property.ts";
import { type Completeness, startCompleteness, status } from "./completeness.ts";

const RUNS = runs(20);
const SEED = seed(20_261_124);

describe("completeness of records", () => {
  let api: Completeness;
  beforeAll(async () => {
    api = await startCompleteness();
  });
  afterAll(() => api.service.close());
  beforeEach(() => api.clear());

  it("is missing before it is declared", async () => {
    expect(await api.recordsOf("04")).toEqual([]);
  });

  it("reaches at most to the end of next year", async () => {
    expect(await api.declared(api.caoBang, ["01558"], "2026-01-01", "2027-12-31")).toEqual([status("2026-01-01", "2027-12-31")]);
    const { errors } = await api.declare(api.caoBang, ["01558"], "2026-01-01", "2028-01-01");
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: "through" } }]);
    expect(errors![0]!.message).toContain("2027-12-31");
  });

  it.each([
    ["a caller without a key", undefined, "UNAUTHENTICATED"],
    ["an OFFICER", { "04": "OFFICER" }, "FORBIDDEN"],
    ["the ADMIN of another province", { "48": "ADMIN" }, "FORBIDDEN"],
    ["the ADMIN of one of two units", { "01558": "ADMIN" }, "FORBIDDEN"],
  ] as const)("is not declared by %s", async (_, roles, code) => {
    const key = roles && (await issueKey(api.service.database, "somebody", roles));
    const { data, errors } = await api.declare(key, ["01558", "04"], "2026-01-01", "2026-06-30");
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(await api.rows("select * from record_range")).toEqual([]);
  });

  it.each([
    ["no units", [], "2026-01-01", "2026-06-30", /^units: 0 .*1 to 5000/],
    ["an unknown unit", ["04", "nowhere"], "2026-01-01", "2026-06-30", /^units\[1\]: "nowhere" .*between 2026-01-01 and 2026-06-30/],
    ["an abolished unit", ["048.2015"], "2025-07-01", "2026-06-30", /^units\[0\]: "048\.2015"/],
    ["the code of an abolished unit", ["048"], "2025-07-01", "2026-06-30", /^units\[0\]: "048"/],
    ["a unit that did not exist yet", ["48.2025"], "2025-01-01", "2025-06-30", /^units\[0\]: "48\.2025"/],
    ["days before 2000", ["04"], "1999-12-31", "2026-06-30", /^since: "1999-12-31"/],
    ["an end before its beginning", ["04"], "2026-06-30", "2026-06-29", /^through: "2026-06-29"/],
    ["an invalid day", ["04"], "2026-06-31", "2026-06-29", /^since: "2026-06-31"/],
  ])("is not declared for %s", async (_, units, since, through, message) => {
    const { errors } = await api.declare(api.country, units, since, through);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) as string, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(await api.rows("select * from record_range")).toEqual([]);
  });

  it("is declared for each unit given by code or id, and shown to every caller", async () => {
    const expected = status("2026-01-01", "2026-06-30");
    expect(await api.declared(api.caoBang, ["04", "01558", "04.2015"], "2026-01-01", "2026-06-30")).toEqual([expected, expected, expected]);
    expect(await api.recordsOf("04")).toEqual([expected]);
    expect(await api.recordsOf("01558")).toEqual([expected]);
    expect(await api.recordsOf("48")).toEqual([]);
  });

  it("resolves a code to its holder on the last day, or to its last holder within the days", async () => {
    await api.declared(api.country, ["01843"], "2025-01-01", "2025-06-30");
    await api.declared(api.country, ["01843"], "2025-01-01", "2026-06-30");
    expect([await api.ranges("01843.2015"), await api.ranges("01843.2025")]).toEqual([
      ["2025-01-01/2025-06-30"],
      ["2025-01-01/2026-06-30"],
    ]);
    // Huyện Hạ Lang ended on 30 June 2025, and belongs to the province.
    await api.declared(api.caoBang, ["048"], "2022-01-01", "2027-12-31");
    expect(await api.ranges("048.2015")).toEqual(["2022-01-01/2027-12-31"]);
    await api.declared(api.caoBang, ["04"], "2000-01-01", "2010-12-31");
    expect(await api.ranges("04.2015")).toEqual(["2000-01-01/2010-12-31"]);
  });

  it("is one range where declarations touch, and the latest of several is shown", async () => {
    await api.declared(api.caoBang, ["04"], "2024-01-01", "2024-06-30");
    expect(await api.declared(api.caoBang, ["04"], "2023-01-01", "2023-06-30")).toEqual([status("2024-01-01", "2024-06-30")]);
    expect(await api.ranges("04.2015")).toEqual(["2023-01-01/2023-06-30", "2024-01-01/2024-06-30"]);
    await api.declared(api.caoBang, ["04"], "2024-07-01", "2024-07-01");
    expect(await api.ranges("04.2015")).toEqual(["2023-01-01/2023-06-30", "2024-01-01/2024-07-01"]);
    expect(await api.declared(api.caoBang, ["04"], "2023-07-01", "2023-12-31")).toEqual([status("2023-01-01", "2024-07-01")]);
    await api.declared(api.caoBang, ["04"], "2023-07-01", "2023-12-31", "TASKS");
    expect(await api.recordsOf("04")).toEqual([status("2023-01-01", "2024-07-01"), status("2023-07-01", "2023-12-31", "TASKS")]);
  });

  it("shows VIEWERs of the unit the time of the last import, and everybody else its day", async () => {
    const insert = `insert into record_unit (province_id, unit_id, kind, source_id, records, last_import_at)
      select u.id, u.id, k.kind, k.source, 1, k.at::timestamptz from unit u, (values ('DOSSIERS', 1, '2026-11-01 10:00+07'), ('DOSSIERS', 2, '2026-11-02 10:00+07'),
        ('TASKS', 1, '2026-11-03 10:00+07')) k(kind, source, at) where u.key = '04.2015'`;
    await api.rows(insert);
    await api.declared(api.caoBang, ["04"], "2026-01-01", "2026-06-30");
    const elsewhere = await issueKey(api.service.database, "elsewhere", { "48": "ADMIN" });
    for (const [bearer, time] of [
      [api.caoBang, "T10:00:00.000000+07:00"],
      [undefined, "T00:00:00.000+07:00"],
      [elsewhere, "T00:00:00.000+07:00"],
    ] as const)
      expect(await api.recordsOf("04", bearer)).toEqual([
        status("2026-01-01", "2026-06-30", "DOSSIERS", `2026-11-02${time}`),
        status(null, null, "TASKS", `2026-11-03${time}`),
      ]);
  });

  it("is declared of units in memory, and refused before any of them is read", async () => {
    const refused = await statementsOf(async () => {
      const { errors } = await api.declare(api.caoBang, ["04", "48"], "2026-01-01", "2026-03-31");
      expect(errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    });
    // The key and the version of the units.
    expect(refused).toHaveLength(2);
    expect(refused[1]).toBe("select version from hierarchy_version");
  });

  it("is read by one statement for any number of units", async () => {
    const list = (first: number) => `{ units(first: ${first}, tier: COMMUNE) { nodes { records { kind } } } }`;
    await api.service.ask(list(1));
    const [one, many] = [await statementsOf(() => api.service.ask(list(1))), await statementsOf(() => api.service.ask(list(200)))];
    expect(many.length).toBe(one.length);
  });

  it("records an audit entry in each province with the previous ranges, and none without a change", async () => {
    await api.declared(api.country, ["01558", "01561", "48"], "2026-01-01", "2026-03-31");
    await api.declared(api.country, ["01558", "01561", "48", "04"], "2026-02-01", "2026-06-30");
    await api.declared(api.country, ["01558", "48"], "2026-02-01", "2026-06-30");
    const range = { since: "2026-01-01", through: "2026-03-31" };
    const [first, second] = [range, { since: "2026-02-01", through: "2026-06-30" }].map((one) => ({ kind: "DOSSIERS", ...one }));
    const ids = await api.rows<{ id: string }>(
      "select u.key as id from unit u join unit_version v on v.unit_id = u.id where v.code in ('01558', '01561') and v.valid_to is null order by u.key",
    );
    const communes = ids.map(({ id }) => id);
    const operation = "declareComplete";
    const entries = await api.trail(api.country, "04");
    expect(entries).toHaveLength(2);
    const expected = [
      {
        ...{ operation, subject: ["04.2015", ...communes].toSorted().join(" "), unit: { id: "04.2015" }, after: second },
        before: { kind: "DOSSIERS", ranges: communes.map((unit) => ({ unit, ...range })) },
      },
      { operation, subject: communes.join(" "), unit: { id: "04.2015" }, before: { kind: "DOSSIERS", ranges: [] }, after: first },
    ];
    expect(entries).toEqual(expect.arrayContaining(expected));
    expect(await api.trail(api.country, "48")).toHaveLength(2);
    expect(await api.trail(api.country, "VN")).toHaveLength(4);
  });

  it("accepts 5,000 units in one call", async () => {
    const all = await api.rows<{ id: string }>(
      "select unit_id, u.key as id from unit_version v join unit u on u.id = v.unit_id where v.tier = 'COMMUNE' limit 6000",
    );
    const units = [...new Set(all.map(({ id }) => id))].slice(0, 5000);
    expect(units).toHaveLength(5000);
    expect((await api.declare(api.country, [...units, "04"], "2000-01-01", "2027-12-31")).errors).toMatchObject([
      { message: expect.stringMatching(/5001 items/) as string },
    ]);
    expect(await api.declared(api.country, units, "2000-01-01", "2027-12-31")).toHaveLength(5000);
    expect(await api.rows("select distinct since, through from record_range")).toEqual([{ since: "2000-01-01", through: "2027-12-31" }]);
  });

  it("merges two concurrent declarations of one unit", async () => {
    const months = Array.from({ length: 12 }, (_, n) => `2026-${String(n + 1).padStart(2, "0")}`);
    await Promise.all(months.map((month) => api.declared(api.caoBang, ["04"], `${month}-01`, `${month}-28`)));
    await Promise.all(months.slice(1).map((month) => api.declared(api.caoBang, ["04"], addDays(`${month}-01`, -3), `${month}-01`)));
    expect(await api.ranges("04.2015")).toEqual(["2026-01-01/2026-12-28"]);
  });

  it("is refused by row-level security outside the scope of the transaction", async () => {
    const { database } = api.service;
    const reader = new Reader(database.pools);
    const scope = rowScope(await viewerOf(database, "Cao Bằng", { "04": "ADMIN" }), "ADMIN");
    const [unit] = await api.rows<{ id: number }>("select id from unit where key = '48.2025'");
    const by = { actor: "key:x", actorName: "x", at: NOW };
    const days = { since: "2026-01-01", through: "2026-06-30" };
    const write = () => reader.write(scope, (em) => declareWithin(em, { kind: "DOSSIERS", unitNos: [unit!.id], ...days, by }));
    await expect(write()).rejects.toThrow();
    await api.declared(api.country, ["48"], "2026-01-01", "2026-06-30");
    for (const text of ["update record_range set through = '2030-01-01' returning 1", "delete from record_range returning 1"])
      expect(await reader.write(scope, async (em) => (await sql.raw(text).execute(em.getKysely())).rows)).toEqual([]);
    expect(await api.ranges("48.2025")).toEqual(["2026-01-01/2026-06-30"]);
  });

  it(`equals the set of all declared days, in ${RUNS} random sequences of declarations`, async () => {
    const units = await api.rows<{ id: number }>("select id from unit where key in ('04.2015', '048.2015', '48.2025') order by id");
    const offset = fc.integer({ min: 0, max: 25 });
    const statement = fc.record({ who: fc.subarray([0, 1, 2], { minLength: 1 }), from: offset, length: fc.integer({ min: 0, max: 6 }) });
    const by = { actor: "command:test", actorName: "test", at: NOW };
    const first: Day = "2026-02-20";
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (statements) => {
        await api.rows("delete from record_range");
        const naive = units.map(() => new Set<Day>());
        for (const { who, from, length } of statements) {
          const [since, through] = [addDays(first, from), addDays(first, from + length)];
          const unitNos = who.map((n) => units[n]!.id);
          await api.service.database.orm.em
            .fork()
            .transactional((em) => declareWithin(em, { kind: "DOSSIERS", unitNos, since, through, by }));
          for (const n of who) for (let day = since; day <= through; day = addDays(day, 1)) naive[n]!.add(day);
        }
        for (const [n, { id }] of units.entries()) {
          const stored = await api.rows<{ since: Day; through: Day }>(
            "select since, through from record_range where unit_id = ? order by since",
            [id],
          );
          expect(stored).toEqual(runsOf(naive[n]!));
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

/** The longest runs of days of a set. */
const runsOf = (days: ReadonlySet<Day>) =>
  [...days]
    .filter((day) => !days.has(addDays(day, -1)))
    .toSorted()
    .map((since) => {
      let through = since;
      while (days.has(addDays(through, 1))) through = addDays(through, 1);
      return { since, through };
    });
