import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { FileShape } from "../../../src/lib/files/file-row.ts";
import { type FileRow, isFault, readRows, type RowFault } from "../../../src/lib/files/rows.ts";

/** A folder for the files of one test file, gone after it. */
export const temporaryFolder = (): ((name: string, content?: string | Buffer) => string) => {
  const folder = mkdtempSync(join(tmpdir(), "cchc-files-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  };
};

export const COLUMNS = ["code", "unit", "note", "at"] as const;

export const readAll = async (path: string, required: readonly string[] = ["code"], more: Pick<FileShape, "texts" | "sheet"> = {}) => {
  const reading = await readRows(path, COLUMNS, required, more);
  const rows: FileRow[] = [];
  const faults: RowFault[] = [];
  for await (const item of reading.rows) {
    if (isFault(item)) faults.push(item);
    else rows.push(item);
  }
  return { rows, faults, total: reading.total, done: reading.done(), notes: reading.notes() };
};
