import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import type { Counter, RowFaultCode } from "./file-row.ts";

export const MAX_LINE_BYTES = 1_048_576;
const CHUNK_BYTES = 65_536;
const LINE_FEED = 10;

export interface LineFault {
  readonly code: RowFaultCode;
  readonly message: string;
}

export type Line = string | LineFault;

const TOO_LONG: LineFault = { code: "LINE_TOO_LONG", message: `the line is longer than ${MAX_LINE_BYTES} bytes` };
const NOT_UTF8: LineFault = { code: "NOT_UTF8", message: "the line is not UTF-8" };

/** Reads a text file, a few thousand lines at a time, in NFC or unchanged. */
export async function* readLines(path: string, counter: Counter, form: "NFC" | null): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter(form);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    counter.bytes += chunk.length;
    yield splitter.push(chunk);
  }
  yield splitter.end();
}

class LineSplitter {
  readonly #form: "NFC" | null;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isFirst = true;
  #isDropping = false;

  constructor(form: "NFC" | null) {
    this.#form = form;
  }

  push(chunk: Buffer): readonly Line[] {
    const bytes = this.#isFirst ? withoutMark(chunk) : chunk;
    this.#isFirst = false;
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      this.#keep(bytes);
      return [];
    }
    const block = this.#restBytes === 0 ? bytes.subarray(0, end) : Buffer.concat([...this.#rest, bytes.subarray(0, end)]);
    const isTooLong = this.#isDropping || block.indexOf(LINE_FEED) > MAX_LINE_BYTES;
    this.#isDropping = false;
    this.#clear();
    this.#keep(bytes.subarray(end));
    return isTooLong ? [TOO_LONG, ...linesOf(block.subarray(block.indexOf(LINE_FEED) + 1), this.#form)] : linesOf(block, this.#form);
  }

  end(): readonly Line[] {
    if (this.#isDropping) return [TOO_LONG];
    return linesOf(Buffer.concat(this.#rest), this.#form);
  }

  #keep(bytes: Buffer): void {
    if (this.#isDropping || bytes.length === 0) return;
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    if (this.#restBytes <= MAX_LINE_BYTES) return;
    this.#isDropping = true;
    this.#clear();
  }

  #clear(): void {
    this.#rest = [];
    this.#restBytes = 0;
  }
}

const withoutMark = (bytes: Buffer): Buffer => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes);

const linesOf = (block: Buffer, form: "NFC" | null): readonly Line[] => {
  if (block.length === 0) return [];
  const bytes = block.at(-1) === LINE_FEED ? block.subarray(0, -1) : block;
  if (isUtf8(bytes)) return textLines(bytes.toString("utf8"), form);
  const lines: Line[] = [];
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    lines.push(isUtf8(line) ? textLines(line.toString("utf8"), form)[0]! : NOT_UTF8);
    start = end + 1;
  }
  return lines;
};

/** NFC does not change line breaks and commas, so that whole blocks can be normalised. */
const textLines = (text: string, form: "NFC" | null): readonly string[] => {
  const lines = (form ? text.normalize(form) : text).split("\n");
  return text.includes("\r") ? lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)) : lines;
};
