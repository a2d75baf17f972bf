import "reflect-metadata";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { backUp } from "../backup/backup.service.ts";
import { openPlace } from "../database/place.ts";
import { readEnv } from "../server/env.ts";
import { stoppable } from "./stopping.ts";

const backup = async (path: string, signal: AbortSignal): Promise<void> => {
  const began = performance.now();
  const { databaseUrl, databaseOwnerUrl, dataDir } = readEnv(process.env);
  if (databaseUrl === null && !existsSync(join(dataDir, "postgres"))) throw new Error(`DATA_DIR: there is no database in ${dataDir}`);
  const place = await openPlace({ databaseUrl, databaseOwnerUrl, dataDir });
  try {
    const { bytes, rows, tables } = await backUp(place.url, path, signal);
    const [size, seconds] = [(bytes / 1e6).toFixed(1), ((performance.now() - began) / 1000).toFixed(1)];
    console.log(`${path}: ${size} MB, ${rows.toLocaleString("en-US")} rows of ${tables} tables, in ${seconds} s`);
  } finally {
    await place.close();
  }
};

await new Command("npm run backup --")
  .description(
    "Writes a snapshot of the database into a file for `npm run restore`, without derived tables, which a restore builds again. " +
      "The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .argument("<file>", "path of the backup; an existing file is replaced when the new one is complete")
  .action((path: string) => stoppable("no backup was written", (signal) => backup(path, signal)))
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
