import { execFile } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";

/** Fills a folder with the data of a service that has loaded the seeds; it stays empty where tests run on a given server. */
export const fillDataFolder = async (folder: string): Promise<void> => {
  const seeded = inject("seededFolder");
  if (seeded !== null) await promisify(execFile)("cp", ["-a", `${seeded}/.`, folder]);
};

/** A new folder with that data. */
export const seededDataFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "cchc-data-"));
  await chmod(folder, 0o711);
  await fillDataFolder(folder);
  return folder;
};
