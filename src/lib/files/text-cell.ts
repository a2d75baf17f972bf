import type { CellFault } from "./file-row.ts";

/** A code that was written as a number has lost digits beyond these, or the noughts at its ends. */
export const isExactCode = (value: number, source: string): boolean => Number.isSafeInteger(value) && String(value) === source;

/** Why a number in a column of texts is none. `source` is what stands in the file. */
export const numberInText = (column: string, source: string): CellFault => ({
  ...{ column, code: "TEXT_EXPECTED", value: source },
  message: `holds the number ${source}; must be a text, because a number loses digits and leading zeros`,
});

/** Why a day or time in a column of texts is none. */
export const dayInText = (column: string, shown: string): CellFault => ({
  ...{ column, code: "TEXT_EXPECTED", value: shown },
  message: `holds the day ${shown}, which a spreadsheet made from the input; must be a text, in a cell of the format Text`,
});
