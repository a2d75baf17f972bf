import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathToFileURL } from "node:url";
import { readCsv } from "../../../src/lib/files/csv-reader.ts";
import { FileError } from "../../../src/lib/files/file-error.ts";
import { COLUMNS, readAll, temporaryFolder } from "./folder.ts";

const file = temporaryFolder();
const csv = (content: string | Buffer) => file("a.csv", content);

describe("rows of a CSV file", () => {
  it("are cells by column, blank ones null, counted by lines", async () => {
    const found = await readAll(csv("code,note\nA1,first\n\nA2,\n"));
    expect(found.rows).toEqual([
      { row: 2, cells: { code: "A1", note: "first" } },
      { row: 4, cells: { code: "A2", note: null } },
    ]);
    expect(found.faults).toEqual([]);
    expect(found.done).toBe(found.total);
  });

  it("are the same with a byte order mark, CRLF and no line break at the end", async () => {
    const found = await readAll(csv("\uFEFFcode,note\r\nA1,x\r\nA2,y"));
    expect(found.rows.map(({ row, cells }) => [row, cells["code"], cells["note"]])).toEqual([
      [2, "A1", "x"],
      [3, "A2", "y"],
    ]);
  });

  it("may contain commas, quotes and line breaks in quotes, and have the number of their first line", async () => {
    const found = await readAll(csv('"code",note\r\nA1,"two\r\nlines, ""quoted"""\r\nA2,plain\r\n"A3","x"\r\n'));
    expect(found.rows).toEqual([
      { row: 2, cells: { code: "A1", note: 'two\nlines, "quoted"' } },
      { row: 4, cells: { code: "A2", note: "plain" } },
      { row: 5, cells: { code: "A3", note: "x" } },
    ]);
  });

  it("are in NFC", async () => {
    const { rows } = await readAll(csv(`code,note\nA1,${"Hà Nội".normalize("NFD")}\nA2,"${"Huế".normalize("NFD")}"\n`));
    expect(rows.map(({ cells }) => cells["note"])).toEqual(["Hà Nội", "Huế"]);
  });

  it("that are blank, as spreadsheets leave them, are none", async () => {
    expect((await readAll(csv("code,note\nA1,x\n,\n"))).rows).toHaveLength(1);
  });

  it("of a header alone are none", async () => {
    expect(await readAll(csv("code\n"))).toMatchObject({ rows: [], faults: [] });
  });

  it("equal csv-parse's result of the whole text, wherever the file is split", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "ế", "𠮷", '"', ",", "\n", " ", "'"), maxLength: 30 });
    const record = fc.tuple(fc.integer(), cell, cell, cell);
    const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    for (const records of fc.sample(fc.array(record, { minLength: 6000, maxLength: 6000, size: "max" }), { numRuns: 3, seed: 7 })) {
      const text = [COLUMNS.join(","), ...records.map((cells) => cells.map((value) => quoted(String(value))).join(","))].join("\n");
      const expected: Record<string, string>[] = parse(text, { columns: true });
      const { rows, faults } = await readAll(csv(text));
      expect(faults).toEqual([]);
      expect(rows.map(({ cells }) => COLUMNS.map((column) => cells[column] ?? ""))).toEqual(
        expected.map((cells) => COLUMNS.map((column) => cells[column])),
      );
    }
  });
});

describe("a row of a CSV file that cannot be read", () => {
  it("harms no other: too few and too many cells", async () => {
    const found = await readAll(csv('code,note\nA1\nA2,x\n"A3","x","y"\nA4,y\n'));
    expect(found.rows.map(({ row }) => row)).toEqual([3, 5]);
    expect(found.faults).toEqual([
      { row: 2, column: null, code: "RAGGED", message: "has 1 cells, but the header has 2" },
      { row: 4, column: null, code: "RAGGED", message: "has 3 cells, but the header has 2" },
    ]);
  });

  it("harms no other: quotes that are not where they may be", async () => {
    const found = await readAll(csv('code,note\n"A1","x"\nA2,in "the" middle\n"A3","x"y\n"A4","z"\n'));
    expect(found.rows.map(({ row }) => row)).toEqual([2, 5]);
    expect(found.faults.map(({ row, code }) => [row, code])).toEqual([
      [3, "WRONG_QUOTES"],
      [4, "WRONG_QUOTES"],
    ]);
  });

  it("harms no other: a quote that is never closed, at the end or over a megabyte of rows", async () => {
    for (const rows of [3, 150_000]) {
      const more = Array.from({ length: rows }, (_, index) => `B${index},"x"\n`).join("");
      const found = await readAll(csv(`code,note\nA1,x\nA2,"open\n${more}`));
      expect(found.faults).toMatchObject([{ row: 3, code: "QUOTE_NOT_CLOSED" }]);
      expect(found.rows).toHaveLength(rows + 1);
      expect(found.rows.at(-1)?.row).toBe(rows + 3);
    }
  });

  it("harms no other: bytes that are not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from("code,note\nA1,Hà\nA2,"), Buffer.from([0xc3, 0x28]), Buffer.from("\nA3,\uFFFD\n")]);
    const found = await readAll(csv(bytes));
    expect(found.rows.map(({ row, cells }) => [row, cells["note"]])).toEqual([
      [2, "Hà"],
      [4, "\uFFFD"],
    ]);
    expect(found.faults).toEqual([{ row: 3, column: null, code: "NOT_UTF8", message: "the line is not UTF-8" }]);
  });

  it("harms no other: a line of more than a megabyte, also as the last", async () => {
    const long = "x".repeat(2_000_000);
    const found = await readAll(csv(`code,note\nA1,x\nA2,${long}\nA3,y\nA4,${long}`));
    expect(found.rows.map(({ row }) => row)).toEqual([2, 4]);
    expect(found.faults.map(({ row, code }) => [row, code])).toEqual([
      [3, "LINE_TOO_LONG"],
      [5, "LINE_TOO_LONG"],
    ]);
  });
});

describe("a CSV file as a whole is refused", () => {
  it.each([
    ["without a header", "", "row 1: the file is empty; it must have a header"],
    ["with an unknown column", "code,colour\nA1,x\n", "row 1, column colour: is not a column; must be one of code, unit, note, at"],
    ["with semicolons", "code;note\nA1;x\n", "(columns are separated by commas)"],
    ["with a column twice", "code,code\nA1,x\n", "row 1, column code: is in the header twice"],
    ["with a blank column", "code,\nA1,x\n", "cell 2 of the header is empty"],
    ["without a required column", "note\nx\n", "row 1, column code: the header has no such column; it has note"],
    ["whose header is not UTF-8", Buffer.from("code\xff\n", "latin1"), "the header is not readable: the line is not UTF-8"],
  ])("%s", async (_, content, problem) => {
    const reading = readAll(csv(content));
    await expect(reading).rejects.toThrow(FileError);
    await expect(reading).rejects.toThrow(problem);
  });

  it("if it does not exist, is a folder, or has another extension", async () => {
    await expect(readAll(file("none.csv"))).rejects.toThrow("none.csv: there is no such file");
    await expect(readAll(file("a.txt", "x"))).rejects.toThrow("must be one of .csv, .ndjson, .jsonl, .xlsx");
    await expect(readAll("/tmp/.csv/..csv")).rejects.toThrow(FileError);
  });
});

describe("a CSV file that is read whole", () => {
  const readWhole = (content: string) => readCsv(pathToFileURL(csv(content)), ["code", "note"]);

  it("has rows with the number of their first line, as written and in NFC", async () => {
    const written = "Hà Nội".normalize("NFD");
    const rows = await readWhole(`\uFEFFcode,note\r\nA1,"two\r\nlines"\r\n\r\nA2,${written}\r\n,\r\n`);
    expect(rows.map(({ row, get }) => [row, get("code"), get("note")])).toEqual([
      [2, "A1", "two\nlines"],
      [5, "A2", "Hà Nội"],
      [6, "", ""],
    ]);
    expect(rows[1]!.written("note")).toBe(written);
  });

  it.each([
    ["a cell too few", "code,note\nA1,x\nA2\n", "row 3, column note: Invalid Record Length"],
    ["a cell too many", "code,note\nA1,x,y\n", "row 2: Invalid Record Length"],
    ["text after a quote", 'code,note\nA1,x\nA2,"x"y\n', "row 3, column note: Invalid Closing Quote"],
    ["a quote in the middle", 'code,note\nA1,in "the" middle\n', "row 2, column note: Invalid Opening Quote"],
    ["a quote that nothing closes", 'code,note\nA1,"open\nA2,x\n', "row 2, column note: a quote is not closed"],
    ["no column of a name", "code\nA1\n", "row 1, column note: the header has no such column; it has code"],
  ])("is refused by row and column: %s", async (_, content, problem) => {
    const reading = readWhole(content);
    await expect(reading).rejects.toThrow(FileError);
    await expect(reading).rejects.toThrow(`a.csv, ${problem}`);
  });
});
