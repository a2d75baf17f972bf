import { extname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import {
  columnOfField,
  criterionOfCells,
  bandsOfText,
  isIndexKind,
  REQUIRED_RUBRIC_COLUMNS,
  RUBRIC_COLUMNS,
  RUBRIC_TEXTS,
} from "../assessments/rubrics/rubric-file.ts";
import { loadRubric, withMaximum } from "../assessments/rubrics/rubric-load.service.ts";
import type { CriterionInput, ScoreBandInput } from "../assessments/rubrics/rubric.input.ts";
import type { IndexKind } from "../assessments/vocabulary.ts";
import { openDatabase } from "../database/database.ts";
import { unguarded } from "../lib/files/csv-writer.ts";
import { faultsOf, type FileRow, type Item, isFault, recordOf } from "../lib/files/file-row.ts";
import { readRows } from "../lib/files/rows.ts";
import { decimalOf, wholeOf } from "../lib/number.ts";
import { readEnv } from "../server/env.ts";
import { type FindingFiles, type Findings, openFindings } from "./import-findings.ts";
import { userName } from "./user-name.ts";

const MOST_ROWS = 5000;

interface RubricOptions extends FindingFiles {
  readonly organiser: string;
  readonly index: IndexKind;
  readonly block: string;
  readonly blockName: string;
  readonly year: number;
  readonly name: string;
  readonly bonusMax: number;
  readonly penaltyMax: number;
  readonly bands: ScoreBandInput[];
  readonly publish?: true;
  readonly sheet?: string;
}

const parsed =
  <T>(read: (text: string) => T | null, accepted: string) =>
  (text: string): T => {
    const value = read(text);
    if (value === null) throw new InvalidArgumentError(`must be ${accepted}`);
    return value;
  };

const points = parsed(decimalOf, "points, such as 2 or 0.5");

export const rubricCommand = (command: Command): Command =>
  command
    .argument("<file>", `.csv, .ndjson, .jsonl or .xlsx with the columns ${RUBRIC_COLUMNS.join(", ")}; steps as 0.5=10; 0.9=39.5 LINEAR`)
    .requiredOption("--organiser <unit>", "code or id of the unit that judges by it")
    .requiredOption(
      "--index <index>",
      "PAR, DDCI, SERVICE_QUALITY …",
      parsed((text) => (isIndexKind(text) ? text : null), "an index, such as PAR"),
    )
    .requiredOption("--block <code>", "code of the peer block, such as COMMUNES")
    .requiredOption("--block-name <name>", "name of the peer block")
    .requiredOption("--year <year>", "assessed year", parsed(wholeOf, "a year, such as 2026"))
    .requiredOption("--name <name>", "name of the rubric")
    .option("--bonus-max <points>", "the most that bonus may add", points, 0)
    .option("--penalty-max <points>", "the most that penalty may take", points, 0)
    .option(
      "--bands <bands>",
      "classes, as YEU=...50; KHA=50...80; TOT=80... (default: none)",
      parsed(bandsOfText, "classes, such as YEU=...50; KHA=50..."),
      [],
    )
    .option("--publish", "publish it at once; a published rubric never changes")
    .option("--sheet <name>", "sheet of the workbook; required if several sheets have rows")
    .option("--problems <file>", "write problems to this file (default: <file>.problems.csv)");

interface Row {
  readonly row: number;
  readonly cells?: Readonly<Record<string, unknown>>;
}

interface ReadCriteria {
  readonly criteria: CriterionInput[];
  readonly rows: Row[];
}

type Cells = FileRow["cells"];
const unguardedCells = (cells: Cells): Cells =>
  Object.fromEntries(Object.entries(cells).map(([column, cell]) => [column, typeof cell === "string" ? unguarded(cell) : cell]));

const readCriteria = async (path: string, items: AsyncIterable<Item>, { problem }: Findings): Promise<ReadCriteria> => {
  const read: ReadCriteria = { criteria: [], rows: [] };
  const isGuarded = extname(path).toLowerCase() === ".csv";
  for await (const item of items) {
    if (isFault(item)) {
      for (const { column, code, message } of faultsOf(item)) problem({ row: item.row, record: recordOf(item), column, code, message });
      continue;
    }
    if (read.rows.length === MOST_ROWS) throw new Error(`${path} has more rows than the limit of ${MOST_ROWS}`);
    const { input, problems } = criterionOfCells(isGuarded ? unguardedCells(item.cells) : item.cells);
    for (const one of problems) problem({ row: item.row, record: recordOf(item), ...one });
    read.criteria.push(input);
    read.rows.push(item);
  }
  return read;
};

/** Imports a rubric: all rows or none. Where there is one, the file becomes its next version. */
export const importRubric = async (path: string, options: RubricOptions): Promise<void> => {
  const findings = openFindings(path, options, (line) => console.error(line));
  try {
    const reading = await readRows(path, RUBRIC_COLUMNS, REQUIRED_RUBRIC_COLUMNS, { texts: RUBRIC_TEXTS, sheet: options.sheet });
    const read = await readCriteria(path, reading.rows, findings);
    for (const note of reading.notes()) console.log(note);
    if (findings.count() === 0) await load(read, options, findings);
  } finally {
    findings.end();
  }
  if (findings.count() === 0) return;
  console.log("nothing was stored");
  process.exitCode = 1;
};

const load = async ({ criteria, rows }: ReadCriteria, options: RubricOptions, { problem }: Findings): Promise<void> => {
  const { organiser, index, block, blockName, year, name, bonusMax, penaltyMax, bands, publish } = options;
  const input = withMaximum({ organiser, index, block, blockName, year, name, bonusMax, penaltyMax, bands, criteria });
  const actor = userName();
  const database = await openDatabase(readEnv(process.env));
  try {
    const by = { actor: `command:${actor}`, actorName: actor, at: new Date() };
    const { rubric, problems } = await loadRubric(database, input, { by, operation: "import rubric", isPublished: publish === true });
    for (const {
      path: [list, n, field],
      code,
      message,
    } of problems) {
      const item = list === "criteria" && n !== undefined ? rows[Number(n)] : undefined;
      // Row 1 is the header, to which the options belong.
      problem({ row: item?.row ?? 1, record: item ? recordOf(item) : null, column: item ? columnOfField(field) : null, code, message });
    }
    if (rubric) console.log(`${rubric.id}: version ${rubric.version}, ${publish ? "published" : "a draft"}, ${criteria.length} criteria`);
  } finally {
    await database.close();
  }
};
