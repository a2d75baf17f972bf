import { constants, crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** What comes before the content. */
  readonly head?: string;
  /** The content so many times. */
  readonly times?: number;
  /** Values of the directory that differ from the file. */
  readonly says?: { readonly size?: number; readonly compressed?: number };
}

const END_OF_DEFLATE = Buffer.from([3, 0]);

const deflated = (bytes: Buffer): Buffer => deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });

/** A ZIP file, which may lie. A repeated content is deflated once, up to a flush, so that large entries cost little to write. */
export const zipOf = (entries: readonly ZipEntry[]): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, head = "", times = 1, says = {} } of entries) {
    const bytes = Buffer.from(content);
    const piece = deflated(bytes);
    const data = Buffer.concat([deflated(Buffer.from(head)), ...Array.from({ length: times }, () => piece), END_OF_DEFLATE]);
    let sum = crc32(head);
    for (let n = 0; n < times; n++) sum = crc32(bytes, sum);
    const file = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(sum, 10);
    common.writeUInt32LE(says.compressed ?? data.length, 14);
    common.writeUInt32LE(says.size ?? head.length + bytes.length * times, 18);
    common.writeUInt16LE(file.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), common, place, file);
    const local = [Buffer.from("PK\u0003\u0004", "latin1"), common, file, data];
    parts.push(...local);
    offset += local.reduce((size, { length }) => size + length, 0);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
};

const RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relations = (...list: readonly (readonly [string, string, string])[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Relationships>${list
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${RELATION}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

export interface SheetParts {
  /** What is inside of sheetData. */
  readonly rows: string;
  /** The items of the shared strings. */
  readonly strings?: string;
  readonly formats?: string;
  readonly properties?: string;
}

/** The entries of a workbook with two sheets, the first of which is named second in the archive. */
export const workbookOf = ({ rows, strings = "", formats = "", properties = "" }: SheetParts): ZipEntry[] => [
  { name: "_rels/.rels", content: relations(["r1", "officeDocument", "xl/workbook.xml"]) },
  {
    name: "xl/workbook.xml",
    content: `<workbook xmlns:r="${RELATION}">${properties}<sheets><sheet name="Hồ sơ" sheetId="2" r:id="a"/><sheet name="Khác" sheetId="1" r:id="b"/></sheets></workbook>`,
  },
  {
    name: "xl/_rels/workbook.xml.rels",
    content: relations(
      ["b", "worksheet", "worksheets/sheet1.xml"],
      ["a", "worksheet", "/xl/worksheets/sheet2.xml"],
      ["s", "styles", "styles.xml"],
      ["t", "sharedStrings", "sharedStrings.xml"],
    ),
  },
  { name: "xl/styles.xml", content: `<styleSheet>${formats}</styleSheet>` },
  { name: "xl/sharedStrings.xml", content: `<sst>${strings}</sst>` },
  { name: "xl/worksheets/sheet1.xml", content: "<worksheet><sheetData/></worksheet>" },
  { name: "xl/worksheets/sheet2.xml", content: `\uFEFF<worksheet><sheetData>${rows}</sheetData></worksheet>` },
];

export interface SheetDraft {
  readonly name: string;
  /** What is inside of sheetData. */
  readonly rows?: string;
  /** Before and after sheetData. */
  readonly before?: string;
  readonly after?: string;
  readonly state?: "hidden" | "veryHidden";
  readonly kind?: "worksheet" | "chartsheet";
}

/** A number with this format, the second, is a day; so is one with the third, which has hours. */
export const DAY_FORMATS = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>';

/** The entries of a workbook with these sheets, in their order. */
export const sheetsOf = (sheets: readonly SheetDraft[]): ZipEntry[] => [
  { name: "_rels/.rels", content: relations(["r1", "officeDocument", "xl/workbook.xml"]) },
  {
    name: "xl/workbook.xml",
    content: `<workbook xmlns:r="${RELATION}"><sheets>${sheets
      .map(({ name, state = "visible" }, n) => `<sheet name="${name}" sheetId="${n + 1}" state="${state}" r:id="s${n}"/>`)
      .join("")}</sheets></workbook>`,
  },
  {
    name: "xl/_rels/workbook.xml.rels",
    content: relations(
      ["f", "styles", "styles.xml"],
      ...sheets.map(({ kind = "worksheet" }, n) => [`s${n}`, kind, partOf(kind, n)] as const),
    ),
  },
  { name: "xl/styles.xml", content: `<styleSheet>${DAY_FORMATS}</styleSheet>` },
  ...sheets.map(({ rows = "", before = "", after = "", kind = "worksheet" }, n) => ({
    name: `xl/${partOf(kind, n)}`,
    content: kind === "worksheet" ? `<worksheet>${before}<sheetData>${rows}</sheetData>${after}</worksheet>` : "<chartsheet/>",
  })),
];

const partOf = (kind: string, n: number): string => `${kind}s/sheet${n + 1}.xml`;

/** The entries with the content of one replaced. */
export const replaced = (entries: readonly ZipEntry[], entry: ZipEntry): ZipEntry[] =>
  entries.map((old) => (old.name === entry.name ? entry : old));

export const text = (value: string, reference = ""): string =>
  `<c${reference === "" ? "" : ` r="${reference}"`} t="inlineStr"><is><t>${value}</t></is></c>`;
export const HEADER = `<row r="1">${["code", "unit", "note", "at"].map((name) => text(name)).join("")}</row>`;
