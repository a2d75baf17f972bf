import "reflect-metadata";
import "../records.ts";
import { Command } from "commander";
import { importFile } from "../dossiers/import/dossier-file.service.ts";
import { DOSSIER_COLUMNS, DOSSIER_TEXTS, REQUIRED_DOSSIER_COLUMNS } from "../dossiers/import/dossier-row.ts";
import { importTaskFile } from "../tasks/import/task-file.service.ts";
import { REQUIRED_TASK_COLUMNS, TASK_COLUMNS, TASK_TEXTS } from "../tasks/import/task-row.ts";
import { importProcedures } from "./import-procedures.ts";
import { importRecords, recordCommand, type RecordFile } from "./import-records.ts";
import { importRubric, rubricCommand } from "./import-rubric.ts";
import { importSurvey, surveyCommand } from "./import-survey.ts";

const log = (line: string) => console.error(line);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}; nothing was stored`)));

const DOSSIERS: RecordFile = {
  ...{ name: "dossiers", columns: DOSSIER_COLUMNS, required: REQUIRED_DOSSIER_COLUMNS, texts: DOSSIER_TEXTS },
  importFile,
};
const TASKS: RecordFile = {
  ...{ name: "tasks", columns: TASK_COLUMNS, required: REQUIRED_TASK_COLUMNS, texts: TASK_TEXTS },
  importFile: importTaskFile,
};

const program = new Command("npm run import --")
  .description(
    "Imports files of dossiers, tasks, procedures, rubrics and answers of surveys. The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });

recordCommand(
  program.command(DOSSIERS.name).copyInheritedSettings(program).description("import dossiers: all rows or none, unless --partial"),
  ".csv, .ndjson, .jsonl or .xlsx, with the fields of DossierInput as columns; pauses as reason:from/to, separated by ;",
)
  .addHelpText("after", "\nExample:\n  npm run import -- dossiers dossiers-2026-10.csv --source cao-bang-igate")
  .action(importRecords(DOSSIERS, stopping.signal));

recordCommand(
  program.command(TASKS.name).copyInheritedSettings(program).description("import tasks: all rows or none, unless --partial"),
  ".csv, .ndjson, .jsonl or .xlsx, with the fields of TaskInput as columns; document as its number, with documentSignedOn, documentIssuer and documentUrl; " +
    "coordinators separated by ; and postponements as from/to, separated by ;",
)
  .addHelpText("after", "\nExample:\n  npm run import -- tasks tasks-2026.xlsx --source cao-bang-voffice")
  .action(importRecords(TASKS, stopping.signal));

program
  .command("procedures")
  .copyInheritedSettings(program)
  .description("add procedures to the catalogue and replace those with the same code: all rows or none")
  .argument(
    "<file>",
    ".csv, .ndjson, .jsonl or .xlsx with the columns code, name, field, fieldName, competence, serviceLevel, workingDays, hasFee",
  )
  .option("--sheet <name>", "sheet of the workbook; required if several sheets have rows")
  .option("--problems <file>", "write rejected rows to this file, with column, code, message and record (default: <file>.problems.csv)")
  .action(importProcedures);

rubricCommand(
  program
    .command("rubric")
    .copyInheritedSettings(program)
    .description("import a rubric as a draft, or as the next version of the same organiser, index, block and year: all rows or none"),
)
  .addHelpText(
    "after",
    "\nExample:\n  npm run import -- rubric communes.csv --organiser 22 --index PAR --block COMMUNES --block-name 'Khối xã' --year 2026 --name 'Bộ tiêu chí cấp xã'",
  )
  .action(importRubric);

surveyCommand(
  program
    .command("survey")
    .copyInheritedSettings(program)
    .description("import the answers of a survey into an assessment cycle: all rows or none"),
)
  .addHelpText("after", "\nExample:\n  npm run import -- survey survey-2026.xlsx --cycle Y3ljbGU6MQ")
  .action(importSurvey);

await program.parseAsync().catch((error: unknown) => {
  log(`cchc-graph: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
process.exit();
