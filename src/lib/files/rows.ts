import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { readCsvRows } from "./csv-reader.ts";
import { type Counter, type FileShape, type Item, WholeFileError } from "./file-row.ts";
import { readNdjsonRows } from "./ndjson-rows.ts";
import { readXlsxRows } from "./xlsx/xlsx-rows.ts";

export { type FileRow, isFault, type RowFault } from "./file-row.ts";

type Reader = (shape: FileShape, counter: Counter, size: number) => AsyncGenerator<readonly Item[]>;

const READERS: Readonly<Record<string, Reader>> = {
  ".csv": readCsvRows,
  ".ndjson": readNdjsonRows,
  ".jsonl": readNdjsonRows,
  ".xlsx": readXlsxRows,
};

export interface RowReading {
  /** Rows and unreadable rows, in the order of the file. The file is open during the iteration, which is possible once. */
  readonly rows: AsyncIterable<Item>;
  readonly total: number;
  readonly done: () => number;
  /** Notes for the user about the rows read, such as hidden rows. */
  readonly notes: () => readonly string[];
}

/**
 * Reads a file of any size in a few megabytes of memory: .csv (UTF-8, a header, commas), .ndjson or .jsonl (UTF-8, an object per line), .xlsx (the named sheet, or the only
 * one with rows; a header in row 1). Text is in NFC. @throws FileError, also during the iteration, for an unreadable file.
 */
export const readRows = async (
  path: string,
  columns: readonly string[],
  required: readonly string[],
  more: Pick<FileShape, "texts" | "sheet"> = {},
): Promise<RowReading> => {
  const kind = extname(path).toLowerCase();
  const reader = READERS[kind];
  if (!reader) throw new WholeFileError(path, `has an unsupported file extension; must be one of ${Object.keys(READERS).join(", ")}`);
  if (more.sheet !== undefined && kind !== ".xlsx") throw new WholeFileError(path, "has no sheets; only an .xlsx file has sheets");
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) throw new WholeFileError(path, "is no file");
  const counter: Counter = { bytes: 0, notes: [] };
  const rows = each(path, reader({ path, columns, required, ...more }, counter, found.size));
  return { rows, total: found.size, done: () => counter.bytes, notes: () => counter.notes };
};

async function* each(path: string, batches: AsyncGenerator<readonly Item[]>): AsyncGenerator<Item> {
  try {
    for await (const batch of batches) for (const item of batch) yield item;
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown): unknown => {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return error;
  return new WholeFileError(path, error.code === "ENOENT" ? "there is no such file" : `is not readable (${String(error.code)})`);
};
