import { FileError } from "../file-error.ts";
import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";
import { TextRun } from "./text-run.ts";
import type { Attributes, XmlListener } from "./xml.ts";

/** Type of a cell whose formula has no computed value. */
export const NOT_COMPUTED = "not computed";

export interface SheetCell {
  readonly column: number;
  readonly type: string;
  readonly format: number;
  readonly text: string;
}

export interface SheetRow {
  readonly row: number;
  readonly isHidden: boolean;
  readonly cells: readonly SheetCell[];
}

export interface SheetTelling {
  readonly onRow: (row: SheetRow) => void;
  /** Called before the rows; columns count from 0. */
  readonly onHiddenColumns: (first: number, last: number) => void;
  /** Called after the rows, for example with B2:B9. */
  readonly onMerge: (range: string) => void;
}

/** Collects cells with content; a formula has its last computed value. */
export class SheetListener implements XmlListener {
  readonly #path: string;
  readonly #tell: SheetTelling;
  readonly #text: TextRun;
  #row = 0;
  #isHidden = false;
  #column = -1;
  #cells: SheetCell[] = [];
  #type = "n";
  #format = 0;
  #isFormula = false;
  #hasValue = false;
  #isText = false;
  #isPhonetic = false;

  constructor(path: string, tell: SheetTelling) {
    this.#path = path;
    this.#tell = tell;
    this.#text = new TextRun(path);
  }

  readonly open = (name: string, attributes: Attributes): void => {
    if (name === "c") this.#openCell(attributes);
    else if (name === "v" || name === "t") {
      this.#isText = !this.#isPhonetic;
      this.#hasValue = true;
    } else if (name === "row") this.#openRow(attributes);
    else if (name === "f") this.#isFormula = true;
    else if (name === "rPh") this.#isPhonetic = true;
    else if (name === "col" && isTrue(attributes["hidden"]))
      this.#tell.onHiddenColumns(Number(attributes["min"]) - 1, Number(attributes["max"]) - 1);
    else if (name === "mergeCell") this.#tell.onMerge(attributes["ref"] ?? "");
  };

  readonly text = (part: string): void => {
    if (this.#isText) this.#text.add(part);
  };

  readonly close = (name: string): void => {
    if (name === "v" || name === "t") this.#isText = false;
    else if (name === "c") this.#closeCell();
    else if (name === "row") this.#tell.onRow({ row: this.#row, isHidden: this.#isHidden, cells: this.#cells });
    else if (name === "rPh") this.#isPhonetic = false;
  };

  #openRow({ r: reference, hidden, ht }: Attributes): void {
    const row = reference === undefined ? this.#row + 1 : Number(reference);
    if (!Number.isInteger(row) || row <= this.#row) throw new WholeFileError(this.#path, `its row ${reference} is out of order`);
    if (row > XLSX_LIMITS.rows) throw new WholeFileError(this.#path, `has more rows than the limit of ${XLSX_LIMITS.rows}`);
    this.#row = row;
    this.#isHidden = isTrue(hidden) || (ht !== undefined && Number(ht) === 0);
    this.#column = -1;
    this.#cells = [];
  }

  #openCell({ r: reference, t: type = "n", s: format = "0" }: Attributes): void {
    const column = reference === undefined ? this.#column + 1 : columnOf(reference);
    if (column <= this.#column) throw new FileError(this.#path, this.#row, null, `its cell ${reference} is out of order`);
    this.#column = column;
    this.#type = type;
    this.#format = Number(format);
    this.#isFormula = false;
    this.#hasValue = false;
  }

  #closeCell(): void {
    const text = this.#text.take();
    // A formula may have an empty text as its result; every other type has a value.
    const isComputed = !this.#isFormula || (this.#hasValue && this.#type === "str");
    if (text === "" && isComputed) return;
    if (this.#column >= XLSX_LIMITS.columns) {
      throw new FileError(this.#path, this.#row, null, `has more columns than the limit of ${XLSX_LIMITS.columns}`);
    }
    this.#cells.push({ column: this.#column, type: text === "" ? NOT_COMPUTED : this.#type, format: this.#format, text });
  }
}

const isTrue = (flag: string | undefined): boolean => flag === "1" || flag === "true";

const A = 64;

/** A1 is 0, AB7 is 27; -1 for anything else. */
export const columnOf = (reference: string): number => {
  let column = 0;
  for (let index = 0; index < Math.min(reference.length, 4); index++) {
    const letter = reference.charCodeAt(index) - A;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
};
