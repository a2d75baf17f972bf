import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

export interface MigrationFile {
  readonly name: string;
  readonly sha256: string;
}

const FOLDER = new URL("../migrations/", import.meta.url);

export const readMigrationFiles = async (): Promise<MigrationFile[]> => {
  const names = (await readdir(FOLDER)).filter((name) => /^Migration\d+\.[jt]s$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      // Git may change line endings.
      const text = (await readFile(new URL(name, FOLDER), "utf8")).replaceAll("\r\n", "\n");
      return { name: name.replace(/\.[jt]s$/, ""), sha256: createHash("sha256").update(text).digest("hex") };
    }),
  );
};

/** @throws Error for a migration that only another version can have executed. */
export const checkMigrations = (known: readonly MigrationFile[], run: readonly MigrationFile[], what: string): void => {
  for (const { name, sha256 } of run) {
    const ours = known.find((one) => one.name === name);
    if (!ours) throw new Error(`${what} has ${name}, which this version does not have: use the version that made it, or a newer one`);
    if (ours.sha256 !== sha256) throw new Error(`${what} has another ${name} than this version: use the version that made it`);
  }
};
