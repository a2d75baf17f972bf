import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";

const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/** The text of a cell, which comes in parts. */
export class TextRun {
  readonly #path: string;
  #text = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws FileError where it becomes longer than a cell can be. */
  add(part: string): void {
    this.#text += part;
    if (this.#text.length > XLSX_LIMITS.cellCharacters) {
      throw new WholeFileError(this.#path, `a cell has more than ${XLSX_LIMITS.cellCharacters} characters, which is the limit`);
    }
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** Characters that XML cannot hold are written as _x000D_; and text is brought into NFC. */
export const unescaped = (text: string): string =>
  (text.includes("_x") ? text.replaceAll(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text).normalize(
    "NFC",
  );
