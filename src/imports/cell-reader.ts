import { INSTANT_FORM } from "../lib/time/instant.ts";
import type { ImportRowProblem } from "./import-report.ts";

const FLAGS = new Map([
  ["true", true],
  ["false", false],
]);

export type Cells = Readonly<Record<string, unknown>>;

/** Reads sheet cells and collects unreadable ones. */
export class CellReader {
  readonly problems: ImportRowProblem[] = [];
  readonly #cells: Cells;

  constructor(cells: Cells) {
    this.#cells = cells;
  }

  add(field: string, code: string, accepted: string): void {
    const cell = this.#cells[field] ?? null;
    const shown = JSON.stringify(cell);
    const message = `${field}: ${shown.length > 120 ? `${shown.slice(0, 117)}...` : shown} is not accepted; must be ${accepted}`;
    this.problems.push({ field, code, message, value: cell === null ? undefined : typeof cell === "string" ? cell : shown });
  }

  /** Null for an empty cell. */
  cell(field: string): unknown {
    const cell = this.#cells[field];
    return cell === undefined || cell === "" ? null : cell;
  }

  text(field: string): string | null {
    const cell = this.cell(field);
    if (cell === null) return null;
    if (typeof cell === "string") return cell.normalize("NFC");
    if (typeof cell === "number" && Number.isSafeInteger(cell)) return String(cell);
    this.add(field, "TEXT_EXPECTED", "a text");
    return null;
  }

  instant(field: string): string | null {
    const cell = this.cell(field);
    if (cell === null || typeof cell === "string") return cell;
    this.add(field, "INSTANT_MALFORMED", INSTANT_FORM);
    return null;
  }

  required(field: string, read: "text" | "instant" = "text"): string {
    const found = this[read](field);
    if (found === null && this.problems.every((problem) => problem.field !== field))
      this.add(field, "VALUE_MISSING", "a value, which is required");
    return found ?? "";
  }

  flag(field: string): boolean | null {
    const cell = this.cell(field);
    if (cell === null) return null;
    const flag = typeof cell === "string" ? FLAGS.get(cell.toLowerCase()) : typeof cell === "boolean" ? cell : undefined;
    if (flag === undefined) this.add(field, "FLAG_MALFORMED", "true, false or empty");
    return flag ?? null;
  }
}
