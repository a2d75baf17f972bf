import { renameSync, writeFileSync } from "node:fs";

/** Loaded into a service that is measured: on SIGUSR2 it collects garbage and writes what lives on, in MB, to the file that LIVING_FILE names. */
const file = process.env["LIVING_FILE"]!;

process.on("SIGUSR2", () => {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${file}.new`, String((heapUsed + external) / 2 ** 20));
  renameSync(`${file}.new`, file);
});
