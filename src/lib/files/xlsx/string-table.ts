import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";

const PAGE_BYTES = 1_048_576;
/** Memory of a text besides its bytes: its positions in two lists, which may be half empty. */
const PLACE_BYTES = 32;

/** Texts by number, stored as bytes, because substrings of a chunk of XML would keep the whole chunk in memory. */
export class StringTable {
  readonly #path: string;
  readonly #pages: Buffer[] = [];
  /** Start of each text: page times page size plus offset. A text lies in one page. */
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  #free = PAGE_BYTES;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(text: string): void {
    const size = Buffer.byteLength(text, "utf8");
    this.#bytes += size + PLACE_BYTES;
    if (this.#bytes > XLSX_LIMITS.sharedStringBytes) {
      throw new WholeFileError(this.#path, `its shared strings exceed the limit of ${XLSX_LIMITS.sharedStringBytes} bytes`);
    }
    if (this.#free + size >= PAGE_BYTES) {
      this.#pages.push(Buffer.allocUnsafeSlow(PAGE_BYTES));
      this.#free = 0;
    }
    this.#starts.push((this.#pages.length - 1) * PAGE_BYTES + this.#free);
    this.#sizes.push(size);
    this.#free += this.#pages.at(-1)!.write(text, this.#free, "utf8");
  }

  get(index: number): string | undefined {
    const start = this.#starts[index];
    if (start === undefined) return undefined;
    const place = start % PAGE_BYTES;
    return this.#pages[(start - place) / PAGE_BYTES]!.toString("utf8", place, place + this.#sizes[index]!);
  }
}
