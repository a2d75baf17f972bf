import { stringify } from "csv-stringify/sync";

/**
 * Positions at which a spreadsheet may see a formula: at the start of a cell, also behind spaces and quotes, and after each semicolon, tab or line break, which some
 * programs treat as separators. csv-stringify's own guard checks the first character alone.
 */
const FORMULA = /(^|[;\t\r\n])(?=[\s\p{Cf}"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/gu;

/** Returns one record as CSV that no spreadsheet runs as a formula. */
export const csvLine = (cells: readonly string[]): string =>
  stringify([cells.map((text) => text.replace(FORMULA, "$1'"))], { quoted_match: /[\r\n;\t]/ });
