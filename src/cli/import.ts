import "reflect-metadata";
import { Command, InvalidArgumentError } from "commander";
import { openDatabase } from "../database/database.ts";
import { importFile } from "../dossiers/import/dossier-file.service.ts";
import type { FileReport } from "../imports/file-import.service.ts";
import { DOSSIER_COLUMNS, DOSSIER_TEXTS, REQUIRED_DOSSIER_COLUMNS } from "../dossiers/import/dossier-row.ts";
import type { Item } from "../lib/files/file-row.ts";
import { createProgress } from "../lib/files/progress.ts";
import { readRows, type RowReading } from "../lib/files/rows.ts";
import { completeRange } from "../counters/complete-range.ts";
import { type Day, dayOf, isDay } from "../lib/time/date.ts";
import "../records.ts";
import { readEnv } from "../server/env.ts";
import { countText, type Findings, openFindings } from "./import-findings.ts";
import { importProcedures } from "./import-procedures.ts";
import { userName } from "./user-name.ts";

const say = (line: string) => console.log(line);
const tell = (line: string) => console.error(line);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}; nothing was kept`)));

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

interface DossierOptions {
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

/** The days for which the records of the file's units are declared complete; null if not requested. */
const completeOf = ({ since, through }: DossierOptions) => {
  if (since === undefined && through === undefined) return null;
  if (since === undefined || through === undefined) throw new Error("--since and --through must be given together");
  return completeRange({ since, through }, dayOf(new Date()));
};

const dayOption = (text: string): Day => {
  if (isDay(text) && text >= "2000-01-01") return text;
  throw new InvalidArgumentError("must be a day from 2000-01-01 on as YYYY-MM-DD");
};

const importDossiers = async (path: string, options: DossierOptions): Promise<void> => {
  const complete = completeOf(options);
  const findings = openFindings(path, options, tell);
  try {
    const reading = await readRows(path, DOSSIER_COLUMNS, REQUIRED_DOSSIER_COLUMNS, { texts: DOSSIER_TEXTS, sheet: options.sheet });
    const report = await imported(reading, { ...options, complete }, findings);
    show(report, reading.notes());
    if (report.declared === null) return;
    if (report.declared > 0)
      say(`stated as complete from ${complete!.since} through ${complete!.through}: ${countText(report.declared, "unit")}`);
    else if (report.isKept) {
      say("nothing was declared complete, because rejected rows are missing");
      process.exitCode = 1;
    }
  } finally {
    findings.end();
  }
};

const imported = async (
  reading: RowReading,
  { source, owner, partial = false, dryRun = false, complete }: DossierOptions & { readonly complete: ReturnType<typeof completeOf> },
  findings: Findings,
): Promise<FileReport> => {
  const actor = userName();
  const database = await openDatabase(readEnv(process.env));
  try {
    return await importFile(database, followed(reading, "reading"), {
      ...{ source, owner: owner ?? null, partial, dryRun, complete, signal: stopping.signal },
      by: { actor: `command:${actor}`, actorName: actor, at: new Date() },
      onProblem: ({ field, ...problem }, value) => findings.problem({ ...problem, column: field }, value),
      onWarning: ({ field, ...warning }) => findings.warning({ ...warning, column: field }),
      onPhase: (phase) => tell(`${phase} …`),
    });
  } finally {
    await database.close();
  }
};

const show = ({ created, updated, unchanged, stale, rejected, isKept }: FileReport, notes: readonly string[]): void => {
  say(`${created} created, ${updated} updated, ${unchanged} unchanged, ${stale} stale, ${rejected} rejected`);
  for (const note of notes) say(note);
  if (isKept) return;
  say("nothing was kept");
  if (rejected > 0) process.exitCode = 1;
};

const program = new Command("npm run import --")
  .description("Files of records. The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.")
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });

program
  .command("dossiers")
  .copyInheritedSettings(program)
  .description("import dossiers: all of them or nothing, unless --partial")
  .argument("<file>", ".csv, .ndjson, .jsonl or .xlsx, with the fields of DossierInput as columns; pauses as reason:from/to, joined by ;")
  .requiredOption("--source <name>", "the system that they come from; a new one belongs to the smallest unit that holds all of them")
  .option("--owner <unit>", "code or id of the unit whose system it is; needed where several have one of that name")
  .option("--sheet <name>", "the sheet of a workbook; needed where several hold rows")
  .option("--partial", "keep the good rows where others are bad; nothing is then stated as complete")
  .option("--dry-run", "check everything, keep nothing")
  .option("--since <day>", "first day for which the records of the file's units are complete here, with --through", dayOption)
  .option("--through <day>", "last such day; it may lie ahead where the records go on coming", dayOption)
  .option("--problems <file>", "where bad rows are written, with column, code, message and record (default: <file>.problems.csv)")
  .option("--warnings <file>", "where rows are written that another source has sent, too (default: <file>.warnings.csv)")
  .addHelpText("after", "\nExample:\n  npm run import -- dossiers dossiers-2026-10.csv --source cao-bang-igate")
  .action(importDossiers);

program
  .command("procedures")
  .copyInheritedSettings(program)
  .description("add procedures to the catalogue, and replace those of the same code: all of them or nothing")
  .argument(
    "<file>",
    ".csv, .ndjson, .jsonl or .xlsx with the columns code, name, field, fieldName, competence, serviceLevel, workingDays, hasFee",
  )
  .option("--sheet <name>", "the sheet of a workbook; needed where several hold rows")
  .option("--problems <file>", "where bad rows are written, with column, code, message and record (default: <file>.problems.csv)")
  .action(importProcedures);

await program.parseAsync().catch((error: unknown) => {
  tell(`cchc-graph: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
process.exit();
