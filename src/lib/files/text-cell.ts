import type { CellFault } from "./file-row.ts";

/** A code stored as a number loses digits above this precision, and its leading zeros. */
export const isExactCode = (value: number, source: string): boolean => Number.isSafeInteger(value) && String(value) === source;

export const numberInText = (column: string, source: string): CellFault => ({
  ...{ column, code: "TEXT_EXPECTED", value: source },
  message: `holds the number ${source}; must be a text, because a number loses digits and leading zeros`,
});

export const dayInText = (column: string, shown: string): CellFault => ({
  ...{ column, code: "TEXT_EXPECTED", value: shown },
  message: `holds the day ${shown}, which a spreadsheet made from the input; must be a text, in a cell of the format Text`,
});
