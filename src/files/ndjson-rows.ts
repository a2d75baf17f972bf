import type { Counter, FileShape, Item, RowFault, RowFaultCode } from "./file-row.ts";
import { type Line, readLines } from "./lines.ts";

/** The rows of a file with one JSON object on each line. */
export async function* readNdjsonRows({ path, columns }: FileShape, counter: Counter): AsyncGenerator<readonly Item[]> {
  const known = new Set(columns);
  let row = 0;
  for await (const lines of readLines(path, counter)) {
    const items: Item[] = [];
    for (const line of lines) {
      row++;
      if (typeof line !== "string" || line.trim() !== "") items.push(itemOf(row, line, known));
    }
    yield items;
  }
}

const itemOf = (row: number, line: Line, known: ReadonlySet<string>): Item => {
  if (typeof line !== "string") return fault(row, null, line.code, line.message);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return fault(row, null, "NOT_JSON", `the line is no JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault(row, null, "NOT_JSON", "the line is no JSON object");
  }
  for (const key of Object.keys(value)) {
    if (!known.has(key)) return fault(row, key, "UNKNOWN_COLUMN", `is not known; known are ${[...known].join(", ")}`);
  }
  // The line is in NFC; only an escape can bring in what is not.
  const cells = (line.includes(String.raw`\u`) ? inNfc(value) : value) as Record<string, unknown>;
  return { row, cells };
};

const fault = (row: number, column: string | null, code: RowFaultCode, message: string): RowFault => ({ row, column, code, message });

const inNfc = (value: unknown): unknown => {
  if (typeof value === "string") return value.normalize("NFC");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inNfc);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inNfc(inner)]));
};
