import { FileError } from "./file-error.ts";

/** A data row. `row` is its line or its row in the sheet; a header is row 1, and lines of NDJSON count from 1. */
export interface FileRow {
  readonly row: number;
  /** By column. An empty cell is null; a column that the file does not have is undefined. */
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

export interface CellFault {
  readonly column: string | null;
  readonly code: RowFaultCode;
  readonly message: string;
  readonly value?: string | undefined;
}

/** A row that is unreadable; the rows after it are not affected. */
export interface RowFault extends CellFault {
  readonly row: number;
  readonly more?: readonly CellFault[];
  /** The readable cells of the row. */
  readonly cells?: Readonly<Record<string, unknown>>;
}

export const faultsOf = (fault: RowFault): readonly CellFault[] => [fault, ...(fault.more ?? [])];

export const recordOf = ({ cells }: { readonly cells?: Readonly<Record<string, unknown>> | undefined }): string | null => {
  const code = cells?.["code"];
  if (typeof code === "number") return String(code);
  return typeof code === "string" && code !== "" ? code : null;
};

export type Item = FileRow | RowFault;

export const isFault = (item: Item): item is RowFault => "code" in item;

export interface Counter {
  bytes: number;
  /** Notes for the user about the rows read, as sentences without a full stop. */
  readonly notes: string[];
}

/** The allowed and the required columns. */
export interface FileShape {
  readonly path: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
  /** Columns that must be texts, such as codes: a day or a number that lost digits is a fault. */
  readonly texts?: readonly string[];
  /** The sheet of a workbook; without a name it is the only one with rows. */
  readonly sheet?: string | undefined;
}

export class WholeFileError extends FileError {
  constructor(file: string, problem: string) {
    super(file, 0, null, problem);
    this.message = `${file}: ${problem}`;
  }
}
