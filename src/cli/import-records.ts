import { type Command, InvalidArgumentError } from "commander";
import { completeRange } from "../counters/complete-range.ts";
import { type Database, openDatabase } from "../database/database.ts";
import type { FileImport, FileReport } from "../imports/file-import.service.ts";
import type { Item } from "../lib/files/file-row.ts";
import { createProgress } from "../lib/files/progress.ts";
import { readRows, type RowReading } from "../lib/files/rows.ts";
import { type Day, dayOf, isDay } from "../lib/time/date.ts";
import { readEnv } from "../server/env.ts";
import { countText, type Findings, openFindings } from "./import-findings.ts";
import { userName } from "./user-name.ts";

const say = (line: string) => console.log(line);
const log = (line: string) => console.error(line);

/** A kind of record that files bring. */
export interface RecordFile {
  readonly name: "dossiers" | "tasks";
  readonly columns: readonly string[];
  readonly required: readonly string[];
  readonly texts: readonly string[];
  readonly importFile: (database: Database, rows: AsyncIterable<Item>, options: FileImport) => Promise<FileReport>;
}

interface RecordOptions {
  readonly source: string;
  readonly owner?: string;
  readonly sheet?: string;
  readonly partial?: boolean;
  readonly dryRun?: boolean;
  readonly problems?: string;
  readonly warnings?: string;
  readonly since?: Day;
  readonly through?: Day;
}

const dayOption = (text: string): Day => {
  if (isDay(text) && text >= "2000-01-01") return text;
  throw new InvalidArgumentError("must be a day from 2000-01-01 on as YYYY-MM-DD");
};

/** The arguments and options that imports of all kinds of records have. */
export const recordCommand = (command: Command, files: string): Command =>
  command
    .argument("<file>", files)
    .requiredOption("--source <name>", "name of the source; a new source belongs to the smallest unit that contains all units of the file")
    .option("--owner <unit>", "code or id of the unit that owns the source; required if several units own a source of this name")
    .option("--sheet <name>", "sheet of the workbook; required if several sheets have rows")
    .option("--partial", "store valid rows although others are rejected; no records are then declared complete")
    .option("--dry-run", "check all rows, store none")
    .option("--since <day>", "declare the records of the file's units complete from this day on; requires --through", dayOption)
    .option(
      "--through <day>",
      "last day for which they are complete; may be in the future if the source continues to send records",
      dayOption,
    )
    .option("--problems <file>", "write rejected rows to this file, with column, code, message and record (default: <file>.problems.csv)")
    .option("--warnings <file>", "write rows that another source has also sent to this file (default: <file>.warnings.csv)");

/** The days for which the records of the file's units are declared complete; null if not requested. */
const completeOf = ({ since, through }: RecordOptions) => {
  if (since === undefined && through === undefined) return null;
  if (since === undefined || through === undefined) throw new Error("--since and --through must be given together");
  return completeRange({ since, through }, dayOf(new Date()));
};

/** Yields the rows of a file and shows the progress. */
async function* followed({ rows, total, done }: RowReading, label: string): AsyncGenerator<Item> {
  const progress = createProgress(process.stderr, { label, total });
  let count = 0;
  for await (const row of rows) {
    progress.at(done(), ++count);
    yield row;
  }
  progress.end(count);
}

/** Imports a file of records, and prints what came of it. */
export const importRecords =
  (file: RecordFile, signal: AbortSignal) =>
  async (path: string, options: RecordOptions): Promise<void> => {
    const complete = completeOf(options);
    const findings = openFindings(path, options, log);
    try {
      const reading = await readRows(path, file.columns, file.required, { texts: file.texts, sheet: options.sheet });
      const report = await imported(file, reading, { ...options, complete, signal }, findings);
      show(report, reading.notes());
      if (report.declared === null) return;
      if (report.declared > 0)
        say(`declared complete from ${complete!.since} through ${complete!.through}: ${countText(report.declared, "unit")}`);
      else if (report.isKept) {
        say("no records were declared complete, because rows were rejected");
        process.exitCode = 1;
      }
    } finally {
      findings.end();
    }
  };

const imported = async (
  { importFile }: RecordFile,
  reading: RowReading,
  {
    source,
    owner,
    partial = false,
    dryRun = false,
    complete,
    signal,
  }: RecordOptions & Pick<FileImport, "complete"> & { readonly signal: AbortSignal },
  findings: Findings,
): Promise<FileReport> => {
  const actor = userName();
  const database = await openDatabase(readEnv(process.env));
  try {
    return await importFile(database, followed(reading, "reading"), {
      ...{ source, owner: owner ?? null, partial, dryRun, complete, signal },
      by: { actor: `command:${actor}`, actorName: actor, at: new Date() },
      onProblem: ({ field, ...problem }, value) => findings.problem({ ...problem, column: field }, value),
      onWarning: ({ field, ...warning }) => findings.warning({ ...warning, column: field }),
      onPhase: (phase) => log(`${phase} …`),
    });
  } finally {
    await database.close();
  }
};

const show = ({ created, updated, unchanged, stale, rejected, isKept }: FileReport, notes: readonly string[]): void => {
  say(`${created} created, ${updated} updated, ${unchanged} unchanged, ${stale} stale, ${rejected} rejected`);
  for (const note of notes) say(note);
  if (isKept) return;
  say("nothing was stored");
  if (rejected > 0) process.exitCode = 1;
};
