import "reflect-metadata";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { EARLIEST_LAST, USUAL_LAST } from "../../seeds/demo/year.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../database/database.ts";
import { type Env, readEnv } from "../server/env.ts";
import { createLog, type Log } from "../server/running/log.ts";
import { addDays, type Day, dayOf, isDay } from "../lib/time/date.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

/** A folder beside that of the service, whose data is not touched. */
const folderOf = ({ databaseUrl, dataDir }: Env): string => {
  if (databaseUrl === null) return `${resolve(dataDir)}-demo`;
  throw new Error(
    "DATABASE_URL: the demo writes generated dossiers only to an embedded database of its own; start it without DATABASE_URL",
  );
};

/** Must be a past day, because dossiers of the future are refused. */
const lastDay = (text: string): Day => {
  const yesterday = addDays(dayOf(new Date()), -1);
  if (isDay(text) && text >= EARLIEST_LAST && text <= yesterday) return text;
  throw new InvalidArgumentError(`must be a day from ${EARLIEST_LAST} to ${yesterday}, such as ${USUAL_LAST}`);
};

const fill = async (dataDir: string, until: Day | null, log: Log): Promise<void> => {
  const say = (line: string) => {
    stopping.signal.throwIfAborted();
    log.info(line);
  };
  const database = await openDatabase({ databaseUrl: null, dataDir });
  try {
    await loadSeeds(database.orm.em.fork(), say);
    await fillDemo(database, { say, signal: stopping.signal, until });
  } finally {
    await database.close();
  }
};

const run = async (until: Day | null, env: Env, log: Log): Promise<void> => {
  const folder = folderOf(env);
  log.info(`the demo is in ${folder}: generated dossiers of one year`);
  const former = join(env.dataDir, "demo", "postgres");
  if (existsSync(former)) log.warn(`the demo of an earlier version in ${join(env.dataDir, "demo")} is obsolete; delete it`);
  await fill(folder, until, log);
  stopping.signal.throwIfAborted();
  process.env["DATA_DIR"] = folder;
  await import("../main.ts");
};

let log = createLog({ logLevel: "info", logFormat: "auto", production: process.env["NODE_ENV"] === "production" });
try {
  const env = readEnv(process.env);
  log = createLog(env);
  await new Command("npm run demo --")
    .description(
      "Starts the service on a separate database with generated dossiers of one year; a later start leaves existing dossiers unchanged.",
    )
    .option("--until <date>", `last day of that year (default: ${USUAL_LAST})`, lastDay)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(({ until = null }: { readonly until?: Day | null }) => run(until, env, log))
    .parseAsync();
} catch (error) {
  if (stopping.signal.aborted) log.info("stopped; the next start continues");
  else if (!(error instanceof CommanderError && error.exitCode === 0)) {
    log.fatal((error instanceof Error ? error.message : String(error)).replace(/^error: /, ""));
    process.exitCode = 1;
  }
  process.exit();
}
