import type { Archive } from "./archive.ts";
import { StringTable } from "./string-table.ts";
import { TextRun, unescaped } from "./text-run.ts";
import { readXml } from "./xml.ts";

/** Reads the texts that cells refer to by number, and yields the size of each chunk. */
export async function* readSharedStrings(archive: Archive, part: string, table: StringTable): AsyncGenerator<number> {
  const text = new TextRun(archive.path);
  let isText = false;
  let isPhonetic = false;
  yield* readXml(archive.path, await archive.read(part), {
    open: (name) => {
      if (name === "t") isText = !isPhonetic;
      else if (name === "rPh") isPhonetic = true;
    },
    text: (piece) => {
      if (isText) text.add(piece);
    },
    close: (name) => {
      if (name === "t") isText = false;
      else if (name === "rPh") isPhonetic = false;
      else if (name === "si") table.add(unescaped(text.take()));
    },
  });
}
