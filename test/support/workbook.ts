import { type Entry, fromBuffer, type ZipFile } from "yauzl";

export type WorkbookCell = string | number | null;

const partsOf = (file: Buffer): Promise<Map<string, string>> =>
  new Promise((done, fail) => {
    const parts = new Map<string, string>();
    fromBuffer(file, { lazyEntries: true }, (error, zip?: ZipFile) => {
      if (!zip) return fail(error);
      zip.on("end", () => done(parts)).on("error", fail);
      zip.on("entry", (entry: Entry) =>
        zip.openReadStream(entry, (failed, stream) => {
          if (!stream) return fail(failed);
          const pieces: Buffer[] = [];
          stream.on("data", (piece: Buffer) => pieces.push(piece)).on("error", fail);
          stream.on("end", () => {
            parts.set(entry.fileName, String(Buffer.concat(pieces)));
            zip.readEntry();
          });
        }),
      );
      zip.readEntry();
    });
  });

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const textsIn = (xml: string): string =>
  [...xml.matchAll(/<t(?: [^>]*)?>([^<]*)<\/t>/g)]
    .map(([, text]) => text!.replace(/&(\w+);/g, (_, name: string) => ENTITIES[name]!))
    .join("");
const columnOf = (reference: string): number =>
  [.../^[A-Z]+/.exec(reference)![0]].reduce((column, letter) => 26 * column + letter.charCodeAt(0) - 64, 0) - 1;

/** The cells of the first sheet of a workbook by row and column, as a spreadsheet shows them: only a number is a number. */
export const cellsOfWorkbook = async (file: Buffer): Promise<WorkbookCell[][]> => {
  const parts = await partsOf(file);
  const strings = [...(parts.get("xl/sharedStrings.xml") ?? "").matchAll(/<si>(.*?)<\/si>/gs)].map(([, item]) => textsIn(item!));
  const rows = [...parts.get("xl/worksheets/sheet1.xml")!.matchAll(/<row [^>]*>(.*?)<\/row>/gs)];
  return rows.map(([, row]) => {
    const cells: WorkbookCell[] = [];
    for (const [, reference, attributes, content] of row!.matchAll(/<c r="([A-Z]+\d+)"([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const type = / t="(\w+)"/.exec(attributes!)?.[1] ?? "n";
      const value = /<v>(.*?)<\/v>/.exec(content ?? "")?.[1];
      const shown =
        type === "s" ? strings[Number(value)]! : type === "n" ? (value === undefined ? null : Number(value)) : textsIn(content!);
      while (cells.length < columnOf(reference!)) cells.push(null);
      cells.push(shown);
    }
    return cells;
  });
};
