import { CsvError, parse } from "csv-parse/sync";
import { FileError } from "./csv.ts";
import type { Counter, FileShape, Item, RowFaultCode } from "./file-row.ts";
import { readHeader } from "./header.ts";
import { type Line, type LineFault, MAX_LINE_BYTES, readLines } from "./lines.ts";

const BATCH_RECORDS = 500;

/** The rows of a CSV file with a header, separated by commas. @throws FileError where its header is not as it should be. */
export async function* readCsvRows(shape: FileShape, counter: Counter): AsyncGenerator<readonly Item[]> {
  const records = new CsvRecords(shape);
  for await (const lines of readLines(shape.path, counter)) yield records.read(lines);
  yield records.end();
}

interface Quoted {
  readonly row: number;
  readonly lines: Line[];
  size: number;
  fault: (LineFault & { readonly row: number }) | null;
}

/**
 * Lines become records. A line without quotes is cut at its commas, which is several times as fast as a parser; lines with quotes are put
 * together until their quotes pair up, and csv-parse reads them, many at once. So a record with wrong quotes harms no other.
 */
class CsvRecords {
  readonly #shape: FileShape;
  #header: readonly string[] | null = null;
  #row = 0;
  /** A record whose last quote is not closed yet. */
  #open: Quoted | null = null;
  /** Whole records with quotes that are not parsed yet. */
  #waiting: Quoted[] = [];
  #waitingSize = 0;
  #items: Item[] = [];

  constructor(shape: FileShape) {
    this.#shape = shape;
  }

  read(lines: readonly Line[]): readonly Item[] {
    for (const line of lines) this.#line(line);
    this.#parseWaiting();
    return this.#taken();
  }

  end(): readonly Item[] {
    if (this.#open) this.#giveUp(this.#open);
    this.#parseWaiting();
    if (!this.#header) throw new FileError(this.#shape.path, 1, null, "the file is empty; it needs a header");
    return this.#taken();
  }

  #taken(): readonly Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #line(line: Line): void {
    this.#row++;
    if (this.#open) this.#continue(this.#open, line);
    else if (typeof line !== "string") {
      this.#parseWaiting();
      this.#fault(this.#row, line.code, line.message);
    } else if (line.includes('"')) this.#continue({ row: this.#row, lines: [], size: 0, fault: null }, line);
    else if (line !== "") {
      this.#parseWaiting();
      this.#record(this.#row, line.split(","));
    }
  }

  #continue(record: Quoted, line: Line): void {
    const text = typeof line === "string" ? line : "";
    if (typeof line !== "string") record.fault ??= { ...line, row: this.#row };
    record.lines.push(line);
    record.size += text.length + 1;
    const isClosed = hasEvenQuotes(text) === (this.#open === null);
    this.#open = isClosed ? null : record;
    if (!isClosed) {
      if (record.size > MAX_LINE_BYTES) this.#giveUp(record);
      return;
    }
    this.#waiting.push(record);
    this.#waitingSize += record.size;
    if (this.#waiting.length >= BATCH_RECORDS || this.#waitingSize > MAX_LINE_BYTES) this.#parseWaiting();
  }

  /** A quote that nothing closes costs its own line. The quotes of each line after it pair up, or one of them would have closed it. */
  #giveUp({ row, lines }: Quoted): void {
    this.#open = null;
    this.#parseWaiting();
    this.#fault(row, "QUOTE_NOT_CLOSED", `a quote is opened and not closed within ${MAX_LINE_BYTES} characters, or by the end of the file`);
    this.#row = row;
    for (const line of lines.slice(1)) this.#line(line);
  }

  #parseWaiting(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingSize = 0;
    const sound = waiting.every(({ fault }) => fault === null) ? parsed(waiting) : null;
    if (Array.isArray(sound) && sound.length === waiting.length) {
      for (const [index, { row }] of waiting.entries()) this.#record(row, sound[index]!);
    } else for (const record of waiting) this.#parseOne(record);
  }

  #parseOne(record: Quoted): void {
    const found = record.fault ?? parsed([record]);
    if (found instanceof CsvError) this.#fault(record.row, "WRONG_QUOTES", found.message.replace(/ at line \d+/, ""));
    else if (Array.isArray(found)) this.#record(record.row, found[0]!);
    else this.#fault(found.row, found.code, found.message);
  }

  #record(row: number, cells: readonly string[]): void {
    if (!this.#header) {
      this.#header = readHeader(this.#shape, cells);
      return;
    }
    if (cells.length === this.#header.length) {
      const byColumn = cellsOf(this.#header, cells);
      if (byColumn) this.#items.push({ row, cells: byColumn });
    } else this.#fault(row, "RAGGED", `has ${cells.length} cells where the header has ${this.#header.length}`);
  }

  #fault(row: number, code: RowFaultCode, message: string): void {
    if (!this.#header) throw new FileError(this.#shape.path, row, null, `the header cannot be read: ${message}`);
    this.#items.push({ row, column: null, code, message });
  }
}

/** Null for a row of blanks, as spreadsheets leave them at the end. */
const cellsOf = (header: readonly string[], texts: readonly string[]): Record<string, string | null> | null => {
  const cells: Record<string, string | null> = {};
  let isBlank = true;
  for (let index = 0; index < header.length; index++) {
    const text = texts[index]!;
    if (text !== "") isBlank = false;
    cells[header[index]!] = text === "" ? null : text;
  }
  return isBlank ? null : cells;
};

const hasEvenQuotes = (text: string): boolean => {
  let isEven = true;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isEven = !isEven;
  return isEven;
};

const parsed = (records: readonly Quoted[]): string[][] | CsvError => {
  try {
    return parse(records.flatMap(({ lines }) => lines as readonly string[]).join("\n"), { recordDelimiter: "\n", relaxColumnCount: true });
  } catch (error) {
    if (error instanceof CsvError) return error;
    throw error;
  }
};
