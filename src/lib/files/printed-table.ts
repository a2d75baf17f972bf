import writeExcelFile from "write-excel-file/node";
import { csvLine } from "./csv-writer.ts";

export type PrintedCell = string | number | null;

export interface PrintedRow {
  readonly cells: readonly PrintedCell[];
  /** Printed in bold: a heading, or a sum of other rows. */
  readonly isBold?: boolean;
}

/** A table as it is printed: headings, then rows. */
export interface PrintedTable {
  readonly name: string;
  readonly columns: readonly { readonly heading: string; readonly width: number }[];
  /** Lines above the headings, such as the title. */
  readonly title: readonly string[];
  readonly rows: readonly PrintedRow[];
  /** Lines below the rows, such as places for signatures. */
  readonly foot?: readonly (readonly PrintedCell[])[];
}

export const TABLE_FORMATS = ["csv", "xlsx"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<TableFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** The file; a spreadsheet runs none of its texts as a formula. CSV has the headings and the rows alone, so that programs read it. */
export const writeTable = (table: PrintedTable, format: TableFormat): Promise<Buffer> =>
  format === "csv" ? Promise.resolve(Buffer.from(csvOf(table))) : workbookOf(table);

const csvOf = ({ columns, rows }: PrintedTable): string =>
  [columns.map(({ heading }) => heading), ...rows.map(({ cells }) => cells.map((cell) => cell ?? ""))].map(csvLine).join("");

/** Names of sheets have at most 31 characters and none of these. */
const sheetName = (name: string): string => name.replace(/[\\/?*[\]:]/g, " ").slice(0, 31);

const workbookOf = ({ name, title, columns, rows, foot = [] }: PrintedTable): Promise<Buffer> => {
  const heading = (text: string) => ({ value: text, type: String, fontWeight: "bold" as const, wrap: true });
  const data = [
    ...title.map((line) => [heading(line)]),
    columns.map((column) => heading(column.heading)),
    ...rows.map(({ cells, isBold = false }) => cells.map((cell) => styled(cell, isBold))),
    ...foot.map((cells) => cells.map((cell) => placed(cell))),
  ];
  const options = { sheet: sheetName(name), columns: columns.map(({ width }) => ({ width })), stickyRowsCount: title.length + 1 };
  return writeExcelFile(data, options).toBuffer();
};

/** A text that may be wider than its column. */
const placed = (cell: PrintedCell) =>
  cell === null || cell === "" ? null : { value: String(cell), type: String, align: "center" as const };

const styled = (cell: PrintedCell, isBold: boolean) => {
  if (cell === null) return null;
  const style = isBold ? { fontWeight: "bold" as const } : {};
  return typeof cell === "number" ? { value: cell, type: Number, ...style } : { value: cell, type: String, wrap: true, ...style };
};
