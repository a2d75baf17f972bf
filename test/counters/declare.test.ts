import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rowScope } from "../../src/access/scope.ts";
import { Reader } from "../../src/database/reader.ts";
import { declareWithin } from "../../src/counters/declare.store.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { viewerOf } from "../support/viewer.ts";
import { runs, seed } from "../support/property.ts";

const RUNS = runs(60);
const SEED = seed(20_261_124);

const DECLARE = `mutation ($units: [ID!]!, $since: Date!, $through: Date!, $kind: RecordKind!) {
  declareComplete(input: { kind: $kind, units: $units, since: $since, through: $through }) {
    records { kind completeSince completeThrough lastImportAt } } }`;
const RECORDS = "query ($code: ID!) { unit(code: $code) { records { kind completeSince completeThrough lastImportAt } } }";

interface Status {
  readonly kind: string;
  readonly completeSince: string | null;
  readonly completeThrough: string | null;
  readonly lastImportAt: string | null;
}
const status = (since: string | null, through: string | null, kind = "DOSSIERS", lastImportAt: string | null = null): Status => ({
  ...{ kind, completeSince: since, completeThrough: through, lastImportAt },
});

describe("completeness of records", () => {
  let service: TestService;
  let caoBang: string;
  let country: string;

  const declare = (key: string | undefined, units: readonly string[], since: string, through: string, kind = "DOSSIERS") =>
    service.ask<{ declareComplete: { records: Status[] } }, object>(DECLARE, { units, since, through, kind }, key);
  const declared = async (...given: Parameters<typeof declare>): Promise<Status[]> => {
    const { data, errors } = await declare(...given);
    expect(errors).toBeUndefined();
    return data.declareComplete.records;
  };
  const recordsOf = async (code: string, bearer?: string) =>
    (await service.ask<{ unit: { records: Status[] } }, object>(RECORDS, { code }, bearer)).data.unit.records;
  const rows = <T>(text: string, values: unknown[] = []) => service.database.orm.em.getConnection().execute<T[]>(text, values);
  const ranges = async (id: string) =>
    (
      await rows<{ since: Day; through: Day }>(
        "select since, through from record_range r join unit u on u.id = r.unit_id where u.key = ? order by since",
        [id],
      )
    ).map(({ since, through }) => `${since}/${through}`);
  const trail = async (key: string, unit: string) => {
    const text = "query ($unit: ID!) { auditTrail(unit: $unit) { nodes { operation subject before after unit { id } } } }";
    const { data } = await service.ask<{ auditTrail: { nodes: { operation: string }[] } }, object>(text, { unit }, key);
    return data.auditTrail.nodes.filter(({ operation }) => operation === "declareComplete");
  };

  beforeAll(async () => {
    service = await startService();
    caoBang = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
    country = await issueKey(service.database, "country", { VN: "ADMIN" });
  });
  afterAll(() => service.close());
  beforeEach(() =>
    rows(
      "delete from record_range; delete from record_unit; delete from audit_entry where operation in ('declareComplete', 'withdrawCompleteness')",
    ),
  );

  it("is missing if nobody has declared it", async () => {
    expect(await recordsOf("04")).toEqual([]);
  });

  it("reaches at most to the end of next year", async () => {
    expect(await declared(caoBang, ["01558"], "2026-01-01", "2027-12-31")).toEqual([status("2026-01-01", "2027-12-31")]);
    const { errors } = await declare(caoBang, ["01558"], "2026-01-01", "2028-01-01");
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: "through" } }]);
    expect(errors![0]!.message).toContain("2027-12-31");
  });

  describe("that is withdrawn", () => {
    const WITHDRAW = `mutation ($input: WithdrawCompletenessInput!) {
      withdrawCompleteness(input: $input) { records { kind completeSince completeThrough lastImportAt } } }`;
    const withdraw = (key: string | undefined, input: object) =>
      service.ask<{ withdrawCompleteness: { records: Status[] } }, object>(
        WITHDRAW,
        { input: { kind: "DOSSIERS", units: ["01558"], from: "2026-03-01", reason: "a month is missing", ...input } },
        key,
      );

    it("ends the day before, and later ranges are deleted", async () => {
      await declared(caoBang, ["01558", "01561"], "2026-01-01", "2026-06-30");
      await declared(caoBang, ["01558"], "2026-08-01", "2026-09-30");
      await declared(caoBang, ["01558"], "2026-01-01", "2026-12-31", "TASKS");
      const { data, errors } = await withdraw(caoBang, {});
      expect(errors).toBeUndefined();
      expect(data.withdrawCompleteness.records).toEqual([status("2026-01-01", "2026-02-28")]);
      expect(await recordsOf("01558")).toEqual([status("2026-01-01", "2026-02-28"), status("2026-01-01", "2026-12-31", "TASKS")]);
      expect(await recordsOf("01561")).toEqual([status("2026-01-01", "2026-06-30")]);
      expect((await withdraw(caoBang, { from: "2020-01-01" })).data.withdrawCompleteness.records).toEqual([status(null, null)]);
      // Nothing is left to be taken back.
      expect((await withdraw(caoBang, {})).data.withdrawCompleteness.records).toEqual([status(null, null)]);
    });

    it("is recorded in the audit trail with the reason", async () => {
      await declared(caoBang, ["01558"], "2026-01-01", "2026-06-30");
      await withdraw(caoBang, {});
      const text = '{ auditTrail(unit: "01558") { nodes { operation before after } } }';
      const { data } = await service.ask<{ auditTrail: { nodes: { operation: string }[] } }, object>(text, {}, country);
      expect(data.auditTrail.nodes.filter(({ operation }) => operation === "withdrawCompleteness").slice(0, 1)).toMatchObject([
        {
          operation: "withdrawCompleteness",
          before: { kind: "DOSSIERS", ranges: [{ since: "2026-01-01", through: "2026-06-30" }] },
          after: { kind: "DOSSIERS", from: "2026-03-01", reason: "a month is missing" },
        },
      ]);
    });

    it.each([
      ["nobody", undefined, {}, "UNAUTHENTICATED"],
      ["an OFFICER", { "04": "OFFICER" }, {}, "FORBIDDEN"],
      ["the ADMIN of another province", { "48": "ADMIN" }, {}, "FORBIDDEN"],
      ["an ADMIN without a reason", { "04": "ADMIN" }, { reason: " " }, "BAD_USER_INPUT"],
      ["an ADMIN of a day that is none", { "04": "ADMIN" }, { from: "2026-02-30" }, "BAD_USER_INPUT"],
      ["an ADMIN of a unit that nobody knows", { "04": "ADMIN" }, { units: ["nowhere"] }, "BAD_USER_INPUT"],
    ] as const)("is not by %s", async (name, roles, input, code) => {
      await declared(caoBang, ["01558"], "2026-01-01", "2026-06-30");
      const key = roles && (await issueKey(service.database, name, roles));
      expect((await withdraw(key, input)).errors?.[0]?.extensions["code"]).toBe(code);
      expect(await recordsOf("01558")).toEqual([status("2026-01-01", "2026-06-30")]);
    });
  });

  it.each([
    ["nobody", undefined, "UNAUTHENTICATED"],
    ["an OFFICER", { "04": "OFFICER" }, "FORBIDDEN"],
    ["the ADMIN of another province", { "48": "ADMIN" }, "FORBIDDEN"],
    ["the ADMIN of one of two units", { "01558": "ADMIN" }, "FORBIDDEN"],
  ] as const)("is not stated by %s", async (_, roles, code) => {
    const key = roles && (await issueKey(service.database, "somebody", roles));
    const { data, errors } = await declare(key, ["01558", "04"], "2026-01-01", "2026-06-30");
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(await rows("select * from record_range")).toEqual([]);
  });

  it.each([
    ["no units", [], "2026-01-01", "2026-06-30", /^units: 0 .*1 to 5000/],
    [
      "a unit that nobody knows",
      ["04", "nowhere"],
      "2026-01-01",
      "2026-06-30",
      /^units\[1\]: "nowhere" .*between 2026-01-01 and 2026-06-30/,
    ],
    ["one that was no more", ["048.2015"], "2025-07-01", "2026-06-30", /^units\[0\]: "048\.2015"/],
    ["the code of one that was no more", ["048"], "2025-07-01", "2026-06-30", /^units\[0\]: "048"/],
    ["one that was not there yet", ["48.2025"], "2025-01-01", "2025-06-30", /^units\[0\]: "48\.2025"/],
    ["days before 2000", ["04"], "1999-12-31", "2026-06-30", /^since: "1999-12-31"/],
    ["an end before its beginning", ["04"], "2026-06-30", "2026-06-29", /^through: "2026-06-29"/],
    ["what is no day", ["04"], "2026-06-31", "2026-06-29", /^since: "2026-06-31"/],
  ])("is not stated of %s", async (_, units, since, through, message) => {
    const { errors } = await declare(country, units, since, through);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) as string, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(await rows("select * from record_range")).toEqual([]);
  });

  it("is stated of each unit named, by code or id, and shown to everybody", async () => {
    const expected = status("2026-01-01", "2026-06-30");
    expect(await declared(caoBang, ["04", "01558", "04.2015"], "2026-01-01", "2026-06-30")).toEqual([expected, expected, expected]);
    expect(await recordsOf("04")).toEqual([expected]);
    expect(await recordsOf("01558")).toEqual([expected]);
    expect(await recordsOf("48")).toEqual([]);
  });

  it("resolves a code to its holder on the last day, or to its last holder within the days", async () => {
    await declared(country, ["01843"], "2025-01-01", "2025-06-30");
    await declared(country, ["01843"], "2025-01-01", "2026-06-30");
    expect([await ranges("01843.2015"), await ranges("01843.2025")]).toEqual([["2025-01-01/2025-06-30"], ["2025-01-01/2026-06-30"]]);
    // Huyện Hạ Lang ended on 30 June 2025, and belongs to the province.
    await declared(caoBang, ["048"], "2022-01-01", "2027-12-31");
    expect(await ranges("048.2015")).toEqual(["2022-01-01/2027-12-31"]);
    await declared(caoBang, ["04"], "2000-01-01", "2010-12-31");
    expect(await ranges("04.2015")).toEqual(["2000-01-01/2010-12-31"]);
  });

  it("is one run of days where statements touch, and the latest is shown of several", async () => {
    await declared(caoBang, ["04"], "2024-01-01", "2024-06-30");
    expect(await declared(caoBang, ["04"], "2023-01-01", "2023-06-30")).toEqual([status("2024-01-01", "2024-06-30")]);
    expect(await ranges("04.2015")).toEqual(["2023-01-01/2023-06-30", "2024-01-01/2024-06-30"]);
    await declared(caoBang, ["04"], "2024-07-01", "2024-07-01");
    expect(await ranges("04.2015")).toEqual(["2023-01-01/2023-06-30", "2024-01-01/2024-07-01"]);
    expect(await declared(caoBang, ["04"], "2023-07-01", "2023-12-31")).toEqual([status("2023-01-01", "2024-07-01")]);
    await declared(caoBang, ["04"], "2023-07-01", "2023-12-31", "TASKS");
    expect(await recordsOf("04")).toEqual([status("2023-01-01", "2024-07-01"), status("2023-07-01", "2023-12-31", "TASKS")]);
  });

  it("shows VIEWERs of the unit the time of the last import, and everybody else its day", async () => {
    const insert = `insert into record_unit (province_id, unit_id, kind, source_id, records, last_import_at)
      select u.id, u.id, k.kind, k.source, 1, k.at::timestamptz from unit u, (values ('DOSSIERS', 1, '2026-11-01 10:00+07'), ('DOSSIERS', 2, '2026-11-02 10:00+07'),
        ('TASKS', 1, '2026-11-03 10:00+07')) k(kind, source, at) where u.key = '04.2015'`;
    await rows(insert);
    await declared(caoBang, ["04"], "2026-01-01", "2026-06-30");
    const elsewhere = await issueKey(service.database, "elsewhere", { "48": "ADMIN" });
    for (const [bearer, time] of [
      [caoBang, "T10:00:00.000000+07:00"],
      [undefined, "T00:00:00.000+07:00"],
      [elsewhere, "T00:00:00.000+07:00"],
    ] as const)
      expect(await recordsOf("04", bearer)).toEqual([
        status("2026-01-01", "2026-06-30", "DOSSIERS", `2026-11-02${time}`),
        status(null, null, "TASKS", `2026-11-03${time}`),
      ]);
  });

  it("is read by one statement for any number of units", async () => {
    const list = (first: number) => `{ units(first: ${first}, tier: COMMUNE) { nodes { records { kind } } } }`;
    await service.ask(list(1));
    const [one, many] = [await statementsOf(() => service.ask(list(1))), await statementsOf(() => service.ask(list(200)))];
    expect(many.length).toBe(one.length);
  });

  it("records an audit entry in each province with the previous ranges, and none without a change", async () => {
    await declared(country, ["01558", "01561", "48"], "2026-01-01", "2026-03-31");
    await declared(country, ["01558", "01561", "48", "04"], "2026-02-01", "2026-06-30");
    await declared(country, ["01558", "48"], "2026-02-01", "2026-06-30");
    const range = { since: "2026-01-01", through: "2026-03-31" };
    const [first, second] = [range, { since: "2026-02-01", through: "2026-06-30" }].map((one) => ({ kind: "DOSSIERS", ...one }));
    const ids = await rows<{ id: string }>(
      "select u.key as id from unit u join unit_version v on v.unit_id = u.id where v.code in ('01558', '01561') and v.valid_to is null order by u.key",
    );
    const communes = ids.map(({ id }) => id);
    const operation = "declareComplete";
    const entries = await trail(country, "04");
    expect(entries).toHaveLength(2);
    const expected = [
      {
        ...{ operation, subject: ["04.2015", ...communes].toSorted().join(" "), unit: { id: "04.2015" }, after: second },
        before: { kind: "DOSSIERS", ranges: communes.map((unit) => ({ unit, ...range })) },
      },
      { operation, subject: communes.join(" "), unit: { id: "04.2015" }, before: { kind: "DOSSIERS", ranges: [] }, after: first },
    ];
    expect(entries).toEqual(expect.arrayContaining(expected));
    expect(await trail(country, "48")).toHaveLength(2);
    expect(await trail(country, "VN")).toHaveLength(4);
  });

  it("accepts 5,000 units in one call", async () => {
    const all = await rows<{ id: string }>(
      "select unit_id, u.key as id from unit_version v join unit u on u.id = v.unit_id where v.tier = 'COMMUNE' limit 6000",
    );
    const units = [...new Set(all.map(({ id }) => id))].slice(0, 5000);
    expect(units).toHaveLength(5000);
    expect((await declare(country, [...units, "04"], "2000-01-01", "2027-12-31")).errors).toMatchObject([
      { message: expect.stringMatching(/5001 items/) as string },
    ]);
    expect(await declared(country, units, "2000-01-01", "2027-12-31")).toHaveLength(5000);
    expect(await rows("select distinct since, through from record_range")).toEqual([{ since: "2000-01-01", through: "2027-12-31" }]);
  });

  it("merges two concurrent declarations of one unit", async () => {
    const months = Array.from({ length: 12 }, (_, n) => `2026-${String(n + 1).padStart(2, "0")}`);
    await Promise.all(months.map((month) => declared(caoBang, ["04"], `${month}-01`, `${month}-28`)));
    await Promise.all(months.slice(1).map((month) => declared(caoBang, ["04"], addDays(`${month}-01`, -3), `${month}-01`)));
    expect(await ranges("04.2015")).toEqual(["2026-01-01/2026-12-28"]);
  });

  it("is refused by row-level security outside the scope of the transaction", async () => {
    const { database } = service;
    const reader = new Reader(database.pools);
    const scope = rowScope(await viewerOf(database, "Cao Bằng", { "04": "ADMIN" }), "ADMIN");
    const [unit] = await rows<{ id: number }>("select id from unit where key = '48.2025'");
    const by = { actor: "key:x", actorName: "x", at: NOW };
    const days = { since: "2026-01-01", through: "2026-06-30" };
    const write = () => reader.write(scope, (em) => declareWithin(em, { kind: "DOSSIERS", unitNos: [unit!.id], ...days, by }));
    await expect(write()).rejects.toThrow();
    await declared(country, ["48"], "2026-01-01", "2026-06-30");
    for (const text of ["update record_range set through = '2030-01-01' returning 1", "delete from record_range returning 1"])
      expect(await reader.write(scope, async (em) => (await sql.raw(text).execute(em.getKysely())).rows)).toEqual([]);
    expect(await ranges("48.2025")).toEqual(["2026-01-01/2026-06-30"]);
  });

  it(`is the set of all days ever stated, in ${RUNS} random sequences of statements`, async () => {
    const units = await rows<{ id: number }>("select id from unit where key in ('04.2015', '048.2015', '48.2025') order by id");
    const offset = fc.integer({ min: 0, max: 25 });
    const statement = fc.record({ who: fc.subarray([0, 1, 2], { minLength: 1 }), from: offset, length: fc.integer({ min: 0, max: 6 }) });
    const by = { actor: "command:test", actorName: "test", at: NOW };
    const first: Day = "2026-02-20";
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (statements) => {
        await rows("delete from record_range");
        const naive = units.map(() => new Set<Day>());
        for (const { who, from, length } of statements) {
          const [since, through] = [addDays(first, from), addDays(first, from + length)];
          const unitNos = who.map((n) => units[n]!.id);
          await service.database.orm.em.fork().transactional((em) => declareWithin(em, { kind: "DOSSIERS", unitNos, since, through, by }));
          for (const n of who) for (let day = since; day <= through; day = addDays(day, 1)) naive[n]!.add(day);
        }
        for (const [n, { id }] of units.entries()) {
          const kept = await rows<{ since: Day; through: Day }>(
            "select since, through from record_range where unit_id = ? order by since",
            [id],
          );
          expect(kept).toEqual(runsOf(naive[n]!));
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
