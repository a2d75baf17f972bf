import { FileError } from "./file-error.ts";
import type { FileShape } from "./file-row.ts";

/** Returns the columns of a header in its order. @throws FileError for an unknown, repeated or missing column. */
export const readHeader = ({ path, columns, required }: FileShape, names: readonly string[]): readonly string[] => {
  const fail = (column: string | null, problem: string) => new FileError(path, 1, column, problem);
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name === "") throw fail(null, `cell ${index + 1} of the header is empty`);
    if (seen.has(name)) throw fail(name, "is in the header twice");
    if (!columns.includes(name)) throw fail(shown(name), `is not a column${hint(name)}; must be one of ${columns.join(", ")}`);
    seen.add(name);
  }
  const missing = required.find((column) => !seen.has(column));
  if (missing !== undefined) throw fail(missing, `the header has no such column; it has ${names.join(", ")}`);
  return names;
};

const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 57)}...` : name);

const hint = (name: string): string => (/[;\t|]/.test(name) ? " (columns are separated by commas)" : "");
