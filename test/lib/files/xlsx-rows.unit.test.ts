import { readdirSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FileError } from "../../../src/lib/files/file-error.ts";
import { readRows } from "../../../src/lib/files/rows.ts";
import { readAll, temporaryFolder } from "./folder.ts";
import { HEADER, replaced, type SheetParts, text, workbookOf, type ZipEntry, zipOf } from "./xlsx-writer.ts";

const file = temporaryFolder();
const SHEET = "xl/worksheets/sheet2.xml";
const archive = (entries: readonly ZipEntry[]) => file("a.xlsx", zipOf(entries));
const book = (parts: SheetParts) => archive(workbookOf(parts));
const FORMATS = `<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="#,##0\\ &quot;days&quot;"/>
  <numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
  <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>`;

describe("rows of a workbook", () => {
  it("are texts, numbers, booleans and the last value of formulas, blank ones null", async () => {
    const found = await readAll(
      book({
        strings: `<si><t>${"Huế".normalize("NFD")}</t></si><si><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>x</t></rPh></si>`,
        rows: `${HEADER}<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>1.5</v></c><c r="D3" t="b"><v>1</v></c></row>
          <row><c t="s"><v>1</v></c><c t="str"><f>"x"&amp;1</f><v>x1</v></c><c><f>1+1</f><v>2</v></c><c s="1"/></row>
          <row r="7" spans="1:4"/><row r="9">${text("a &lt; b_x000A_&#x1EBF;")}</row>`,
      }),
    );
    expect(found.faults).toEqual([]);
    expect(found.rows).toEqual([
      { row: 3, cells: { code: "Huế", unit: 1.5, note: null, at: true } },
      { row: 4, cells: { code: "a b", unit: "x1", note: 2, at: null } },
      { row: 9, cells: { code: "a < b\nế", unit: null, note: null, at: null } },
    ]);
    expect(found.done).toBe(found.total);
  });

  it("have days and times as the wall clock of Vietnam, by the format of the cell", async () => {
    const cell = (format: number, value: number) => `<c s="${format}"><v>${value}</v></c>`;
    const rows = `${HEADER}<row>${cell(1, 45_688)}${cell(2, 45_688.354_166_666_664)}${cell(3, 45_688)}${cell(4, 1.5)}</row>
      <row>${cell(1, 59)}${cell(1, 61)}<c t="d"><v>2025-01-31T08:30:00</v></c><c t="d"><v>2025-01-31</v></c></row>`;
    const found = await readAll(book({ rows, formats: FORMATS }));
    expect(found.rows.map(({ cells }) => Object.values(cells))).toEqual([
      ["2025-01-31T00:00:00+07:00", "2025-01-31T08:30:00+07:00", 45_688, 1.5],
      ["1900-02-28T00:00:00+07:00", "1900-03-01T00:00:00+07:00", "2025-01-31T08:30:00+07:00", "2025-01-31T00:00:00+07:00"],
    ]);
    const from1904 = await readAll(
      book({ rows: `${HEADER}<row>${cell(1, 44_226)}</row>`, formats: FORMATS, properties: '<workbookPr date1904="1"/>' }),
    );
    expect(from1904.rows[0]?.cells["code"]).toBe("2025-01-31T00:00:00+07:00");
  });

  it("find their shared strings, the first of which is empty, over many megabytes", async () => {
    const texts = ["", ...Array.from({ length: 40_000 }, (_, n) => `ế${n}`.padEnd(n % 97, "-")), "", "last"];
    const cells = (n: number) => `<row><c t="s"><v>${n}</v></c><c t="s"><v>${texts.length - 1 - n}</v></c></row>`;
    const rows = HEADER + texts.map((_, n) => cells(n)).join("");
    const found = await readAll(book({ rows, strings: texts.map((value) => `<si><t>${value}</t></si>`).join("") }));
    expect(found.rows.map(({ cells: { code, unit } }) => [code, unit])).toEqual(
      texts.map((value, n) => [value === "" ? null : value, texts[texts.length - 1 - n] || null]),
    );
  });

  it("are read where all names have a prefix", async () => {
    const content = `<x:worksheet xmlns:x="u"><x:sheetData>${HEADER}<row>${text("A1")}</row></x:sheetData></x:worksheet>`;
    const prefixed = content.replaceAll(/<(\/?)(row|c|is|t)\b/g, "<$1x:$2");
    expect((await readAll(archive(replaced(workbookOf({ rows: "" }), { name: SHEET, content: prefixed })))).rows).toHaveLength(1);
  });

  it("are numbers only where their digits are, and blank where they hold blanks", async () => {
    const cells = ["<c><v>0x10</v></c>", '<c t="s"><v> </v></c>', '<c t="b"><v>yes</v></c>', "<c><v>Infinity</v></c>"];
    const rows = [...cells, "<c><v> </v></c>" + text("kept"), "<c><v>1.5E3</v></c>"].map((cell) => `<row>${cell}</row>`);
    const found = await readAll(book({ rows: HEADER + rows.join(""), strings: "<si><t>first</t></si>" }));
    expect(found.faults.map(({ row, column, code }) => [row, column, code])).toEqual(
      [2, 3, 4, 5].map((row) => [row, "code", "CELL_ERROR"]),
    );
    expect(found.rows.map(({ cells: { code, unit } }) => [code, unit])).toEqual([
      [null, "kept"],
      [1500, null],
    ]);
  });

  it("of a header alone are none", async () => {
    expect(await readAll(book({ rows: HEADER }))).toMatchObject({ rows: [], faults: [] });
  });

  it("that cannot be read harm no other", async () => {
    const found = await readAll(
      book({
        rows: `${HEADER}<row>${text("A1")}<c t="e"><v>#N/A</v></c></row><row>${text("A2")}${text("x", "F3")}</row>
          <row><c><v>1,5</v></c></row><row><c s="1"><v>9999999</v></c></row><row><c t="s"><v>7</v></c></row><row>${text("A7")}</row>`,
        formats: FORMATS,
      }),
    );
    expect(found.rows.map(({ row }) => row)).toEqual([7]);
    expect(found.faults.map(({ row, column, code, message }) => [row, column, code, message])).toEqual([
      [2, "unit", "CELL_ERROR", "contains the error #N/A"],
      [3, null, "RAGGED", "has a value in column 6; the header ends with column 4"],
      [4, "code", "CELL_ERROR", '"1,5" is no number'],
      [5, "code", "CELL_ERROR", "9999999 is not a valid day"],
      [6, "code", "CELL_ERROR", "refers to the shared string 7, which does not exist"],
    ]);
  });
});

const sheet = (content: string | Buffer, more: Partial<ZipEntry> = {}) =>
  archive(replaced(workbookOf({ rows: "" }), { name: SHEET, content, ...more }));
const row = (cells: string, number = 2) => `${HEADER}<row r="${number}">${cells}</row>`;
const blanks = (size: number) => " ".repeat(size);

describe("a workbook is refused", () => {
  it.each<[string, () => string, string]>([
    ["that is no ZIP file", () => file("a.xlsx", "code,note\n"), "is not a readable XLSX workbook"],
    ["that is an empty file", () => file("a.xlsx", ""), "is not a readable XLSX workbook"],
    ["that is a ZIP file of something else", () => archive([{ name: "a.txt", content: "x" }]), "it has no _rels/.rels"],
    ["whose sheet is empty", () => book({ rows: "" }), 'the sheet "Hồ sơ" is empty; it must have a header'],
    ["whose header is not in row 1", () => book({ rows: `<row r="2">${text("code")}</row>` }), "it is empty"],
    ["with an unknown column", () => book({ rows: `<row>${text("code")}${text("colour")}</row>` }), "column colour: is not a column"],
    [
      "with a blank between columns",
      () => book({ rows: `<row>${text("code")}${text("at", "C1")}</row>` }),
      "cell 2 of the header is empty",
    ],
    ["without a required column", () => book({ rows: `<row>${text("at")}</row>` }), "column code: the header has no such column"],
    ["whose XML is broken", () => sheet("<worksheet><row></worksheet>"), "is not a readable XLSX workbook"],
    ["whose XML ends early", () => sheet(`<worksheet><sheetData>${HEADER}`), "is not a readable XLSX workbook"],
    ["whose XML is not UTF-8", () => sheet(Buffer.from("<worksheet>\xff</worksheet>", "latin1")), "is not a readable XLSX workbook"],
    ["with a DOCTYPE", () => sheet('<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'), "declares a DOCTYPE, which is not accepted"],
    ["with an entity", () => book({ rows: row(text("&b;")) }), "is not a readable XLSX workbook"],
    ["with rows out of order", () => book({ rows: `${row(text("A1"), 5)}<row r="4"/>` }), "its row 4 is out of order"],
    ["with cells out of order", () => book({ rows: row(text("A1", "B2") + text("A1", "A2")) }), "row 2: its cell A2 is out of order"],
    [
      "with too many entries",
      () => archive(Array.from({ length: 101 }, (_, n) => ({ name: `${n}`, content: "" }))),
      "has 101 entries; must have at most 100",
    ],
    [
      "that is too large",
      () => archive(["a", "b"].map((name) => ({ name, content: "", says: { size: 1_100_000_000, compressed: 20_000_000 } }))),
      "is larger than the limit of 2147483648 bytes uncompressed",
    ],
    ["that is compressed too much", () => sheet(blanks(11_000_000)), `${SHEET} exceeds the compression ratio limit of 200`],
    [
      "that is larger than it says",
      () => sheet(`<worksheet>${blanks(11_000_000)}</worksheet>`, { says: { size: 1000 } }),
      "is not a readable XLSX workbook",
    ],
    ["with too many rows", () => book({ rows: row(text("A1"), 1_048_577) }), "has more rows than the limit of 1048576"],
    ["with too many columns", () => book({ rows: row(text("A1", "CW2")) }), "row 2: has more columns than the limit of 100"],
    [
      "with a cell that is too long",
      () => book({ rows: row(text("x".repeat(32_768))) }),
      "a cell has more characters than the limit of 32767",
    ],
    [
      "with a shared string that is too long",
      () => book({ rows: HEADER, strings: `<si><t>${"x".repeat(32_768)}</t></si>` }),
      "a cell has more characters than the limit of 32767",
    ],
    [
      "with a text that does not end",
      () => sheet(`<worksheet>${blanks(3_000_000)}</worksheet>`),
      "longer than the limit of 1048576 characters",
    ],
    [
      "with a tag that does not end",
      () => sheet(`<worksheet a="${"x".repeat(3_000_000)}"/>`),
      "longer than the limit of 1048576 characters",
    ],
    ["that is nested too deep", () => sheet(`<worksheet>${"<a>".repeat(101)}`), "is nested deeper than the limit of 100"],
    [
      "with too many formats",
      () => book({ rows: HEADER, formats: `<cellXfs>${"<xf/>".repeat(100_001)}</cellXfs>` }),
      "has more formats than the limit of 100000",
    ],
  ])("%s", async (_, make, problem) => {
    const reading = readAll(make());
    await expect(reading).rejects.toThrow(FileError);
    await expect(reading).rejects.toThrow(problem);
  });

  it("and it is closed where a reader stops early", async () => {
    const { rows } = await readRows(book({ rows: HEADER + `<row>${text("A1")}</row>`.repeat(5000) }), ["code", "unit", "note", "at"], []);
    for await (const item of rows) {
      expect(item.row).toBe(2);
      break;
    }
    const open = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).endsWith("/a.xlsx");
        } catch {
          return false;
        }
      });
    // The system closes it in its own time.
    await expect.poll(open).toEqual([]);
  });
});
