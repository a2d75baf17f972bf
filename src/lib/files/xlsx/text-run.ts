import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";

const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/** The text of a cell, which arrives in parts. */
export class TextRun {
  readonly #path: string;
  #text = "";

  constructor(path: string) {
    this.#path = path;
  }

  add(part: string): void {
    this.#text += part;
    if (this.#text.length > XLSX_LIMITS.cellCharacters) {
      throw new WholeFileError(this.#path, `a cell has more characters than the limit of ${XLSX_LIMITS.cellCharacters}`);
    }
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** Decodes _x000D_, by which XLSX writes characters that XML forbids, and normalises to NFC. */
export const unescaped = (text: string): string =>
  (text.includes("_x") ? text.replaceAll(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text).normalize(
    "NFC",
  );
