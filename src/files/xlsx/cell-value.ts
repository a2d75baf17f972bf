import { dateText, isoDateText } from "./date-cell.ts";
import type { SheetCell } from "./sheet.ts";
import type { StringTable } from "./string-table.ts";
import { unescaped } from "./text-run.ts";
import type { Workbook } from "./workbook.ts";

export type CellValue = string | number | boolean | null;

/** Why a cell has no value that can be read. */
export class CellProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export const cellValue = (
  { type, format, text }: SheetCell,
  { isDate, isFrom1904 }: Workbook,
  strings: StringTable,
): CellValue | CellProblem => {
  switch (type) {
    case "s":
      return strings.get(Number(text)) ?? new CellProblem(`refers to the shared string ${text}, which is not there`);
    case "str":
    case "inlineStr":
      return unescaped(text);
    case "b":
      return text === "1" || text === "true";
    case "e":
      return new CellProblem(`holds the error ${text}`);
    case "d":
      return isoDateText(text) ?? new CellProblem(`"${text}" is no day or time`);
    default: {
      const number = Number(text);
      if (!Number.isFinite(number)) return new CellProblem(`"${text}" is no number`);
      if (isDate[format] !== true) return number;
      return dateText(number, isFrom1904) ?? new CellProblem(`${text} is no day that can be shown`);
    }
  }
};
