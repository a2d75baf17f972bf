import type { Command } from "commander";
import { cycleNamed } from "../assessments/cycles/cycle.service.ts";
import { recordSurvey } from "../assessments/cycles/survey.service.ts";
import { assessmentIdOf } from "../assessments/assessment-id.ts";
import { rubricLoaders } from "../assessments/rubrics/rubric.loaders.ts";
import type { RequestContext } from "../access/request-context.ts";
import { openDatabase } from "../database/database.ts";
import { faultsOf, type FileRow, type Item, isFault } from "../lib/files/file-row.ts";
import { readRows } from "../lib/files/rows.ts";
import { decimalOf, wholeOf } from "../lib/number.ts";
import { readEnv } from "../server/env.ts";
import { commandContext } from "../access/command-context.ts";
import { userName } from "./user-name.ts";
import { type FindingFiles, type Findings, openFindings } from "./import-findings.ts";

const COLUMNS = ["unit", "criterion", "respondents", "weight", "count"] as const;
const TEXTS = ["unit", "criterion", "respondents"] as const;
const MOST_ROWS = 50_000;

interface SurveyOptions extends FindingFiles {
  readonly cycle: string;
  readonly sheet?: string;
}

export const surveyCommand = (command: Command): Command =>
  command
    .argument(
      "<file>",
      `.csv, .ndjson, .jsonl or .xlsx with the columns ${COLUMNS.join(", ")}: a row for each weight (0 to 1) that a group of respondents gave, with how many gave it; criterion as its code`,
    )
    .requiredOption("--cycle <id>", "id of the cycle, which is in the stage SURVEY")
    .option("--sheet <name>", "sheet of the workbook; required if several sheets have rows")
    .option("--problems <file>", "write problems to this file (default: <file>.problems.csv)");

/** The answers of one group of respondents about one criterion of a unit, with the rows that have their counts. */
interface Group {
  readonly unit: string;
  readonly criterion: string;
  readonly respondents: string;
  readonly counts: { readonly weight: number; readonly count: number }[];
  readonly rows: FileRow[];
}

/** Imports the answers of a survey: all rows or none. Those that were sent before for the same group are replaced. */
export const importSurvey = async (path: string, options: SurveyOptions): Promise<void> => {
  const findings = openFindings(path, options, (line) => console.error(line));
  try {
    const reading = await readRows(path, COLUMNS, COLUMNS, { texts: TEXTS, sheet: options.sheet });
    const groups = await readGroups(path, reading.rows, findings);
    for (const note of reading.notes()) console.log(note);
    if (findings.count() === 0) await store(groups, options.cycle, findings);
  } finally {
    findings.end();
  }
  if (findings.count() === 0) return;
  console.log("nothing was stored");
  process.exitCode = 1;
};

const readGroups = async (path: string, items: AsyncIterable<Item>, findings: Findings): Promise<Group[]> => {
  const groups = new Map<string, Group>();
  let rows = 0;
  for await (const item of items) {
    if (isFault(item)) {
      for (const { column, code, message } of faultsOf(item)) findings.problem({ row: item.row, record: null, column, code, message });
      continue;
    }
    if (++rows > MOST_ROWS) throw new Error(`${path} has more rows than the limit of ${MOST_ROWS}`);
    const text = (column: (typeof COLUMNS)[number]) => textOfCell(item.cells[column]);
    const number = (column: "weight" | "count", read: (given: string) => number | null, accepted: string): number => {
      const cell = item.cells[column];
      const value = typeof cell === "number" ? cell : read(text(column));
      if (value !== null) return value;
      const message = `${column}: ${JSON.stringify(cell)} is not accepted; must be ${accepted}`;
      findings.problem({ row: item.row, record: null, column, code: "BAD_NUMBER", message });
      return 0;
    };
    const [unit, criterion, respondents] = TEXTS.map(text) as [string, string, string];
    const key = JSON.stringify([unit, criterion, respondents]);
    const group = groups.get(key) ?? { unit, criterion, respondents, counts: [], rows: [] };
    groups.set(key, group);
    group.counts.push({ weight: number("weight", decimalOf, "a weight, such as 0.6"), count: number("count", wholeOf, "a whole number") });
    group.rows.push(item);
  }
  return [...groups.values()];
};

/** Cells of other types are refused by the check of what they should be. */
const textOfCell = (cell: unknown): string => (typeof cell === "string" ? cell.trim() : typeof cell === "number" ? String(cell) : "");

const store = async (groups: readonly Group[], cycle: string, findings: Findings): Promise<void> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    const context = await commandContext(database.pools, new Date(), userName());
    const idOf = await criterionIds(context, cycle);
    const answers = groups.map(({ unit, criterion, respondents, counts }) => ({ unit, criterion: idOf(criterion), respondents, counts }));
    const { problems } = await recordSurvey(context, { cycle, answers });
    for (const { path, code, message } of problems) {
      const [, n, field, m, column] = path;
      const { rows = [] } = groups[Number(n)] ?? {};
      // Row 1 is the header, to which faults of the whole file belong.
      findings.problem({ row: (rows[Number(m)] ?? rows[0])?.row ?? 1, record: null, column: column ?? field ?? null, code, message });
    }
    if (problems.length === 0) console.log(`${groups.length} groups of answers were stored`);
  } finally {
    await database.close();
  }
};

/** Ids of criteria by code; of an unknown code the code, which is refused as an id. */
const criterionIds = async (context: Pick<RequestContext, "use">, cycle: string): Promise<(code: string) => string> => {
  const { rubricNo } = await cycleNamed(context, cycle);
  const criteria = await context.use(rubricLoaders).criteriaOf.load(rubricNo);
  const ids = new Map(criteria.map(({ code, position }) => [code, assessmentIdOf("criterion", rubricNo, position)]));
  return (code) => ids.get(code) ?? code;
};
