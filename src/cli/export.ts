import "reflect-metadata";
import "../records.ts";
import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { Command } from "commander";
import { textOfBands } from "../assessments/rubrics/rubric-file.ts";
import { rubricFile } from "../assessments/rubrics/rubric-load.service.ts";
import { openDatabase } from "../database/database.ts";
import { exportAssessment, type ExportKind } from "../exports/assessment-file.service.ts";
import { type TableFormat, writeTable } from "../lib/files/printed-table.ts";
import { commandContext } from "../access/command-context.ts";
import { userName } from "./user-name.ts";
import { readEnv } from "../server/env.ts";

const quoted = (text: string | number): string =>
  /^[\w.-]+$/.test(String(text)) ? String(text) : `'${String(text).replaceAll("'", String.raw`'\''`)}'`;

const formatOf = (out: string | undefined): TableFormat => (out !== undefined && extname(out).toLowerCase() === ".xlsx" ? "xlsx" : "csv");

const exportRubric = async (id: string, { out }: { readonly out?: string }): Promise<void> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    const { rubric, organiser, table } = await rubricFile(database, id, new Date());
    const content = await writeTable(table, formatOf(out));
    if (out === undefined) process.stdout.write(content);
    else await writeFile(out, content);
    const { index, block, year, name, bonusMax, penaltyMax, bands, version, state } = rubric;
    const options = {
      ...{ organiser, index, block: block.code, "block-name": block.name, year, name, "bonus-max": bonusMax, "penalty-max": penaltyMax },
      ...(bands.length > 0 && { bands: textOfBands(bands) }),
    };
    const words = Object.entries(options).map(([option, value]) => `--${option} ${quoted(value)}`);
    console.error(`${rubric.id}: version ${version}, ${state}; it is imported with ${words.join(" ")}`);
  } finally {
    await database.close();
  }
};

const exportAssessmentFile =
  (kind: ExportKind) =>
  async (id: string, { out }: { readonly out?: string }): Promise<void> => {
    const database = await openDatabase(readEnv(process.env));
    try {
      const { content } = await exportAssessment(await commandContext(database.pools, new Date(), userName()), kind, id, formatOf(out));
      if (out === undefined) process.stdout.write(content);
      else await writeFile(out, content);
    } finally {
      await database.close();
    }
  };

const OUT = "write to this file, as a workbook if its name ends in .xlsx (default: CSV on standard output)";

const program = new Command("npm run -s export --")
  .description(
    "Writes data as files. The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });

program
  .command("rubric")
  .copyInheritedSettings(program)
  .description(
    "write the criteria of a rubric as CSV or XLSX, in the form that `npm run import -- rubric` reads, and print the options of that command",
  )
  .argument("<id>", "id of the rubric, also of a draft")
  .option("--out <file>", OUT)
  .action(exportRubric);

program
  .command("sheet")
  .copyInheritedSettings(program)
  .description(
    "write the score sheet of one unit as it is printed: domains, criteria, maxima, self-scores, both appraisals, results, and sums",
  )
  .argument("<id>", "id of the sheet")
  .option("--out <file>", OUT)
  .action(exportAssessmentFile("sheet"));

program
  .command("standings")
  .copyInheritedSettings(program)
  .description("write what a publication of a cycle now would say, with the places that open sheets may still take")
  .argument("<id>", "id of the cycle")
  .option("--out <file>", OUT)
  .action(exportAssessmentFile("standings"));

await program.parseAsync().catch((error: unknown) => {
  console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
