import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type EditionFile, readEditions, readSuccessions, readVersions } from "./unit-file.ts";
import { countsOn, type EditionChange } from "./unit-change.ts";
import type { MergedUnits, NextUnits } from "./unit-merge.ts";

export interface NextFiles extends NextUnits {
  readonly editions: readonly EditionFile[];
  readonly digests: Readonly<Record<string, string>>;
}

const VERSIONS = "unit-versions.csv";
const SUCCESSIONS = "successions.csv";
const EDITIONS = "editions.csv";

/** Reads a folder like seeds/units, in which editions.csv is optional, or a single file of versions. @throws FileError naming file, row and column of the first fault. */
export const readNextUnits = async (path: string): Promise<NextFiles> => {
  const isFolder = (await statOf(path)).isDirectory();
  const folder = pathToFileURL(`${resolve(path)}/`);
  const versions = isFolder ? new URL(VERSIONS, folder) : pathToFileURL(resolve(path));
  const successions = isFolder ? new URL(SUCCESSIONS, folder) : null;
  const hasEditions = isFolder && (await statOf(new URL(EDITIONS, folder)).catch(() => null)) !== null;
  const editions = hasEditions ? new URL(EDITIONS, folder) : null;
  for (const file of [versions, successions]) if (file) await statOf(file);
  const files = [versions, successions, editions].filter((file) => file !== null);
  return {
    versions: await readVersions(versions),
    successions: successions ? await readSuccessions(successions) : { rows: [], said: [] },
    editions: editions ? await readEditions(editions) : [],
    digests: Object.fromEntries(await Promise.all(files.map(digestOf))),
  };
};

const statOf = (path: string | URL) =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    const name = typeof path === "string" ? path : decodeURIComponent(path.pathname);
    throw error.code === "ENOENT" ? new Error(`${name} does not exist`) : error;
  });

const digestOf = async (file: URL): Promise<[string, string]> => [
  decodeURIComponent(basename(file.pathname)),
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex"),
];

export const checkCounts = (editions: readonly EditionFile[], { versions }: MergedUnits, changes: readonly EditionChange[]): void => {
  const days = new Set(versions.flatMap(({ validFrom, validTo }) => [validFrom, validTo]));
  for (const row of editions) {
    const day = row.get("date");
    if (!days.has(day)) throw row.fail("date", "is not a day on which a unit changes");
    const counts = changes.find((change) => change.day === day)?.after ?? countsOn(versions, day);
    for (const column of ["provinces", "districts", "communes"] as const)
      if (String(counts[column]) !== row.get(column)) throw row.fail(column, `is stated, but the result is ${counts[column]} for ${day}`);
  }
};
