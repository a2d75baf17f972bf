import type { CellFault, Counter, FileShape, Item, RowFault, RowFaultCode } from "./file-row.ts";
import { type Line, readLines } from "./lines.ts";
import { isExactCode, numberInText } from "./text-cell.ts";

interface Known {
  readonly columns: ReadonlySet<string>;
  readonly texts: readonly string[];
}

type Cells = Record<string, unknown>;

export async function* readNdjsonRows({ path, columns, texts = [] }: FileShape, counter: Counter): AsyncGenerator<readonly Item[]> {
  const known: Known = { columns: new Set(columns), texts };
  let row = 0;
  for await (const lines of readLines(path, counter, "NFC")) {
    const items: Item[] = [];
    for (const line of lines) {
      row++;
      if (typeof line !== "string" || line.trim() !== "") items.push(itemOf(row, line, known));
    }
    yield items;
  }
}

const itemOf = (row: number, line: Line, known: Known): Item => {
  if (typeof line !== "string") return fault(row, null, line.code, line.message);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return fault(row, null, "NOT_JSON", `the line is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault(row, null, "NOT_JSON", "the line is not a JSON object");
  }
  // The line is in NFC; only an escape can contain text that is not.
  const cells = (line.includes(String.raw`\u`) ? inNfc(value) : value) as Cells;
  const strange = Object.keys(cells).find((key) => !known.columns.has(key));
  if (strange !== undefined)
    return { ...fault(row, strange, "UNKNOWN_COLUMN", `is not a column; must be one of ${[...known.columns].join(", ")}`), cells };
  const [first, ...more] = lostDigits(line, cells, known.texts);
  return first ? { row, ...first, more, cells: without(cells, [first, ...more]) } : { row, cells };
};

const fault = (row: number, column: string | null, code: RowFaultCode, message: string): RowFault => ({ row, column, code, message });

/** Reports numbers in text columns whose digits differ from those in the line. */
const lostDigits = (line: string, cells: Cells, texts: readonly string[]): readonly CellFault[] => {
  if (texts.every((column) => typeof cells[column] !== "number")) return [];
  const sources = sourcesOf(line);
  return texts.flatMap((column) => {
    const cell = cells[column];
    const source = sources.get(column) ?? String(cell);
    return typeof cell !== "number" || isExactCode(cell, source) ? [] : [numberInText(column, source)];
  });
};

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Returns the source text of the numbers of an object, without nested objects. */
const sourcesOf = (line: string): ReadonlyMap<string, string> => {
  const found: { readonly holder: unknown; readonly key: string; readonly source: string }[] = [];
  const note: Reviver = function note(key, value, { source }) {
    if (typeof value === "number" && source !== undefined) found.push({ holder: this, key, source });
    return value;
  };
  const whole: unknown = JSON.parse(line, note as (key: string, value: unknown) => unknown);
  return new Map(found.filter(({ holder }) => holder === whole).map(({ key, source }) => [key, source]));
};

const without = (cells: Cells, faults: readonly CellFault[]): Cells =>
  Object.fromEntries(Object.entries(cells).filter(([name]) => faults.every(({ column }) => column !== name)));

const inNfc = (value: unknown): unknown => {
  if (typeof value === "string") return value.normalize("NFC");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inNfc);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inNfc(inner)]));
};
