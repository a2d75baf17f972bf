import "reflect-metadata";
import { join } from "node:path";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../db/database.ts";
import { type Env, readEnv } from "../server/env.ts";
import { createLog, type Log } from "../server/running/log.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

/** In a folder within that of the service, whose own data it leaves alone. */
const folderOf = ({ databaseUrl, dataDir }: Env): string => {
  if (databaseUrl === null) return join(dataDir, "demo");
  throw new Error("DATABASE_URL: the demo puts made-up dossiers into no database but an embedded one of its own; start it without");
};

const fill = async (dataDir: string, log: Log): Promise<void> => {
  const say = (line: string) => {
    stopping.signal.throwIfAborted();
    log.info(line);
  };
  const database = await openDatabase({ databaseUrl: null, dataDir });
  try {
    await loadSeeds(database.orm.em.fork(), say);
    await fillDemo(database, { say, signal: stopping.signal });
  } finally {
    await database.close();
  }
};

let log = createLog({ logLevel: "info", logFormat: "auto", production: process.env["NODE_ENV"] === "production" });
try {
  const env = readEnv(process.env);
  log = createLog(env);
  const folder = folderOf(env);
  log.info(`the demo is in ${folder}: made-up dossiers of the year 2025`);
  await fill(folder, log);
  stopping.signal.throwIfAborted();
  process.env["DATA_DIR"] = folder;
  await import("../main.ts");
} catch (error) {
  if (stopping.signal.aborted) log.info("stopped; the next start goes on");
  else {
    log.fatal(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
  process.exit();
}
