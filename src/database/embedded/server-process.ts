import { existsSync } from "node:fs";
import { readdir, readFile, readlink, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Cluster, isAlive, runBinary } from "./cluster.ts";

export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
  /** True if the process proves it; otherwise the server must report our folder. */
  readonly isOurs: boolean;
}

export const logOf = ({ folder }: Cluster) => join(folder, "server.log");

export const startUnlessAnother = async (cluster: Cluster, port?: number): Promise<boolean> => {
  try {
    await endOrphans(cluster.folder);
    await start(cluster, await freePort(port));
    return true;
  } catch (error) {
    if (!(await findServer(cluster))) throw error;
    return false;
  }
};

export const stopServer = (cluster: Cluster) => runBinary(cluster, "pg_ctl", ["stop", "-m", "fast", "-w", "-D", cluster.folder]);

/** Returns the server that holds the folder, for example after `kill -9` of the service; null if none does. */
export const findServer = async ({ folder }: Cluster): Promise<RunningPostgres | null> => {
  const file = join(folder, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const [pid, , , port] = text.split("\n");
  const isOurs = await holds(Number(pid), folder);
  if (isOurs !== false) return { pid: Number(pid), port: Number(port ?? 0), isOurs: isOurs ?? false };
  // PostgreSQL would take any process of its user with this id for a server. Another process may have written a new file meanwhile.
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => {});
  if ((await readFile(aside, "utf8").catch(() => text)) !== text) await rename(aside, file);
  await rm(aside, { force: true });
  return null;
};

const workingFolder = (pid: number): Promise<string | null> => readlink(`/proc/${pid}/cwd`).catch(() => null);

/** True if the process is the server on the folder, because its id may have been reused; null if unknown. */
const holds = async (pid: number, folder: string): Promise<boolean | null> => {
  if (!isAlive(pid)) return false;
  const itsFolder = await workingFolder(pid);
  if (itsFolder !== null) return itsFolder === folder;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  return commandLine === null || commandLine.includes("postgres") ? null : false;
};

/** Ends sessions of a killed server, because no server starts on the folder while one runs. */
const endOrphans = async (folder: string): Promise<void> => {
  for (const name of await readdir("/proc").catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || (await workingFolder(pid)) !== folder) continue;
    const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const parent = /^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""))?.[1];
    if (!title.startsWith("postgres: ") || parent === undefined || (await workingFolder(Number(parent))) === folder) continue;
    try {
      process.kill(pid, "SIGQUIT");
    } catch {
      // The session ended meanwhile.
    }
  }
};

const start = async (cluster: Cluster, port: number): Promise<void> => {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "256MB",
    jit: "off",
    // Large, so that imports do not wait for checkpoints; trimLog frees the space later.
    max_wal_size: "1GB",
    min_wal_size: "32MB",
    wal_recycle: "off",
    // The log is for failures of the server; the sender of a statement receives its error.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const log = logOf(cluster);
  try {
    await runBinary(cluster, "pg_ctl", ["start", "-w", "-t", "60", "-D", cluster.folder, "-l", log, "-o", options.join(" ")]);
  } catch (error) {
    const tail = existsSync(log) ? (await readFile(log, "utf8")).trimEnd().split("\n").slice(-5).join("\n") : String(error);
    throw new Error(`PostgreSQL did not start on ${cluster.folder}:\n${tail}`, { cause: error });
  }
};

const freePort = (wished = 0): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once("error", (error) => (wished === 0 ? fail(error) : done(freePort())));
    server.listen(wished, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
