import { type FileShape, WholeFileError } from "../file-row.ts";
import type { Archive } from "./archive.ts";
import type { StringTable } from "./string-table.ts";
import type { Sheet, Workbook } from "./workbook.ts";
import { readXml, type XmlListener } from "./xml.ts";

interface Choosing {
  readonly shape: FileShape;
  readonly archive: Archive;
  readonly workbook: Workbook;
  readonly strings: StringTable;
}

export interface Choice {
  readonly sheet: Sheet;
  readonly notes: readonly string[];
}

/** Returns the named sheet, or the only one with rows. @throws FileError if there is none, or several have rows. */
export const chooseSheet = async (choosing: Choosing): Promise<Choice> => {
  const { shape, workbook } = choosing;
  const sheet = shape.sheet === undefined ? await onlyWithRows(choosing) : named(choosing, shape.sheet);
  const others = workbook.sheets.filter((one) => one !== sheet);
  return {
    sheet,
    notes: [
      ...(sheet.isHidden ? [`the hidden sheet ${quoted(sheet)} was read`] : []),
      ...(shape.sheet !== undefined && others.length > 0 ? [`other sheets were not read: ${others.map(shown).join(", ")}`] : []),
    ],
  };
};

const quoted = ({ name }: Sheet): string => JSON.stringify(name);
const shown = (sheet: Sheet): string => (sheet.isHidden ? `${quoted(sheet)} (hidden)` : quoted(sheet));
/** Sheet names of a workbook ignore case. */
const folded = (name: string): string => name.normalize("NFC").trim().toLowerCase();

const named = ({ shape: { path }, workbook: { sheets } }: Choosing, name: string): Sheet => {
  const found = sheets.find((sheet) => sheet.name === name) ?? sheets.find((sheet) => folded(sheet.name) === folded(name));
  if (found) return found;
  throw new WholeFileError(path, `has no sheet ${JSON.stringify(name)}; it has ${sheets.map(shown).join(", ")}`);
};

const onlyWithRows = async (choosing: Choosing): Promise<Sheet> => {
  const { sheets } = choosing.workbook;
  if (sheets.length === 1) return sheets[0]!;
  const found: { readonly sheet: Sheet; readonly content: Content }[] = [];
  for (const sheet of sheets) found.push({ sheet, content: await contentOf(choosing, sheet, 1) });
  const filled = found.filter(({ content }) => content.rows > 0);
  if (filled.length === 1) return filled[0]!.sheet;
  if (filled.length === 0) return (found.find(({ content }) => content.hasHeader) ?? found[0]!).sheet;
  const counted: string[] = [];
  for (const { sheet } of filled) {
    const { rows } = await contentOf(choosing, sheet, Infinity);
    counted.push(`${quoted(sheet)} (${sheet.isHidden ? "hidden, " : ""}${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"})`);
  }
  const problem = `has rows on ${counted.length} sheets: ${counted.join(", ")}; select one with --sheet, and import them one by one`;
  throw new WholeFileError(choosing.shape.path, problem);
};

interface Content {
  readonly hasHeader: boolean;
  readonly rows: number;
}

/** Reads a sheet until enough rows are found. */
const contentOf = async ({ shape, archive, strings }: Choosing, { part }: Sheet, enough: number): Promise<Content> => {
  const counter = new RowCounter(new Set(shape.columns), strings);
  const stream = await archive.read(part);
  for await (const _ of readXml(shape.path, stream, counter)) if (counter.rows >= enough) break;
  stream.destroy();
  return counter;
};

/** Counts rows with content only, because limits apply to the sheet that is imported. */
class RowCounter implements XmlListener, Content {
  readonly #columns: ReadonlySet<string>;
  readonly #strings: StringTable;
  rows = 0;
  hasHeader = false;
  #isFirst = true;
  /** Content of the first row with content, which may be the header, and part of the later ones. */
  #texts: string[] = [];
  #text = "";
  #type = "n";
  #isText = false;
  #isFormula = false;

  constructor(columns: ReadonlySet<string>, strings: StringTable) {
    this.#columns = columns;
    this.#strings = strings;
  }

  readonly open = (name: string, { t = "n" }: Readonly<Record<string, string>>): void => {
    if (name === "row") this.#texts = [];
    else if (name === "c") [this.#type, this.#text, this.#isFormula] = [t, "", false];
    else if (name === "v" || name === "t") this.#isText = true;
    else if (name === "f") this.#isFormula = true;
  };

  readonly text = (part: string): void => {
    if (this.#isText && this.#text.length < MOST_CHARACTERS) this.#text += part;
  };

  readonly close = (name: string): void => {
    if (name === "v" || name === "t") this.#isText = false;
    else if (name === "c") this.#closeCell();
    else if (name === "row" && this.#texts.length > 0) this.#closeRow();
  };

  #closeCell(): void {
    if (!this.#isFirst && this.#texts.length > 0) return;
    const text = this.#type === "s" && this.#text !== "" ? (this.#strings.get(Number(this.#text)) ?? this.#text) : this.#text;
    if (text !== "" || this.#isFormula) this.#texts.push(text);
  }

  #closeRow(): void {
    this.hasHeader ||= this.#isFirst && this.#texts.every((text) => this.#columns.has(text));
    if (!this.#isFirst || !this.hasHeader) this.rows++;
    this.#isFirst = false;
  }
}

const MOST_CHARACTERS = 1000;
