import { FileError } from "../../csv.ts";
import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";
import { TextRun } from "./text-run.ts";
import type { Attributes, XmlListener } from "./xml.ts";

export interface SheetCell {
  /** From 0. */
  readonly column: number;
  readonly type: string;
  readonly format: number;
  readonly text: string;
}

export interface SheetRow {
  readonly row: number;
  readonly cells: readonly SheetCell[];
}

/** Gathers the cells that hold something. Of a formula it is the value that was last computed. */
export class SheetListener implements XmlListener {
  readonly #path: string;
  readonly #onRow: (row: SheetRow) => void;
  readonly #text: TextRun;
  #row = 0;
  #column = -1;
  #cells: SheetCell[] = [];
  #type = "n";
  #format = 0;
  #isText = false;
  #isPhonetic = false;

  constructor(path: string, onRow: (row: SheetRow) => void) {
    this.#path = path;
    this.#onRow = onRow;
    this.#text = new TextRun(path);
  }

  readonly open = (name: string, attributes: Attributes): void => {
    if (name === "c") this.#openCell(attributes);
    else if (name === "v" || name === "t") this.#isText = !this.#isPhonetic;
    else if (name === "row") this.#openRow(attributes["r"]);
    else if (name === "rPh") this.#isPhonetic = true;
  };

  readonly text = (part: string): void => {
    if (this.#isText) this.#text.add(part);
  };

  readonly close = (name: string): void => {
    if (name === "v" || name === "t") this.#isText = false;
    else if (name === "c") this.#closeCell();
    else if (name === "row") this.#onRow({ row: this.#row, cells: this.#cells });
    else if (name === "rPh") this.#isPhonetic = false;
  };

  #openRow(reference: string | undefined): void {
    const row = reference === undefined ? this.#row + 1 : Number(reference);
    if (!Number.isInteger(row) || row <= this.#row) throw new WholeFileError(this.#path, `its row ${reference} is out of order`);
    if (row > XLSX_LIMITS.rows) throw new WholeFileError(this.#path, `has more than ${XLSX_LIMITS.rows} rows, which is the limit`);
    this.#row = row;
    this.#column = -1;
    this.#cells = [];
  }

  #openCell({ r: reference, t: type = "n", s: format = "0" }: Attributes): void {
    const column = reference === undefined ? this.#column + 1 : columnOf(reference);
    if (column <= this.#column) throw new FileError(this.#path, this.#row, null, `its cell ${reference} is out of order`);
    this.#column = column;
    this.#type = type;
    this.#format = Number(format);
  }

  #closeCell(): void {
    const text = this.#text.take();
    if (text === "") return;
    if (this.#column >= XLSX_LIMITS.columns) {
      throw new FileError(this.#path, this.#row, null, `has more than ${XLSX_LIMITS.columns} columns, which is the limit`);
    }
    this.#cells.push({ column: this.#column, type: this.#type, format: this.#format, text });
  }
}

const A = 64;

/** A1 is 0, AB7 is 27; what is no reference is -1. */
const columnOf = (reference: string): number => {
  let column = 0;
  for (let index = 0; index < Math.min(reference.length, 4); index++) {
    const letter = reference.charCodeAt(index) - A;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
};
