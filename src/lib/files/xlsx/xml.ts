import type { Readable } from "node:stream";
import { SaxesParser } from "saxes";
import { WholeFileError } from "../file-row.ts";
import { XLSX_LIMITS } from "./limits.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Events of an XML document, in its order; names have no prefix. */
export interface XmlListener {
  readonly open: (name: string, attributes: Attributes) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/**
 * Reports a document to a listener chunk by chunk, and yields the size of each chunk. Entities are not expanded: a document with a DOCTYPE is refused. The size of a tag or
 * text is limited.
 */
export async function* readXml(path: string, stream: Readable, listener: XmlListener): AsyncGenerator<number> {
  const parser = new SaxesParser();
  let reported = 0;
  let depth = 0;
  const fail = (problem: string) => new WholeFileError(path, `its XML ${problem}`);
  parser.on("doctype", () => {
    throw fail("declares a DOCTYPE, which is not accepted");
  });
  parser.on("opentag", ({ name, attributes }) => {
    reported++;
    if (++depth > XLSX_LIMITS.depth) throw fail(`is nested deeper than the limit of ${XLSX_LIMITS.depth}`);
    listener.open(local(name), attributes);
  });
  parser.on("closetag", ({ name }) => {
    reported++;
    depth--;
    listener.close?.(local(name));
  });
  const text = (part: string) => {
    reported++;
    listener.text?.(part);
  };
  parser.on("text", text);
  parser.on("cdata", text);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [seen, since] = [0, 0];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    parser.write(decoder.decode(chunk, { stream: true }));
    since = reported === seen ? since + chunk.length : 0;
    seen = reported;
    if (since > XLSX_LIMITS.markupCharacters) {
      throw fail(`has a tag, text or comment longer than the limit of ${XLSX_LIMITS.markupCharacters} characters`);
    }
    yield chunk.length;
  }
  parser.write(decoder.decode()).close();
}

export const readWholeXml = async (path: string, stream: Readable, listener: XmlListener): Promise<void> => {
  const chunks = readXml(path, stream, listener);
  while (!(await chunks.next()).done);
};

const local = (name: string): string => {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
};
