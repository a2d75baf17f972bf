import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../lib/files/folder.ts";
import { type SheetDraft, sheetsOf, text, type ZipEntry, zipOf } from "../../lib/files/xlsx-writer.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { fillCatalogue } from "../../support/dossiers.ts";
import { run } from "../../support/command.ts";

const file = temporaryFolder();
const COLUMNS = ["code", "procedure", "unit", "state", "receivedAt", "dueAt", "updatedAt"];
const HEADER = `<row>${COLUMNS.map((name) => text(name)).join("")}</row>`;

/** A row of a dossier, whose cells are texts unless said otherwise. */
const row = (code: string, more: Readonly<Record<string, string>> = {}, attributes = "") => {
  const given: Readonly<Record<string, string>> = {
    ...{ code: text(code), procedure: text("1.000001"), unit: text("01558"), state: text("PROCESSING") },
    ...{ receivedAt: text("2026-03-03T08:00:00+07:00"), dueAt: "<c/>", updatedAt: text("2026-03-03T09:00:00+07:00"), ...more },
  };
  return `<row${attributes}>${COLUMNS.map((name) => given[name]).join("")}</row>`;
};

describe("npm run import -- dossiers, of a workbook,", () => {
  let database: TestDatabase;
  let count = 0;

  beforeAll(async () => {
    database = await createDatabase();
    await fillCatalogue(database);
  });
  afterAll(() => database.close());

  const imported = async (entries: readonly ZipEntry[], ...more: string[]) => {
    const source = `book-${++count}`;
    const path = file(`${source}.xlsx`, zipOf(entries));
    const ended = await run("import", database, ["dossiers", path, "--source", source, ...more]);
    const { rows } = await sql<{ code: string; receivedAt: string; dueAt: string | null }>`
      select d.code, to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "receivedAt", d.due_at as "dueAt"
      from dossier d join source s on s.id = d.source_id where s.name = ${source} order by d.code`.execute(
      database.orm.em.fork().getKysely(),
    );
    return { ...ended, all: ended.out + ended.err, kept: rows, codes: rows.map(({ code }) => code) };
  };
  const book = (...sheets: SheetDraft[]) => sheetsOf(sheets);

  it("reads the only sheet that has rows, whichever it is", async () => {
    const found = await imported(
      book(
        { name: "Trống" },
        { name: "Mẫu", rows: HEADER },
        { name: "Tháng 3", rows: HEADER + row("a") + row("b") },
        { name: "Khác", rows: "<row><c/></row>" },
      ),
    );
    expect(found).toMatchObject({ code: 0, codes: ["a", "b"] });
  });

  it("with rows on several sheets is refused with their names and numbers, until one is named", async () => {
    const months = book(
      { name: "Tháng 1", rows: HEADER + row("m1-1") + row("m1-2") },
      { name: "Tháng 2", rows: HEADER + row("m2-1"), state: "hidden" },
      { name: "Ghi chú", rows: `<row>${text("của ai?")}</row>` },
    );
    const refused = await imported(months, "--since", "2026-01-01", "--through", "2026-03-31");
    expect(refused).toMatchObject({ code: 1, codes: [] });
    expect(refused.err).toContain(
      'has rows on 3 sheets: "Tháng 1" (2 rows), "Tháng 2" (hidden, 1 row), "Ghi chú" (1 row); select one with --sheet',
    );
    const named = await imported(months, "--sheet", "Tháng 2");
    expect(named).toMatchObject({ code: 0, codes: ["m2-1"] });
    expect(named.out).toContain('the hidden sheet "Tháng 2" was read');
    expect(named.out).toContain('other sheets were not read: "Tháng 1", "Ghi chú"');
    const unknown = await imported(months, "--sheet", "Tháng 4");
    expect(unknown).toMatchObject({ code: 1, codes: [] });
    expect(unknown.err).toContain('has no sheet "Tháng 4"; it has "Tháng 1", "Tháng 2" (hidden), "Ghi chú"');
    const csv = await run("import", database, ["dossiers", file("plain.csv", "code\n"), "--source", "x", "--sheet", "a"]);
    expect(csv).toMatchObject({ code: 1, err: expect.stringContaining("has no sheets") as string });
  });

  it("states how many rows and which columns were hidden, and that they were read", async () => {
    const found = await imported(
      book({
        name: "Lọc",
        before: '<cols><col min="6" max="6" hidden="1"/></cols>',
        rows: HEADER + row("shown") + row("filtered", {}, ' hidden="1"') + row("flat", {}, ' ht="0" customHeight="1"'),
        state: "veryHidden",
      }),
    );
    expect(found).toMatchObject({ code: 0, codes: ["filtered", "flat", "shown"] });
    expect(found.out).toContain("2 hidden rows were read");
    expect(found.out).toContain("hidden columns were read: dueAt");
    expect(found.out).toContain('the hidden sheet "Lọc" was read');
  });

  it("passes over sheets of charts, and finds parts whose names differ by case", async () => {
    const entries = book({ name: "Biểu đồ", kind: "chartsheet" }, { name: "Dữ liệu", rows: HEADER + row("a") });
    const found = await imported(
      entries.map((entry) => ({ ...entry, name: entry.name.replace("xl/worksheets", "XL/WorkSheets").replace("styles", "Styles") })),
    );
    expect(found).toMatchObject({ code: 0, codes: ["a"] });
  });

  it("reads ISO 8601 cells, with an offset, with Z, and as the clock of Vietnam without one", async () => {
    const iso = (at: string) => ({ receivedAt: `<c t="d" s="2"><v>${at}</v></c>` });
    const found = await imported(
      book({
        name: "S",
        rows:
          HEADER +
          row("z", iso("2026-03-02T01:10:00.000Z")) +
          row("plus", iso("2026-03-02T01:10:00-05:00")) +
          row("none", iso("2026-03-02T08:10")),
      }),
    );
    expect(found.kept.map(({ receivedAt }) => receivedAt)).toEqual([
      "2026-03-02T01:10:00Z",
      "2026-03-02T06:10:00Z",
      "2026-03-02T01:10:00Z",
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ["a formula without a value", { dueAt: "<c><f>E2+15</f><v></v></c>" }, "dueAt", "FORMULA_NOT_COMPUTED"],
    ["a formula of a text without a value", { dueAt: '<c t="str"><f>E2</f></c>' }, "dueAt", "FORMULA_NOT_COMPUTED"],
    ["a code that has become a day", { code: '<c s="1"><v>46357</v></c>' }, "code", "TEXT_EXPECTED"],
    ["a code that has become a day in ISO 8601", { code: '<c t="d"><v>2026-12-01</v></c>' }, "code", "TEXT_EXPECTED"],
    ["a code that has become true", { code: '<c t="b"><v>1</v></c>' }, "code", "TEXT_EXPECTED"],
    ["a code that has become a number beyond 2^53", { code: "<c><v>12345678901234567890</v></c>" }, "code", "TEXT_EXPECTED"],
    ["a code that has become a fraction", { procedure: "<c><v>1.000001</v></c>" }, "procedure", "TEXT_EXPECTED"],
    ["a number for a unit that has lost its noughts", { unit: "<c><v>1558</v></c>" }, "unit", "UNIT_UNKNOWN"],
    ["an error", { unit: '<c t="e"><v>#REF!</v></c>' }, "unit", "CELL_ERROR"],
    ["a day in ISO 8601 that does not exist", { dueAt: '<c t="d"><v>2026-02-30T00:00:00Z</v></c>' }, "dueAt", "INSTANT_MALFORMED"],
  ])("reports %s as a problem of its row, and stores the other rows", async (_, cells, column, problem) => {
    const found = await imported(book({ name: "S", rows: HEADER + row("good") + row("bad", cells) }), "--partial");
    expect(found).toMatchObject({
      code: 0,
      codes: ["good"],
      out: expect.stringContaining("1 created, 0 updated, 0 unchanged, 0 stale, 1 rejected") as string,
    });
    expect(found.err).toMatch(new RegExp(`1 × ${column}.* \\(${problem}\\)`));
  });

  it("takes a formula that was computed to a text of nothing for blank, and whole numbers for codes", async () => {
    const cells = { dueAt: '<c t="str"><f>""</f><v></v></c>', code: "<c><v>9007199254740991</v></c>" };
    const found = await imported(book({ name: "S", rows: HEADER + row("", cells) }));
    expect(found).toMatchObject({ code: 0, codes: ["9007199254740991"] });
  });

  it("refuses merged cells, of which only the first holds something", async () => {
    const found = await imported(
      book({ name: "S", rows: HEADER + row("a") + row("b"), after: '<mergeCells><mergeCell ref="F2:F3"/></mergeCells>' }),
    );
    expect(found).toMatchObject({ code: 1, codes: [] });
    expect(found.err).toContain("row 2, column dueAt: the cells F2:F3 are merged");
  });
});
