import { wholeOf } from "../../number.ts";
import type { RowFaultCode } from "../file-row.ts";
import { dateText, isoDateText } from "./date-cell.ts";
import { NOT_COMPUTED, type SheetCell } from "./sheet.ts";
import type { StringTable } from "./string-table.ts";
import { unescaped } from "./text-run.ts";
import type { Workbook } from "./workbook.ts";

export type CellValue = string | number | boolean | null;

export class CellProblem {
  readonly message: string;
  readonly code: RowFaultCode;

  constructor(message: string, code: RowFaultCode = "CELL_ERROR") {
    this.message = message;
    this.code = code;
  }
}

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const FLAGS = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);
const NUMBERLESS = new Set(["s", "str", "inlineStr", "b", "e", NOT_COMPUTED]);

export const isDateCell = ({ type, format }: SheetCell, { isDate }: Workbook): boolean =>
  type === "d" || (!NUMBERLESS.has(type) && isDate[format] === true);

export const cellValue = (
  { type, format, text }: SheetCell,
  { isDate, isFrom1904 }: Workbook,
  strings: StringTable,
): CellValue | CellProblem => {
  switch (type) {
    case "s":
      return strings.get(wholeOf(text) ?? -1) ?? new CellProblem(`refers to the shared string ${text}, which does not exist`);
    case "str":
    case "inlineStr":
      return unescaped(text);
    case "b":
      return FLAGS.get(text) ?? new CellProblem(`"${text}" must be true or false`);
    case "e":
      return new CellProblem(`contains the error ${text}`);
    case NOT_COMPUTED:
      return new CellProblem(
        "contains a formula without a value: open and save the file in a spreadsheet program to compute it",
        "FORMULA_NOT_COMPUTED",
      );
    case "d":
      return isoDateText(text) ?? new CellProblem(`"${text}" is not a day or time`);
    default: {
      if (text.trim() === "") return "";
      const number = NUMBER.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(number)) return new CellProblem(`"${text}" is no number`);
      if (isDate[format] !== true) return number;
      return dateText(number, isFrom1904) ?? new CellProblem(`${text} is not a valid day`);
    }
  }
};
