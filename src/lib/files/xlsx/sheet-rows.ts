import { FileError } from "../file-error.ts";
import type { CellFault, FileShape, Item } from "../file-row.ts";
import { readHeader } from "../header.ts";
import { dayInText, numberInText } from "../text-cell.ts";
import { CellProblem, type CellValue, cellValue, isDateCell } from "./cell-value.ts";
import { columnOf, type SheetCell, type SheetRow, type SheetTelling } from "./sheet.ts";
import type { StringTable } from "./string-table.ts";
import type { Workbook } from "./workbook.ts";

export interface SheetReading {
  readonly shape: FileShape;
  readonly workbook: Workbook;
  readonly strings: StringTable;
}

const RANGE = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/;

export class SheetRows implements SheetTelling {
  readonly #reading: SheetReading;
  readonly #texts: ReadonlySet<string>;
  readonly #hidden: { readonly first: number; readonly last: number }[] = [];
  #header: readonly string[] | null = null;
  #items: Item[] = [];
  #last = 0;
  #hiddenRows = 0;

  constructor(reading: SheetReading) {
    this.#reading = reading;
    this.#texts = new Set(reading.shape.texts);
  }

  take(): readonly Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  onRow(row: SheetRow): void {
    if (row.cells.length === 0) return;
    if (!this.#header) {
      this.#header = readHeader(this.#reading.shape, this.#namesOf(row));
      return;
    }
    const item = this.#itemOf(row, this.#header);
    if (item === null) return;
    this.#items.push(item);
    this.#last = row.row;
    if (row.isHidden) this.#hiddenRows++;
  }

  onHiddenColumns(first: number, last: number): void {
    this.#hidden.push({ first, last });
  }

  /** Only the first of merged cells has content; the others would be read as empty. */
  onMerge(range: string): void {
    const [, left = "", top = "", right = "", bottom = ""] = RANGE.exec(range) ?? [];
    const column = this.#header?.[columnOf(left)];
    if (column === undefined || range === `${left}${top}:${left}${top}` || right === "") return;
    if (Number(bottom) < 2 || Number(top) > this.#last) return;
    const { path } = this.#reading.shape;
    throw new FileError(path, Number(top), column, `the cells ${range} are merged, and only the first has content; split them`);
  }

  notes(): readonly string[] {
    const columns = (this.#header ?? []).filter((_, n) => this.#hidden.some(({ first, last }) => first <= n && n <= last));
    const rows = this.#hiddenRows === 1 ? "1 hidden row was read" : `${this.#hiddenRows.toLocaleString("en-US")} hidden rows were read`;
    return [
      ...(this.#hiddenRows > 0 ? [`${rows} like visible ones`] : []),
      ...(columns.length > 0 ? [`hidden columns were read: ${columns.join(", ")}`] : []),
    ];
  }

  end(sheet: string): void {
    if (this.#header) return;
    throw new FileError(this.#reading.shape.path, 1, null, `${sheet} is empty; it must have a header`);
  }

  #valueOf(cell: SheetCell): CellValue | CellProblem {
    return cellValue(cell, this.#reading.workbook, this.#reading.strings);
  }

  #namesOf({ row, cells }: SheetRow): readonly string[] {
    const { path } = this.#reading.shape;
    if (row !== 1) throw new FileError(path, 1, null, "the first row of the sheet must be the header; it is empty");
    const names = Array.from({ length: cells.at(-1)!.column + 1 }, () => "");
    for (const cell of cells) {
      const value = this.#valueOf(cell);
      if (value instanceof CellProblem) throw new FileError(path, 1, null, value.message);
      names[cell.column] = String(value);
    }
    return names;
  }

  #itemOf({ row, cells }: SheetRow, header: readonly string[]): Item | null {
    const byColumn: Record<string, CellValue> = {};
    for (const name of header) byColumn[name] = null;
    const faults: CellFault[] = [];
    let isBlank = true;
    for (const cell of cells) {
      const value = this.#valueOf(cell);
      if (value === "") continue;
      isBlank = false;
      const name = header[cell.column];
      const fault = faultOf(cell, value, name, header.length) ?? this.#typeFault(cell, value, name!);
      if (fault) faults.push(fault);
      else byColumn[name!] = value as CellValue;
    }
    if (isBlank) return null;
    const [first, ...more] = faults;
    return first ? { row, ...first, more, cells: byColumn } : { row, cells: byColumn };
  }

  #typeFault(cell: SheetCell, value: CellValue | CellProblem, name: string): CellFault | null {
    if (!this.#texts.has(name)) return null;
    if (typeof value === "string" && isDateCell(cell, this.#reading.workbook)) return dayInText(name, value.replace("T00:00:00+07:00", ""));
    return typeof value === "number" && !Number.isSafeInteger(value) ? numberInText(name, cell.text) : null;
  }
}

const faultOf = (cell: SheetCell, value: CellValue | CellProblem, name: string | undefined, columns: number): CellFault | null => {
  if (name === undefined) {
    const message = `has a value in column ${cell.column + 1}; the header ends with column ${columns}`;
    return { column: null, code: "RAGGED", message };
  }
  if (!(value instanceof CellProblem)) return null;
  return { column: name, code: value.code, message: value.message, ...(cell.text !== "" && { value: cell.text }) };
};
