import { stringify } from "csv-stringify/sync";

/**
 * Positions at which a spreadsheet may see a formula: at the start of a cell, also behind spaces and quotes, and after each semicolon, tab or line break, which some
 * programs treat as separators. csv-stringify's own guard checks the first character alone.
 */
const BEHIND = String.raw`(?<=^|[;\t\r\n])`;
const AHEAD = String.raw`(?=[\s\p{Cf}"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|'*[\t\r\n])`;
const FORMULA = new RegExp(`${BEHIND}${AHEAD}`, "gu");
const GUARDED = new RegExp(`${BEHIND}'${AHEAD}`, "gu");

/** The text that `csvLine` has written. */
export const unguarded = (cell: string): string => cell.replace(GUARDED, "");

/** Returns one record as CSV, of whose texts no spreadsheet runs any as a formula. */
export const csvLine = (cells: readonly (string | number)[]): string =>
  stringify([cells.map((cell) => (typeof cell === "string" ? cell.replace(FORMULA, "'") : String(cell)))], { quoted_match: /[\r\n;\t]/ });
