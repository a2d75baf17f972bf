import { closeSync, fchmodSync, openSync, realpathSync, rmSync, statSync, writeSync } from "node:fs";
import { csvLine } from "./csv-writer.ts";

export interface FileProblem {
  readonly row: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly record: string | null;
}

export interface ProblemFile {
  readonly write: (problem: FileProblem) => void;
  readonly close: () => void;
}

const BUFFER_CHARACTERS = 65_536;
const OWNER_ONLY = 0o600;

const COLUMNS = ["row", "column", "code", "message", "record"] as const;

/** A CSV file of problems that only its owner can read. It is created with the first problem; an older file of the name is deleted at once. */
export const openProblemFile = (path: string): ProblemFile => {
  removeOld(path);
  let file: number | null = null;
  let buffer = "";
  const flush = () => {
    if (file !== null && buffer !== "") writeWhole(file, Buffer.from(buffer, "utf8"));
    buffer = "";
  };
  return {
    write: (problem) => {
      file ??= create(path);
      buffer += csvLine(COLUMNS.map((name) => String(problem[name] ?? "")));
      if (buffer.length > BUFFER_CHARACTERS) flush();
    },
    close: () => {
      if (file === null) return;
      flush();
      closeSync(file);
      file = null;
    },
  };
};

const removeOld = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(realpathSync(path));
};

const create = (path: string): number => {
  const file = openSync(path, "w", OWNER_ONLY);
  // An existing file has the mode of its creation.
  fchmodSync(file, OWNER_ONLY);
  writeWhole(file, Buffer.from(csvLine(COLUMNS)));
  return file;
};

const writeWhole = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
};
