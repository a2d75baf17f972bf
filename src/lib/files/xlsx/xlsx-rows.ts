import type { Counter, FileShape, Item } from "../file-row.ts";
import { type Archive, notXlsx, openArchive } from "./archive.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { chooseSheet } from "./sheet-choice.ts";
import { SheetRows } from "./sheet-rows.ts";
import { SheetListener } from "./sheet.ts";
import { StringTable } from "./string-table.ts";
import { readWorkbook } from "./workbook.ts";
import { readXml } from "./xml.ts";

/**
 * The rows of the named sheet of a workbook, or of the only one with rows; hidden rows are read and noted. @throws FileError for an invalid workbook, a limit, an ambiguous
 * sheet or an invalid header.
 */
export async function* readXlsxRows(shape: FileShape, counter: Counter, size: number): AsyncGenerator<readonly Item[]> {
  const archive = await openArchive(shape.path);
  try {
    yield* sheetRows(shape, archive, counter, size);
  } catch (error) {
    throw notXlsx(shape.path, error);
  } finally {
    archive.close();
  }
}

async function* sheetRows(shape: FileShape, archive: Archive, counter: Counter, size: number): AsyncGenerator<readonly Item[]> {
  const workbook = await readWorkbook(archive);
  const { sharedStrings } = workbook;
  const strings = new StringTable(shape.path);
  const stringBytes = archive.sizeOf(sharedStrings ?? "") ?? 0;
  let inflated = stringBytes;
  let read = 0;
  // The compressed share is estimated from the uncompressed bytes.
  const count = (bytes: number) => {
    read += bytes;
    counter.bytes = Math.min(size, Math.round((size * read) / Math.max(inflated, 1)));
  };
  for (const { part } of workbook.sheets) inflated += archive.sizeOf(part) ?? 0;
  if (sharedStrings !== null) for await (const bytes of readSharedStrings(archive, sharedStrings, strings)) count(bytes);
  const { sheet, notes } = await chooseSheet({ shape, archive, workbook, strings });
  inflated = stringBytes + (archive.sizeOf(sheet.part) ?? 0);
  const rows = new SheetRows({ shape, workbook, strings });
  for await (const bytes of readXml(shape.path, await archive.read(sheet.part), new SheetListener(shape.path, rows))) {
    count(bytes);
    yield rows.take();
  }
  rows.end(workbook.sheets.length === 1 ? "the sheet" : `the sheet ${JSON.stringify(sheet.name)}`);
  counter.notes.push(...notes, ...rows.notes());
}
