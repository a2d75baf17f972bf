import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";

/** A file that cannot be loaded; nothing of it is kept. */
export class FileError extends Error {
  constructor(file: string, row: number, column: string | null, problem: string) {
    super(`${file}, row ${row}${column === null ? "" : `, column ${column}`}: ${problem}`);
    this.name = "FileError";
  }
}

/** One data row; `row` counts lines from 1 and the header is row 1. */
export interface CsvRow<C extends string> {
  readonly row: number;
  /** The text of a column; "" where it is empty. */
  readonly get: (column: C) => string;
  /** The same as it is written, which may not be in NFC. */
  readonly written: (column: C) => string;
  readonly fail: (column: C, problem: string) => FileError;
}

/** A UTF-8 file with a header. @throws FileError naming file, row and column. */
export const readCsv = async <C extends string>(url: URL, columns: readonly C[]): Promise<CsvRow<C>[]> => {
  const file = url.pathname.split("/").slice(-2).join("/");
  const bytes = await readFile(url);
  const text = decode(bytes, file);
  let parsed: { info: { lines: number }; record: Record<string, string> }[];
  let whole = 1;
  const onRecord = <R>(record: R, { lines }: { lines: number }): R => {
    whole = lines;
    return record;
  };
  try {
    parsed = parse(text, { columns: true, bom: true, info: true, skipEmptyLines: true, onRecord }) as never;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // An open quote is noticed lines later; the fault lies in the record that follows the last whole one.
    const isQuote = error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_INVALID_CLOSING_QUOTE";
    throw new FileError(
      file,
      isQuote ? whole + 1 : Number(error["lines"] ?? 1),
      (error["column"] as string | undefined) ?? null,
      error.message,
    );
  }
  const header = text
    .slice(text.startsWith("\uFEFF") ? 1 : 0)
    .split(/\r?\n/, 1)[0]!
    .split(",");
  const missing = columns.find((column) => !header.includes(column));
  if (missing) throw new FileError(file, 1, missing, `the header has no such column; it has ${header.join(", ")}`);
  const isNfc = text === text.normalize("NFC");
  let last = 1;
  return parsed.map(({ info, record }) => {
    // A record with line breaks in its cells is known by its first line.
    const row = info.lines === last + 1 ? info.lines : info.lines - breaksWithin(record);
    last = info.lines;
    return {
      row,
      get: (column) => (isNfc ? (record[column] ?? "") : (record[column] ?? "").normalize("NFC")),
      written: (column) => record[column] ?? "",
      fail: (column, problem) => new FileError(file, row, column, `"${record[column]}" ${problem}`),
    };
  });
};

const breaksWithin = (record: Readonly<Record<string, string>>): number =>
  Object.values(record).reduce((breaks, cell) => breaks + cell.split("\n").length - 1, 0);

const decode = (bytes: Buffer, file: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const row =
      bytes
        .toString("latin1")
        .split("\n")
        .findIndex((line) => !isUtf8(Buffer.from(line, "latin1"))) + 1;
    throw new FileError(file, row, null, "is not UTF-8");
  }
};

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8")).equals(bytes);
