import { FileError } from "../csv.ts";

/** A data row. `row` is its line or its row of the sheet; a header is row 1, and the lines of NDJSON count from 1. */
export interface FileRow {
  readonly row: number;
  /** By column. Blank is null; a column that the file does not have is undefined. */
  readonly cells: Readonly<Record<string, unknown>>;
}

export type RowFaultCode =
  | "CELL_ERROR"
  | "LINE_TOO_LONG"
  | "NOT_JSON"
  | "NOT_UTF8"
  | "QUOTE_NOT_CLOSED"
  | "RAGGED"
  | "UNKNOWN_COLUMN"
  | "WRONG_QUOTES";

/** A row that cannot be read; those after it can. */
export interface RowFault {
  readonly row: number;
  readonly column: string | null;
  readonly code: RowFaultCode;
  readonly message: string;
}

export type Item = FileRow | RowFault;

export const isFault = (item: Item): item is RowFault => "code" in item;

/** What a reader adds up while it reads. */
export interface Counter {
  bytes: number;
}

/** What is read: the columns that a file may have, and those that it must. */
export interface FileShape {
  readonly path: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
}

/** A fault of the file as a whole, of no row. */
export class WholeFileError extends FileError {
  constructor(file: string, problem: string) {
    super(file, 0, null, problem);
    this.message = `${file}: ${problem}`;
  }
}
