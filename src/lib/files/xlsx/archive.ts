import type { Readable } from "node:stream";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { FileError } from "../file-error.ts";
import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";

/** The entries of a ZIP file within the limits; reading an entry fails if it exceeds its declared size. Names of parts ignore case (ECMA-376 part 2). */
export interface Archive {
  readonly path: string;
  readonly sizeOf: (name: string) => number | null;
  readonly read: (name: string) => Promise<Readable>;
  readonly close: () => void;
}

export const openArchive = async (path: string): Promise<Archive> => {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw notXlsx(path, error);
  });
  try {
    const entries = await readEntries(path, zip);
    const find = (name: string) => entries.get(name) ?? entries.get(name.toLowerCase());
    return {
      path,
      sizeOf: (name) => find(name)?.uncompressedSize ?? null,
      read: (name) => {
        const entry = find(name);
        if (!entry) throw new WholeFileError(path, `is not an XLSX workbook: it has no ${name}`);
        return zip.openReadStreamPromise(entry);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw notXlsx(path, error);
  }
};

const readEntries = async (path: string, zip: ZipFile): Promise<ReadonlyMap<string, Entry>> => {
  const { entries: most, bytes: mostBytes, ratio, ratioFromBytes } = XLSX_LIMITS;
  if (zip.entryCount > most) throw new WholeFileError(path, `has ${zip.entryCount} entries; must have at most ${most}`);
  const entries = new Map<string, Entry>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressedSize, uncompressedSize } = entry;
    bytes += uncompressedSize;
    if (bytes > mostBytes) throw new WholeFileError(path, `is larger than the limit of ${mostBytes} bytes uncompressed`);
    if (uncompressedSize > ratioFromBytes && uncompressedSize > compressedSize * ratio) {
      throw new WholeFileError(path, `${fileName} exceeds the compression ratio limit of ${ratio}`);
    }
    entries.set(fileName, entry);
  }
  for (const entry of [...entries.values()])
    if (!entries.has(entry.fileName.toLowerCase())) entries.set(entry.fileName.toLowerCase(), entry);
  return entries;
};

/** Converts errors of ZIP, inflate and XML; errors of the system, of ours and of the program are returned unchanged. */
export const notXlsx = (path: string, error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof FileError || "syscall" in error) return error;
  if (error instanceof TypeError && !("code" in error)) return error;
  return new WholeFileError(path, `is not a readable XLSX workbook (a password makes it unreadable): ${error.message}`);
};
