import { FileError } from "../../csv.ts";
import type { Counter, FileShape, Item, RowFault, RowFaultCode } from "../file-row.ts";
import { readHeader } from "../header.ts";
import { type Archive, notXlsx, openArchive } from "./archive.ts";
import { CellProblem, type CellValue, cellValue } from "./cell-value.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { SheetListener, type SheetRow } from "./sheet.ts";
import { StringTable } from "./string-table.ts";
import { readWorkbook, type Workbook } from "./workbook.ts";
import { readXml } from "./xml.ts";

/** The rows of the first sheet of a workbook. @throws FileError where it is no workbook, is over a limit, or its header is not as it should be. */
export async function* readXlsxRows(shape: FileShape, counter: Counter, size: number): AsyncGenerator<readonly Item[]> {
  const archive = await openArchive(shape.path);
  try {
    yield* sheetRows(shape, archive, counter, size);
  } catch (error) {
    throw notXlsx(shape.path, error);
  } finally {
    archive.close();
  }
}

async function* sheetRows(shape: FileShape, archive: Archive, counter: Counter, size: number): AsyncGenerator<readonly Item[]> {
  const workbook = await readWorkbook(archive);
  const { sheet, sharedStrings } = workbook;
  const strings = new StringTable(shape.path);
  const inflated = (archive.sizeOf(sheet) ?? 0) + (archive.sizeOf(sharedStrings ?? "") ?? 0);
  let read = 0;
  // How much of the file that is can only be told from how much it has become.
  const count = (bytes: number) => {
    read += bytes;
    counter.bytes = Math.round((size * read) / Math.max(inflated, 1));
  };
  if (sharedStrings !== null) for await (const bytes of readSharedStrings(archive, sharedStrings, strings)) count(bytes);
  const rows = new SheetRows(shape, workbook, strings);
  const listener = new SheetListener(shape.path, (row) => rows.add(row));
  for await (const bytes of readXml(shape.path, await archive.read(sheet), listener)) {
    count(bytes);
    yield rows.take();
  }
  rows.end();
}

class SheetRows {
  readonly #shape: FileShape;
  readonly #workbook: Workbook;
  readonly #strings: StringTable;
  #header: readonly string[] | null = null;
  #items: Item[] = [];

  constructor(shape: FileShape, workbook: Workbook, strings: StringTable) {
    this.#shape = shape;
    this.#workbook = workbook;
    this.#strings = strings;
  }

  take(): readonly Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  add(row: SheetRow): void {
    if (row.cells.length === 0) return;
    if (this.#header) this.#items.push(this.#itemOf(row, this.#header));
    else this.#header = readHeader(this.#shape, this.#namesOf(row));
  }

  end(): void {
    if (!this.#header) throw new FileError(this.#shape.path, 1, null, "the first sheet is empty; it needs a header");
  }

  #namesOf({ row, cells }: SheetRow): readonly string[] {
    if (row !== 1) throw new FileError(this.#shape.path, 1, null, "the first row of the sheet is to be the header; it is blank");
    const names = Array.from({ length: cells.at(-1)!.column + 1 }, () => "");
    for (const cell of cells) {
      const value = cellValue(cell, this.#workbook, this.#strings);
      if (value instanceof CellProblem) throw new FileError(this.#shape.path, 1, null, value.message);
      names[cell.column] = String(value);
    }
    return names;
  }

  #itemOf({ row, cells }: SheetRow, header: readonly string[]): Item {
    const byColumn: Record<string, CellValue> = {};
    for (const name of header) byColumn[name] = null;
    for (const cell of cells) {
      const name = header[cell.column];
      if (name === undefined) {
        return fault(row, null, "RAGGED", `has a cell in column ${cell.column + 1}; the header ends with column ${header.length}`);
      }
      const value = cellValue(cell, this.#workbook, this.#strings);
      if (value instanceof CellProblem) return fault(row, name, "CELL_ERROR", value.message);
      byColumn[name] = value === "" ? null : value;
    }
    return { row, cells: byColumn };
  }
}

const fault = (row: number, column: string | null, code: RowFaultCode, message: string): RowFault => ({ row, column, code, message });
