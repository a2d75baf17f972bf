import "reflect-metadata";
import { Command } from "commander";
import { verifyBackup } from "../backup/backup-file.ts";
import { checkMigrations, readMigrationFiles } from "../backup/migration-files.ts";
import { restore, trackClients } from "../backup/restore.service.ts";
import { openPlace } from "../database/place.ts";
import { readEnv } from "../server/env.ts";
import { dayOf } from "../lib/time/date.ts";
import { textOfCheck } from "./check-text.ts";
import { stoppable } from "./stopping.ts";

const say = (line: string) => console.log(line);

const run = async (path: string, signal: AbortSignal): Promise<void> => {
  const began = performance.now();
  const { databaseUrl, databaseOwnerUrl, dataDir } = readEnv(process.env);
  const contents = await verifyBackup(path);
  const { manifest, ending } = contents;
  checkMigrations(await readMigrationFiles(), manifest.migrations, path);
  signal.throwIfAborted();
  const clients = trackClients();
  const place = await openPlace({ databaseUrl, databaseOwnerUrl, dataDir, onPool: clients.onPool });
  try {
    say(`${path} is a backup of ${manifest.madeAt}`);
    const found = await restore({ orm: place.orm, clients, path, contents, today: dayOf(new Date()), signal, say });
    say(textOfCheck({ ...found, figures: 0 }));
    const rows = Object.values(ending.rows).reduce((sum, count) => sum + count, 0);
    say(
      `restored ${rows.toLocaleString("en-US")} rows of ${manifest.tables.length} tables in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
  } finally {
    await place.close();
  }
};

await new Command("npm run restore --")
  .description(
    "Restores a file of `npm run backup` into an empty database, completely or not at all, migrates it to this version, counts the dossiers again and checks the counters. " +
      "The database is that of DATABASE_URL, or the embedded one in DATA_DIR, which is created if it does not exist.",
  )
  .argument("<file>", "path of the backup, of this version or an earlier one")
  .action((path: string) => stoppable("nothing was stored", (signal) => run(path, signal)))
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
