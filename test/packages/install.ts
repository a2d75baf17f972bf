import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** Folders with packages and a lock of their own: the root's `npm ci` installs none of them, so that the service is light to install. */
export const FOLDERS = ["test/suites", "test/clients", "test/bench/peers"] as const;
export type PackageFolder = (typeof FOLDERS)[number];

const LOCK = "package-lock.json";
/** The lock that the installed packages come from; `npm ci` removes it first, so an interrupted install leaves none. */
const INSTALLED = "node_modules/.installed-lock.json";

/** Installs what the folder's lock names, unless it is installed; whether it did. @throws Error where npm fails. */
export const installPackages = async (folder: string): Promise<boolean> => {
  const lock = await readFile(join(folder, LOCK), "utf8");
  if ((await readFile(join(folder, INSTALLED), "utf8").catch(() => null)) === lock) return false;
  // Within `npm run` the variable names the root's folder.
  const { npm_config_local_prefix: _root, ...env } = process.env;
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const child = spawn("npm", args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`npm ci in ${folder} failed with exit code ${code}`);
  await writeFile(join(folder, INSTALLED), lock);
  return true;
};

/** Installs the packages of a folder of the project, and prints one line. */
export const installFolder = async (name: PackageFolder): Promise<void> => {
  const start = performance.now();
  if (!(await installPackages(join(PROJECT, name)))) return;
  console.log(`${name}: its packages are installed from ${name}/${LOCK} (${Math.round((performance.now() - start) / 1000)} s)`);
};
