import { posix } from "node:path";
import { WholeFileError } from "../file-row.ts";
import type { Archive } from "./archive.ts";
import { isDateFormat } from "./date-cell.ts";
import { XLSX_LIMITS } from "./limits.ts";
import { type Attributes, readWholeXml } from "./xml.ts";

export interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
  readonly part: string;
}

export interface Workbook {
  /** Sheets with rows and columns; chart sheets have none. */
  readonly sheets: readonly Sheet[];
  readonly sharedStrings: string | null;
  readonly isFrom1904: boolean;
  /** By cell format: true if its numbers are days or times. */
  readonly isDate: readonly boolean[];
}

export const readWorkbook = async (archive: Archive): Promise<Workbook> => {
  const main = ofType(await relationships(archive, ""), "officeDocument");
  if (!main) throw new WholeFileError(archive.path, "is not an XLSX workbook");
  const listed: Attributes[] = [];
  let isFrom1904 = false;
  await readWholeXml(archive.path, await archive.read(main), {
    open: (name, attributes) => {
      if (name === "workbookPr") isFrom1904 = ["1", "true"].includes(attributes["date1904"] ?? "");
      if (name === "sheet") listed.push(attributes);
      checkCount(archive, listed.length, "sheets");
    },
  });
  const parts = await relationships(archive, main);
  const sheets = listed.flatMap((attributes): Sheet[] => {
    const part = parts.get(relationshipId(attributes) ?? "");
    const { name = "", state = "visible" } = attributes;
    return part?.type === "worksheet" ? [{ name: name.normalize("NFC"), isHidden: state !== "visible", part: part.target }] : [];
  });
  if (sheets.length === 0) throw new WholeFileError(archive.path, "has no sheet with rows and columns");
  const isDate = await dateFormats(archive, ofType(parts, "styles"));
  return { sheets, sharedStrings: ofType(parts, "sharedStrings"), isFrom1904, isDate };
};

interface Relationship {
  readonly type: string;
  readonly target: string;
}

const relationships = async (archive: Archive, part: string): Promise<ReadonlyMap<string, Relationship>> => {
  const folder = part === "" ? "" : posix.dirname(part);
  const found = new Map<string, Relationship>();
  const name = posix.join(folder, "_rels", `${posix.basename(part)}.rels`);
  await readWholeXml(archive.path, await archive.read(name), {
    open: (tag, { Id: id = "", Type: type = "", Target: target = "" }) => {
      if (tag !== "Relationship") return;
      const given = decoded(target);
      const path = given.startsWith("/") ? given.slice(1) : posix.join(folder, given);
      found.set(id, { type: type.split("/").at(-1)!, target: path });
      checkCount(archive, found.size, "relationships");
    },
  });
  return found;
};

/** Names of parts are percent-encoded. */
const decoded = (target: string): string => {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
};

const ofType = (parts: ReadonlyMap<string, Relationship>, type: string): string | null =>
  [...parts.values()].find((part) => part.type === type)?.target ?? null;

/** The writer chooses the prefix of the attribute. */
const relationshipId = (attributes: Attributes): string | undefined =>
  Object.entries(attributes).find(([name]) => name === "r:id" || name.endsWith(":id"))?.[1];

const dateFormats = async (archive: Archive, part: string | null): Promise<readonly boolean[]> => {
  const codes = new Map<number, string>();
  const isDate: boolean[] = [];
  if (part === null) return isDate;
  let isCellFormats = false;
  await readWholeXml(archive.path, await archive.read(part), {
    open: (name, { numFmtId = "0", formatCode = "" }) => {
      if (name === "numFmt") codes.set(Number(numFmtId), formatCode.slice(0, 1000));
      else if (name === "cellXfs") isCellFormats = true;
      else if (name === "xf" && isCellFormats) isDate.push(isDateFormat(Number(numFmtId), codes.get(Number(numFmtId))));
      checkCount(archive, codes.size + isDate.length, "formats");
    },
    close: (name) => {
      if (name === "cellXfs") isCellFormats = false;
    },
  });
  return isDate;
};

const checkCount = ({ path }: Archive, count: number, what: string): void => {
  if (count > XLSX_LIMITS.listed) throw new WholeFileError(path, `has more ${what} than the limit of ${XLSX_LIMITS.listed}`);
};
