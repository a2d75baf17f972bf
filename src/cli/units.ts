import "reflect-metadata";
import { Command } from "commander";
import { openDatabase } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { PUBLIC_SCOPE } from "../database/row-scope.ts";
import { ensureCounted } from "../counters/count-tree.service.ts";
import { recordEvidence } from "../counters/records.service.ts";
import { carryRollups } from "../rollups/rollup-carry.service.ts";
import "../records.ts";
import { readEnv } from "../server/env.ts";
import { dayOf } from "../lib/time/date.ts";
import { applyUnits, planUnits } from "../administration/unit-apply.service.ts";
import type { Counts, EditionChange } from "../hierarchy/unit-change.ts";
import { readNextUnits } from "../hierarchy/unit-next.ts";
import { userName } from "./user-name.ts";

const say = (line: string) => console.log(line);

const textOf = ({ provinces, districts, communes }: Counts) => `${provinces} provinces, ${districts} districts, ${communes} communes`;

const show = (changes: readonly EditionChange[]): void => {
  if (changes.length === 0) say("nothing to change: all rows are stored already");
  for (const { day, before, after, lines } of changes) {
    say(`${day}  until then ${textOf(before)}; from then on ${textOf(after)}`);
    for (const line of lines) say(`  ${line}`);
  }
};

const apply = async (path: string, isDry: boolean): Promise<void> => {
  const files = await readNextUnits(path);
  const database = await openDatabase(readEnv(process.env));
  try {
    const em = database.orm.em.fork();
    if (isDry) {
      show((await planUnits(em, files)).changes);
      say("dry run: nothing was changed");
      return;
    }
    const now = new Date();
    const { changes, last, made } = await applyUnits(em, files, userName(), now);
    show(changes);
    if (made.length === 0) return;
    say(`applied: ${changes.map(({ day }) => day).join(", ")}`);
    const reader = new Reader(database.pools);
    await ensureCounted(reader, made);
    const carried = await carryRollups(reader, recordEvidence(reader, PUBLIC_SCOPE), last, made, dayOf(now));
    say(`roll-ups computed: ${carried}`);
  } finally {
    await database.close();
  }
};

const program = new Command("npm run units --")
  .description(
    "Changes the hierarchy of units. The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });

program
  .command("apply")
  .copyInheritedSettings(program)
  .description("apply the next edition of units, completely or not at all")
  .argument(
    "<path>",
    "a folder with unit-versions.csv and successions.csv (and editions.csv, whose counts are then checked), or one file of versions",
  )
  .option("--dry-run", "print the changes without making them")
  .addHelpText(
    "after",
    `
The files have the columns of seeds/units. They contain all rows, or only new and changed ones. A stored version without valid_to may get one; versions
and successions must begin or end after the first day of the last stored edition. Files with nine tenths of the stored rows must contain all of them.

Example:
  npm run units -- apply next-edition --dry-run`,
  )
  .action((path: string, { dryRun = false }: { readonly dryRun?: boolean }) => apply(path, dryRun));

await program.parseAsync().catch((error: unknown) => {
  console.error(`cchc-graph: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
