import "reflect-metadata";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { openDatabase } from "../database/database.ts";
import { Reader } from "../database/reader.ts";
import { PUBLIC_SCOPE } from "../database/row-scope.ts";
import { recordEvidence } from "../counters/records.service.ts";
import "../records.ts";
import { type DerivedCounters, recount } from "../counters/recount.service.ts";
import { recountRollups } from "../rollups/rollup-recount.service.ts";
import { wholeOf as wholeNumber } from "../lib/number.ts";
import { readEnv } from "../server/env.ts";
import { dayOf } from "../lib/time/date.ts";
import { textOfCheck } from "./check-text.ts";

const wholeOf = (text: string): number => {
  const number = wholeNumber(text);
  if (number === null || number < 1) throw new InvalidArgumentError("must be a whole number from 1");
  return number;
};

interface Checked {
  readonly units: number;
  readonly differences: Readonly<Record<DerivedCounters | "figures", number>>;
}

/** Metrics for a collector of text files, such as Prometheus' node exporter. */
const metricsOf = ({ units, differences }: Checked, at: Date): string =>
  [
    "# HELP cchc_rollup_check_differences Rows, and of figures sets, of what is derived that are not what records and figures say, as of the last check.",
    "# TYPE cchc_rollup_check_differences gauge",
    ...Object.entries(differences).map(([counters, rows]) => `cchc_rollup_check_differences{counters="${counters}"} ${rows}`),
    "# HELP cchc_rollup_check_units Units whose records the last check counted again.",
    "# TYPE cchc_rollup_check_units gauge",
    `cchc_rollup_check_units ${units}`,
    "# HELP cchc_rollup_check_timestamp_seconds When the last check ended.",
    "# TYPE cchc_rollup_check_timestamp_seconds gauge",
    `cchc_rollup_check_timestamp_seconds ${Math.floor(at.getTime() / 1000)}`,
    "",
  ].join("\n");

const check = async ({ sample, metrics }: { readonly sample?: number; readonly metrics?: string }): Promise<void> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    const today = dayOf(new Date());
    const { units, differences } = await recount(database.orm.em.fork(), sample ?? null);
    const figures = await recountRollups(
      database.orm.em.fork(),
      recordEvidence(new Reader(database.pools), PUBLIC_SCOPE),
      today,
      sample ?? null,
    );
    const found: Checked = { units, differences: { ...differences, figures } };
    console.log(textOfCheck({ units, differences, figures }));
    if (metrics !== undefined) await writeFile(metrics, metricsOf(found, new Date()));
    if (Object.values(found.differences).some((rows) => rows > 0)) process.exitCode = 1;
  } finally {
    await database.close();
  }
};

await new Command("npm run check:rollups --")
  .description(
    "Counts the dossiers and tasks again, computes the stored roll-ups of reports again, and compares both with the stored numbers. The exit code is 1 if anything differs. Imports wait meanwhile. " +
      "The database is that of DATABASE_URL, or the embedded one in DATA_DIR; a service may be running on it.",
  )
  .option("--sample <units>", "check only the records of this number of units and this number of stored roll-ups, drawn at random", wholeOf)
  .option("--metrics <file>", "write the result to this file, in the text format of Prometheus")
  .action(check)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
