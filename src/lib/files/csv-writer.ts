import { stringify } from "csv-stringify/sync";

/**
 * Where a spreadsheet may see the start of a formula: at the start of a cell, also behind blanks and quotes, and wherever one that separates
 * cells by semicolons or tabs, or ends rows at line breaks, would start a cell. csv-stringify's own guard looks at the first character alone.
 */
const FORMULA = /(^|[;\t\r\n])(?=[\s\p{Cf}"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/gu;

/** One record as CSV, of which no spreadsheet runs a cell as a formula. */
export const csvLine = (cells: readonly string[]): string =>
  stringify([cells.map((text) => text.replace(FORMULA, "$1'"))], { quoted_match: /[\r\n;\t]/ });
