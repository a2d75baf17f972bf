import { parse } from "csv-parse/sync";
import { sql } from "kysely";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../lib/files/folder.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { fillCatalogue } from "../../support/dossiers.ts";
import { run } from "../../support/command.ts";

const file = temporaryFolder();
const COLUMNS = [
  "code",
  "procedure",
  "unit",
  "state",
  "submittedAt",
  "receivedAt",
  "dueAt",
  "extendedTo",
  "endedAt",
  "returnedAt",
  "pauses",
  "updatedAt",
];

/** A dossier received in xã Hạ Lang on 3 March 2026, but for what is given. */
const dossier = (code: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  ...{ code, procedure: "1.000001", unit: "01558", state: "PROCESSING" },
  ...{ receivedAt: "2026-03-03T08:00:00+07:00", updatedAt: "2026-03-13T09:00:00+07:00" },
  ...more,
});
const resolved = { state: "RESOLVED", endedAt: "2026-03-04T08:00:00+07:00" };
const csv = (...rows: readonly Readonly<Record<string, string>>[]): string =>
  [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ""))].map((cells) => `${cells.join()}\n`).join("");

let database: TestDatabase;
let count = 0;
beforeAll(async () => {
  database = await createDatabase();
  await fillCatalogue(database);
});
afterAll(() => database.close());

const rowsOf = async <R>(query: ReturnType<typeof sql<R>>): Promise<R[]> => (await query.execute(database.orm.em.fork().getKysely())).rows;

/** Imports a file, under a source of its own unless one is named. */
const imported = async (name: string, content: string, options: readonly string[] = [], source = `source-${++count}`) => {
  const path = file(name, content);
  const ended = await run("import", database, ["dossiers", path, "--source", source, ...options]);
  const kept = await rowsOf(sql<{ code: string }>`
    select d.code from dossier d join source s on s.id = d.source_id where s.name = ${source} order by d.code`);
  const [{ sources }] = (await rowsOf(sql<{ sources: number }>`select count(*)::int as sources from source where name = ${source}`)) as [
    { sources: number },
  ];
  return {
    ...ended,
    codes: kept.map(({ code }) => code),
    isSource: sources === 1,
    problems: listed(`${path}.problems.csv`),
    warnings: listed(`${path}.warnings.csv`),
  };
};
const listed = (path: string): Readonly<Record<string, string>>[] | null =>
  existsSync(path) ? parse(readFileSync(path), { columns: true }) : null;

describe("an instant that does not exist", () => {
  const wrong = (column: string, at: string): Readonly<Record<string, string>> => {
    if (column !== "pauses")
      return dossier(`${column}-${at}`, { ...(column === "endedAt" || column === "returnedAt" ? resolved : {}), [column]: at });
    return dossier(`pauses-${at}`, { state: "SUPPLEMENT_REQUESTED", pauses: `SUPPLEMENT:${at}/` });
  };
  const columns = ["submittedAt", "receivedAt", "dueAt", "extendedTo", "endedAt", "returnedAt", "pauses", "updatedAt"];
  const none = [
    ...["2026-02-30T08:10:00+07:00", "2026-02-30T01:10:00Z", "2025-02-29T08:10:00+07:00", "2026-04-31T23:00:00Z", "2026-13-01T08:10:00Z"],
    ...["2026-02-01T25:00:00+07:00", "2026-02-28T24:00:00+07:00", "2026-02-28T08:60:00Z", "2026-02-28T08:10:60Z", "0000-01-01T00:00:00Z"],
    ...["9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "1969-12-31T16:59:59Z", "2026-03-01T08:00:00+25:00", "2026-03-01T08:00:00-13:00"],
    ...["2026-03-01T08:00:00+07:60", "2026-03-01", "2026-03-01T08:00:00", "02/02/2025", "46000"],
  ];

  it("is a problem of its row in every column, and the valid rows are stored", async () => {
    const bad = columns.flatMap((column) => none.map((at) => wrong(column, at)));
    const found = await imported("instants.csv", csv(dossier("good"), ...bad), ["--partial"]);
    expect(found).toMatchObject({ code: 0, codes: ["good"] });
    const told = found.problems!.filter(({ code }) => code === "INSTANT_MALFORMED");
    expect([...new Map(told.map(({ row, record }) => [Number(row), record]))]).toEqual(bad.map((row, n) => [n + 3, row["code"]]));
    expect(new Set(told.map(({ column }) => column))).toEqual(
      new Set([...columns.filter((column) => column !== "pauses"), "pauses[0].from", "pauses[0].to"]),
    );
  });

  it("is not a year outside the range of PostgreSQL and of four digits", async () => {
    const far = [
      dossier("last-day", { dueAt: "9999-12-31T23:59:59+07:00" }),
      dossier("first-day", { submittedAt: "1970-01-01T00:00:00+07:00" }),
      dossier("leap", { submittedAt: "2024-02-29T23:59:59.999-11:30" }),
      dossier("kiritimati", { submittedAt: "2026-03-01T08:00:00+14:00" }),
    ];
    expect(await imported("far.csv", csv(...far))).toMatchObject({
      code: 0,
      codes: ["first-day", "kiritimati", "last-day", "leap"],
      problems: null,
    });
    const pauses = "SUPPLEMENT:2026-03-04T08:00:00+07:00/2026-03-06T08:00:00+07:00";
    const moved = await imported("moved.csv", csv(dossier("a"), dossier("b", { dueAt: "9999-12-31T08:00:00+07:00", pauses })), [
      "--partial",
    ]);
    expect(moved).toMatchObject({ code: 0, codes: ["a"], problems: [{ row: "3", column: "dueAt", code: "DUE_TOO_LATE", record: "b" }] });
  });
});

describe("a code", () => {
  const unseen = [
    "\u2028",
    "\u2029",
    "\u00A0",
    "\u3000",
    "\u200B",
    "\u200D",
    "\u2060",
    "\uFEFF",
    "\u00AD",
    "\u202E",
    "\u2007",
    "\u202F",
    "\u205F",
    "\u1680",
    "\u180E",
    "\u115F",
    "\u3164",
    "\uFFA0",
    "\u2800",
    "\u034F",
    "\uFE0F",
    "\u0007",
    "\uE000",
  ];

  it("with a character that cannot be seen is refused, wherever it stands, and shown by its number", async () => {
    const rows = unseen.flatMap((character) => [`C26${character}x`, `C26x${character}`]).map((code) => dossier(code));
    const found = await imported("unseen.csv", csv(dossier("C26 x"), dossier("Hồ-sơ/1"), ...rows), ["--partial"]);
    expect(found).toMatchObject({ code: 0, codes: ["C26 x", "Hồ-sơ/1"] });
    expect(found.problems!.map(({ column, code }) => `${column} ${code}`)).toEqual(rows.map(() => "code CODE_MALFORMED"));
    expect(found.err).toContain(String.raw`× code "C26\u00A0x" (CODE_MALFORMED)`);
  });

  it("that became a number is accepted only without loss of digits", async () => {
    const lines = [
      "12345678901234567890",
      "12345678901234567891",
      "9007199254740993",
      "-9007199254740992",
      "1.50",
      "1e3",
      "1.0",
      "0.1",
      "true",
      "null",
      "9007199254740991",
      "26",
    ];
    const rows = lines.map((number) => JSON.stringify(dossier("@", { pauses: "" })).replace('"@"', number));
    const found = await imported("numbers.ndjson", `${rows.join("\n")}\n`, ["--partial"]);
    expect(found).toMatchObject({ code: 0, codes: ["26", "9007199254740991"] });
    expect(found.problems!.map(({ row, column }) => `${row} ${column}`)).toEqual(lines.slice(0, 10).map((_, n) => `${n + 1} code`));
    expect(found.err).toContain('1 × code "12345678901234567890" (TEXT_EXPECTED)');
  });
});

describe("completeness", () => {
  const RANGE = ["--since", "2026-03-01", "--through", "2026-03-31"];
  const ranges = () => rowsOf(sql<{ since: string }>`select since from record_range`);

  it("is declared if all rows are stored, and not if one was refused", async () => {
    const gap = await imported("gap.csv", csv(dossier("a"), dossier("b", { receivedAt: "02/02/2025" })), ["--partial", ...RANGE]);
    expect(gap).toMatchObject({ code: 1, codes: ["a"], isSource: true });
    expect(gap.out).toContain("nothing was declared complete");
    expect(await ranges()).toEqual([]);
    const torn = await imported("torn.csv", csv(dossier("a"), dossier("b"), dossier("b", resolved)), ["--partial", ...RANGE]);
    expect(torn).toMatchObject({ code: 1, codes: ["a"] });
    expect(await ranges()).toEqual([]);
    const whole = await imported("whole.csv", csv(dossier("a"), dossier("b")), ["--partial", ...RANGE]);
    expect(whole).toMatchObject({
      code: 0,
      codes: ["a", "b"],
      out: expect.stringContaining("complete from 2026-03-01 through 2026-03-31: 1 unit") as string,
    });
    expect(await ranges()).toHaveLength(1);
  });
});

describe("a source", () => {
  const bad = csv(dossier("a", { unit: "1558" }), dossier("b", { unit: "1558" }));

  it.each([[[]], [["--partial"]], [["--dry-run"]]])(
    "is not created by an import without a valid row, whose problems are reported (%j)",
    async (options) => {
      const found = await imported(`bad-${options.join()}.csv`, bad, options);
      expect(found).toMatchObject({ code: 1, codes: [], isSource: false });
      expect(found.out).toContain("0 created, 0 updated, 0 unchanged, 0 stale, 2 rejected\nnothing was kept\n");
      expect(found.err).toContain('2 × unit "1558" (UNIT_UNKNOWN)');
      expect(found.err).not.toContain("role OFFICER");
      expect(found.problems).toMatchObject([
        { row: "2", column: "unit", record: "a" },
        { row: "3", record: "b" },
      ]);
    },
  );

  it("is not made by a dry run, nor by an import that is refused", async () => {
    expect(await imported("dry.csv", csv(dossier("a")), ["--dry-run"])).toMatchObject({ code: 0, isSource: false });
    expect(await imported("half.csv", csv(dossier("a"), dossier("b", { unit: "1558" })))).toMatchObject({ code: 1, isSource: false });
    expect(await rowsOf(sql`select from audit_entry where subject in ('source-dry', ${`source-${count}`})`)).toEqual([]);
  });

  it("with an invalid name is refused", async () => {
    const found = await imported("named.csv", csv(dossier("a")), [], "ab\u3164c");
    expect(found).toMatchObject({ code: 1, isSource: false, err: expect.stringContaining("source:") as string });
  });
});

describe("findings", () => {
  it("is summed up by column and value, and each problem names its record", async () => {
    const rows = Array.from({ length: 1200 }, (_, n) =>
      dossier(`H-${n}`, { state: n % 6 === 0 ? "Đang xử lý" : "Đã trả kết quả", receivedAt: `0${(n % 9) + 1}/03/2026 0${n % 7}:10` }),
    );
    const found = await imported("export.csv", csv(...rows));
    expect(found).toMatchObject({ code: 1, codes: [] });
    expect(found.err).toContain("2,400 problems in 1,200 rows:");
    expect(found.err).toContain('1,000 × state "Đã trả kết quả" (VALUE_UNKNOWN)');
    expect(found.err).toContain('200 × state "Đang xử lý" (VALUE_UNKNOWN)');
    expect(found.err).toMatch(/1,\d{3} × receivedAt, 58 other values \(INSTANT_MALFORMED\)/);
    expect(found.problems).toHaveLength(2400);
    expect(found.problems![0]).toMatchObject({ row: "2", column: "state", code: "VALUE_UNKNOWN", record: "H-0" });
  });

  it("names the record of a row that cannot be read, where that can", async () => {
    const found = await imported("unreadable.ndjson", '{"code":"N-1","strange":1}\n{"code":\n');
    expect(found.problems).toMatchObject([
      { row: "1", column: "strange", code: "UNKNOWN_COLUMN", record: "N-1" },
      { row: "2", column: "", code: "NOT_JSON", record: "" },
    ]);
  });

  it("leaves no file of an earlier run, whether the next is good, refused as a whole or not to be read", async () => {
    const [good, bad] = [csv(dossier("a")), csv(dossier("a", { unit: "1558" }))];
    expect((await imported("again.csv", bad)).problems).toHaveLength(1);
    expect(await imported("again.csv", good)).toMatchObject({ code: 0, problems: null });
    expect((await imported("again.csv", bad)).problems).toHaveLength(1);
    expect(await imported("again.csv", "colour\nred\n")).toMatchObject({ code: 1, problems: null });
    const own = await imported("own.csv", bad, ["--problems", file("own.csv")]);
    expect(own).toMatchObject({ code: 1, err: expect.stringContaining("is the file to import") as string });
    expect(readFileSync(file("own.csv"), "utf8")).toBe(bad);
  });

  it("list dossiers that another source has sent as warnings, and refuse none", async () => {
    const first = await imported("first.csv", csv(dossier("shared-1"), dossier("shared-2"), dossier("alone")), [], "igate");
    expect(first).toMatchObject({ code: 0, warnings: null });
    const rows = csv(dossier("shared-1", resolved), dossier("shared-2"), dossier("mine"));
    expect(await imported("second.csv", rows, ["--dry-run"], "portal")).toMatchObject({
      code: 0,
      warnings: [{ record: "shared-1" }, { record: "shared-2" }],
    });
    const second = await imported("second.csv", rows, [], "portal");
    expect(second).toMatchObject({ code: 0, codes: ["mine", "shared-1", "shared-2"], problems: null });
    expect(second.err).toContain("2 warnings in 2 rows:");
    expect(second.err).toContain('row 2, shared-1: code: "shared-1" was also sent by igate, ');
    expect(second.warnings).toMatchObject([
      { row: "2", column: "code", code: "KNOWN_FROM_OTHER_SOURCE", record: "shared-1" },
      { row: "3", record: "shared-2" },
    ]);
    expect(await imported("second.csv", csv(dossier("mine")), [], "portal")).toMatchObject({ code: 0, warnings: null });
  });
});
