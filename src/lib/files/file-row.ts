import { FileError } from "./file-error.ts";

/** A data row. `row` is its line or its row of the sheet; a header is row 1, and the lines of NDJSON count from 1. */
export interface FileRow {
  readonly row: number;
  /** By column. Blank is null; a column that the file does not have is undefined. */
  readonly cells: Readonly<Record<string, unknown>>;
}

export type RowFaultCode =
  | "CELL_ERROR"
  | "FORMULA_NOT_COMPUTED"
  | "LINE_TOO_LONG"
  | "NOT_JSON"
  | "NOT_UTF8"
  | "QUOTE_NOT_CLOSED"
  | "RAGGED"
  | "TEXT_EXPECTED"
  | "UNKNOWN_COLUMN"
  | "WRONG_QUOTES";

/** What keeps a row, or one cell of it, from being read. */
export interface CellFault {
  readonly column: string | null;
  readonly code: RowFaultCode;
  readonly message: string;
  /** What stands in the cell. */
  readonly value?: string | undefined;
}

/** A row that cannot be read; those after it can. */
export interface RowFault extends CellFault {
  readonly row: number;
  /** Further ones of the same row. */
  readonly more?: readonly CellFault[];
  /** What of the row can be read all the same. */
  readonly cells?: Readonly<Record<string, unknown>>;
}

export const faultsOf = (fault: RowFault): readonly CellFault[] => [fault, ...(fault.more ?? [])];

/** The code of a record, where that can be read of a row. */
export const recordOf = ({ cells }: { readonly cells?: Readonly<Record<string, unknown>> | undefined }): string | null => {
  const code = cells?.["code"];
  if (typeof code === "number") return String(code);
  return typeof code === "string" && code !== "" ? code : null;
};

export type Item = FileRow | RowFault;

export const isFault = (item: Item): item is RowFault => "code" in item;

/** What a reader adds up while it reads. */
export interface Counter {
  bytes: number;
  /** What people must know of what was read, in sentences without a full stop. */
  readonly notes: string[];
}

/** What is read: the columns that a file may have, and those that it must. */
export interface FileShape {
  readonly path: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
  /** Columns that hold texts, such as codes: what a spreadsheet has made a day of, or a number that has lost digits, is none. */
  readonly texts?: readonly string[];
  /** The sheet of a workbook; where none is named it is the only one that holds rows. */
  readonly sheet?: string | undefined;
}

/** A fault of the file as a whole, of no row. */
export class WholeFileError extends FileError {
  constructor(file: string, problem: string) {
    super(file, 0, null, problem);
    this.message = `${file}: ${problem}`;
  }
}
