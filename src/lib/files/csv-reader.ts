import { CsvError, parse } from "csv-parse/sync";
import { fileURLToPath } from "node:url";
import { FileError } from "./file-error.ts";
import type { Counter, FileShape, Item, RowFaultCode } from "./file-row.ts";
import { readHeader } from "./header.ts";
import { type Line, type LineFault, MAX_LINE_BYTES, readLines } from "./lines.ts";

const BATCH_RECORDS = 500;

/** One data row; `row` counts lines from 1 and the header is row 1. */
export interface CsvRow<C extends string> {
  readonly row: number;
  /** The text of a column in NFC; "" if it is empty. */
  readonly get: (column: C) => string;
  /** The text as written, which may not be in NFC. */
  readonly written: (column: C) => string;
  readonly fail: (column: C, problem: string) => FileError;
}

/** Reads a file whose header contains at least these columns. @throws FileError naming file, row and column of the first fault. */
export const readCsv = async <C extends string>(url: URL, columns: readonly C[]): Promise<CsvRow<C>[]> => {
  const file = url.pathname.split("/").slice(-2).join("/");
  const rows: CsvRow<C>[] = [];
  let header: readonly string[] | null = null;
  for await (const records of readRecords(fileURLToPath(url), { bytes: 0, notes: [] }, null)) {
    for (const record of records) {
      if ("code" in record) throw faultOf(file, record, header);
      if (header) rows.push(rowOf<C>(file, header, record));
      else checkColumns(file, (header = record.cells), columns);
    }
  }
  if (!header) checkColumns(file, [], columns);
  return rows;
};

const checkColumns = (file: string, header: readonly string[], columns: readonly string[]): void => {
  const missing = columns.find((column) => !header.includes(column));
  if (missing !== undefined) throw new FileError(file, 1, missing, `the header has no such column; it has ${header.join(", ")}`);
};

const faultOf = (file: string, { row, code, message, cell }: RecordFault, header: readonly string[] | null): FileError =>
  new FileError(file, row, (cell !== undefined && header?.[cell]) || null, code === "NOT_UTF8" ? "is not UTF-8" : message);

const rowOf = <C extends string>(file: string, header: readonly string[], { row, cells }: CsvRecord): CsvRow<C> => {
  if (cells.length !== header.length) {
    const problem = `Invalid Record Length: columns length is ${header.length}, got ${cells.length} on line ${row}`;
    throw new FileError(file, row, header[cells.length] ?? null, problem);
  }
  const record = Object.fromEntries(header.map((name, n) => [name, cells[n]!]));
  return {
    row,
    get: (column) => record[column]!.normalize("NFC"),
    written: (column) => record[column]!,
    fail: (column, problem) => new FileError(file, row, column, `"${record[column]}" ${problem}`),
  };
};

/** The rows of a CSV file with a header, separated by commas, in NFC. @throws FileError for an invalid header. */
export async function* readCsvRows(shape: FileShape, counter: Counter): AsyncGenerator<readonly Item[]> {
  let header: readonly string[] | null = null;
  for await (const records of readRecords(shape.path, counter, "NFC")) {
    const items: Item[] = [];
    for (const record of records) {
      const item = header ? itemOf(header, record) : null;
      if (item) items.push(item);
      else header ??= headerOf(shape, record);
    }
    yield items;
  }
  if (!header) throw new FileError(shape.path, 1, null, "the file is empty; it must have a header");
}

const headerOf = (shape: FileShape, record: CsvRecord | RecordFault): readonly string[] => {
  if ("code" in record) throw new FileError(shape.path, record.row, null, `the header is not readable: ${record.message}`);
  return readHeader(shape, record.cells);
};

/** Null for an empty row, which spreadsheets leave at the end. */
const itemOf = (header: readonly string[], record: CsvRecord | RecordFault): Item | null => {
  if ("code" in record) return { row: record.row, column: null, code: record.code, message: record.message };
  const { row, cells: texts } = record;
  if (texts.length !== header.length)
    return { row, column: null, code: "RAGGED", message: `has ${texts.length} cells, but the header has ${header.length}` };
  const cells: Record<string, string | null> = {};
  let isBlank = true;
  for (let index = 0; index < header.length; index++) {
    const text = texts[index]!;
    if (text !== "") isBlank = false;
    cells[header[index]!] = text === "" ? null : text;
  }
  return isBlank ? null : { row, cells };
};

/** `row` is the first line of the record. */
interface CsvRecord {
  readonly row: number;
  readonly cells: readonly string[];
}

interface RecordFault extends LineFault {
  readonly row: number;
  readonly cell?: number;
}

async function* readRecords(path: string, counter: Counter, form: "NFC" | null): AsyncGenerator<readonly (CsvRecord | RecordFault)[]> {
  const records = new CsvRecords();
  for await (const lines of readLines(path, counter, form)) yield records.read(lines);
  yield records.end();
}

interface Quoted {
  readonly row: number;
  readonly lines: Line[];
  size: number;
  fault: (LineFault & { readonly row: number }) | null;
}

/**
 * Splits lines into records. A line without quotes is split at its commas, several times as fast as a parser; lines with quotes are joined until their quotes match, and
 * csv-parse reads many of them at once. A record with wrong quotes therefore affects no other record.
 */
class CsvRecords {
  #row = 0;
  #open: Quoted | null = null;
  /** Complete records with quotes that are not parsed yet. */
  #waiting: Quoted[] = [];
  #waitingSize = 0;
  #records: (CsvRecord | RecordFault)[] = [];

  read(lines: readonly Line[]): readonly (CsvRecord | RecordFault)[] {
    for (const line of lines) this.#line(line);
    this.#parseWaiting();
    return this.#taken();
  }

  end(): readonly (CsvRecord | RecordFault)[] {
    if (this.#open) this.#giveUp(this.#open);
    this.#parseWaiting();
    return this.#taken();
  }

  #taken(): readonly (CsvRecord | RecordFault)[] {
    const records = this.#records;
    this.#records = [];
    return records;
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
      this.#records.push({ row: this.#row, cells: line.split(",") });
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

  /** An unclosed quote invalidates only its own line, because all later lines have matching quotes. */
  #giveUp({ row, lines }: Quoted): void {
    this.#open = null;
    this.#parseWaiting();
    const message = `a quote is not closed within ${MAX_LINE_BYTES} characters or by the end of the file`;
    this.#fault(row, "QUOTE_NOT_CLOSED", message, cellOf(parsed([lines.slice(0, 1)])));
    this.#row = row;
    for (const line of lines.slice(1)) this.#line(line);
  }

  #parseWaiting(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingSize = 0;
    const sound = waiting.every(({ fault }) => fault === null) ? parsed(waiting.map(({ lines }) => lines)) : null;
    if (Array.isArray(sound) && sound.length === waiting.length) {
      for (const [index, { row }] of waiting.entries()) this.#records.push({ row, cells: sound[index]! });
    } else for (const record of waiting) this.#parseOne(record);
  }

  #parseOne({ row, lines, fault }: Quoted): void {
    const found = fault ?? parsed([lines]);
    if (found instanceof CsvError) this.#fault(row, "WRONG_QUOTES", found.message.replace(/ at line \d+/, ""), cellOf(found));
    else if (Array.isArray(found)) this.#records.push({ row, cells: found[0]! });
    else this.#fault(found.row, found.code, found.message);
  }

  #fault(row: number, code: RowFaultCode, message: string, cell?: number): void {
    this.#records.push({ row, code, message, ...(cell !== undefined && { cell }) });
  }
}

const cellOf = (error: unknown): number | undefined =>
  error instanceof CsvError && typeof error["column"] === "number" ? error["column"] : undefined;

const hasEvenQuotes = (text: string): boolean => {
  let isEven = true;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isEven = !isEven;
  return isEven;
};

const parsed = (records: readonly (readonly Line[])[]): string[][] | CsvError => {
  try {
    return parse((records.flat() as readonly string[]).join("\n"), { recordDelimiter: "\n", relaxColumnCount: true });
  } catch (error) {
    if (error instanceof CsvError) return error;
    throw error;
  }
};
