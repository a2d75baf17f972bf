import "reflect-metadata";
import "../records.ts";
import { Command, InvalidArgumentError, Option } from "commander";
import { openDatabase } from "../database/database.ts";
import { wholeOf } from "../lib/number.ts";
import { type Day, dayOf, FIRST_DAY, isDay } from "../lib/time/date.ts";
import { readEnv } from "../server/env.ts";
import { noticesAsCsv, noticesAsText } from "../tasks/notice/task-notice-text.ts";
import { noticesOf } from "../tasks/notice/task-notice.service.ts";

const MAX_WORKING_DAYS = 250;

const dayFrom = (text: string): Day => {
  if (isDay(text) && text >= FIRST_DAY) return text;
  throw new InvalidArgumentError(`must be a day from ${FIRST_DAY} on as YYYY-MM-DD`);
};

const workingDaysFrom = (text: string): number => {
  const days = wholeOf(text);
  if (days === null || days < 0 || days > MAX_WORKING_DAYS)
    throw new InvalidArgumentError(`must be a whole number from 0 to ${MAX_WORKING_DAYS}`);
  return days;
};

interface Options {
  readonly unit: string;
  readonly on?: Day;
  readonly within: number;
  readonly format: "csv" | "text";
}

const print = async ({ unit, on = dayOf(new Date()), within, format }: Options): Promise<void> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    const notices = await noticesOf(database, { unit, on, within });
    process.stdout.write(format === "csv" ? noticesAsCsv(notices) : noticesAsText(notices, on));
  } finally {
    await database.close();
  }
};

await new Command("npm run -s notices --")
  .description(
    "Prints, for each unit within a unit, the tasks that it leads and that fall due or are overdue, and those that wait for its confirmation, as they stand now. It sends " +
      "nothing. The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) })
  .requiredOption("--unit <unit>", "code on the day, or id, of the unit")
  .option("--on <day>", "the day from which deadlines are counted (default: today)", dayFrom)
  .option("--within <days>", "a task falls due when at most so many working days are left", workingDaysFrom, 3)
  .addOption(new Option("--format <format>", "csv, or text in Vietnamese").choices(["csv", "text"]).default("csv"))
  .addHelpText(
    "after",
    "\nExample:\n  npm run -s notices -- --unit 22 --on 2026-12-01 --format text | mail -s 'Nhiệm vụ' office@example.gov.vn",
  )
  .action(print)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
