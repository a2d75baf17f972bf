import { parse } from "csv-parse/sync";
import { sql } from "kysely";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../lib/files/folder.ts";
import { sheetsOf, text, zipOf } from "../lib/files/xlsx-writer.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { run } from "../support/command.ts";

const file = temporaryFolder();
const COLUMNS = ["code", "name", "field", "fieldName", "competence", "serviceLevel", "workingDays", "hasFee"];

const procedure = (n: number, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  ...{ code: `1.95${String(n).padStart(4, "0")}`, name: `Thủ tục ${n}`, field: "CT", fieldName: "Chứng thực", competence: "COMMUNE" },
  ...{ serviceLevel: "PARTIAL", workingDays: "5", hasFee: "true", ...more },
});
const csv = (...rows: readonly Readonly<Record<string, string>>[]): string =>
  [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ""))].map((cells) => `${cells.join()}\n`).join("");

describe("npm run import -- procedures", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    await sql`delete from procedure`.execute(database.orm.em.fork().getKysely());
  });
  afterAll(() => database.close());

  const imported = async (name: string, content: string | Buffer, ...options: string[]) => {
    const path = file(name, content);
    const ended = await run("import", database, ["procedures", path, ...options]);
    const { rows: kept } = await sql<{
      code: string;
      days: number | null;
    }>`select code, working_days as days from procedure order by code`.execute(database.orm.em.fork().getKysely());
    await sql`delete from procedure`.execute(database.orm.em.fork().getKysely());
    const to = `${path}.problems.csv`;
    const problems: Readonly<Record<string, string>>[] | null = existsSync(to) ? parse(readFileSync(to), { columns: true }) : null;
    return { ...ended, kept, problems };
  };

  it("reads digits as working days, and an empty cell as none", async () => {
    const days = ["5", "0.5", "0", "2000", " 7 ", "", " ", "\u00A0", "\u3000", "\u200B"];
    const found = await imported("days.csv", csv(...days.map((workingDays, n) => procedure(n, { workingDays }))));
    expect(found).toMatchObject({ code: 0, out: "10 created, 0 updated, 0 unchanged\n", problems: null });
    expect(found.kept.map(({ days: kept }) => kept)).toEqual([5, 0.5, 0, 2000, 7, null, null, null, null, null]);
  });

  it("refuses anything else as working days, names each row and value, and stores nothing", async () => {
    const days = ["0x10", "true", "1e3", "Infinity", "-1", "+5", "1_000", ".5", "5.", "0b11", "một", "NaN", "2001", "５"];
    const rows = days.map((workingDays, n) => procedure(n, { workingDays }));
    const found = await imported("wrong.csv", csv(procedure(90), ...rows));
    expect(found).toMatchObject({ code: 1, kept: [], out: "nothing was kept\n" });
    // What the cell cannot mean is told before what the catalogue does not take.
    expect(found.problems!.toSorted((a, b) => Number(a["row"]) - Number(b["row"]))).toMatchObject(
      rows.map(({ code }, n) => ({ row: String(n + 3), column: "workingDays", code: "BAD_LIMIT", record: code! })),
    );
    for (const [n, value] of days.entries())
      expect(found.problems!.find(({ row }) => row === String(n + 3))!["message"]).toContain(
        `workingDays: ${value === "2001" ? value : `"${value}"`} is not`,
      );
    expect(found.err).toContain('1 × workingDays "0x10" (BAD_LIMIT)');
    expect(found.err).toContain("14 problems in 14 rows:");
    expect((await imported("wrong.csv", csv(procedure(1)))).problems).toBeNull();
  });

  it("reports problems by rows of the file, and each problem once", async () => {
    const found = await imported("twice.csv", csv(procedure(1), procedure(2), procedure(1)));
    expect(found).toMatchObject({ code: 1, kept: [], problems: [{ row: "4", column: "code", code: "TWICE", record: "1.950001" }] });
    expect(found.err).toContain("1 problem in 1 row:");
    expect(found.err).toContain("is a duplicate of row 2");
    const flags = await imported(
      "flags.csv",
      csv(
        procedure(1, { hasFee: "1" }),
        procedure(2, { hasFee: "" }),
        procedure(3, { hasFee: "FALSE" }),
        procedure(4, { competence: "?", hasFee: "x" }),
      ),
    );
    expect(flags.problems!.map(({ row, column }) => `${row} ${column}`)).toEqual(["2 hasFee", "3 hasFee", "5 hasFee", "5 competence"]);
    const fields = await imported("fields.csv", csv(procedure(1, { field: "C\u00A0T" })));
    expect(fields.problems).toMatchObject([{ column: "field" }]);
  });

  it("reads workbooks and JSON as files of dossiers are read", async () => {
    const cells = (row: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) =>
      `<row>${COLUMNS.map((name) => more[name] ?? text(row[name]!)).join("")}</row>`;
    const header = `<row>${COLUMNS.map((name) => text(name)).join("")}</row>`;
    const good = cells(procedure(1), { workingDays: "<c><v>1.5</v></c>", hasFee: '<c t="b"><v>1</v></c>' });
    const wrong = [
      cells(procedure(2), { workingDays: '<c t="b"><v>1</v></c>' }),
      cells(procedure(3), { workingDays: '<c s="1"><v>5</v></c>' }),
      cells(procedure(4), { workingDays: "<c><f>1+1</f></c>" }),
      cells(procedure(5), { code: "<c><v>1.95</v></c>" }),
    ];
    const book = (...rows: string[]) =>
      zipOf(
        sheetsOf([
          { name: "A", rows: header + rows.join("") },
          { name: "B", rows: header + good },
        ]),
      );
    expect(await imported("a.xlsx", book(good))).toMatchObject({
      code: 1,
      err: expect.stringContaining('"A" (1 row), "B" (1 row)') as string,
    });
    expect(await imported("a.xlsx", book(good), "--sheet", "A")).toMatchObject({ code: 0, kept: [{ days: 1.5 }] });
    const found = await imported("b.xlsx", book(good, ...wrong), "--sheet", "A");
    expect(found.problems!.map(({ row, column }) => `${row} ${column}`)).toEqual([
      "3 workingDays",
      "4 workingDays",
      "5 workingDays",
      "6 code",
    ]);
    const line = (workingDays: unknown) => JSON.stringify({ ...procedure(1), workingDays, hasFee: true });
    expect(await imported("a.ndjson", line(5))).toMatchObject({ code: 0, kept: [{ days: 5 }] });
    for (const days of [true, "0x10", [5]])
      expect(await imported("b.ndjson", line(days))).toMatchObject({ code: 1, problems: [{ column: "workingDays" }] });
  });

  it("writes conflicts with the catalogue, and unreadable rows, to its file of problems", async () => {
    const found = await imported("ragged.csv", `${csv(procedure(1))}1.950002,short\n`);
    expect(found).toMatchObject({ code: 1, kept: [], problems: [{ row: "3", code: "RAGGED" }] });
  });
});
