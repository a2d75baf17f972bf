import { existsSync } from "node:fs";
import { readFile, readlink, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { type Cluster, isAlive, prepareCluster, runBinary, USER } from "./cluster.ts";
import { APPLICATION_NAME } from "./orm.config.ts";
import { watchLog } from "./server-log.ts";
import { giveLogin, SERVICE_ROLE } from "./service-role.ts";

const DATABASE = "cchc";
/** Recovery after a crash included. */
const PATIENCE_MS = 60_000;

export interface EmbeddedDatabase {
  /** With the name and password of the owner. */
  readonly url: string;
  /** With those of the role that requests run as. */
  readonly serviceUrl: string;
  /** Stops the server, unless another process still uses it. */
  stop(): Promise<void>;
}

/** Starts the PostgreSQL that came through npm on a folder of ours, or adopts the server that already runs on it. */
export const startEmbedded = async (dataDir: string): Promise<EmbeddedDatabase> => {
  // The driver fills in what a URL leaves open, and these are meant for another server.
  for (const name of ["PGSSLMODE", "PGOPTIONS"]) delete process.env[name];
  const cluster = await prepareCluster(resolve(dataDir));
  const { session, port } = await takeServer(cluster);
  const unwatch = watchLog(logOf(cluster));
  const stop = async () => {
    unwatch();
    if (await isLastUser(cluster, session)) await stopServer(cluster);
    await session.end().catch(() => {});
  };
  try {
    await createDatabase(session);
    await giveLogin(session, cluster.servicePassword);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(cluster, port, DATABASE), serviceUrl: urlFor(SERVICE_ROLE, cluster.servicePassword, port, DATABASE), stop };
};

const urlFor = (user: string, password: string, port: number, database: string) =>
  `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

const urlOf = ({ password }: Cluster, port: number, database: string) => urlFor(USER, password, port, database);

const logOf = ({ folder }: Cluster) => join(folder, "server.log");

/** Its users hold this lock in common; who stops it needs it alone. */
const IN_USE = "hashtext('cchc server')";

interface TakenServer {
  readonly session: Client;
  readonly port: number;
}

/** A session that keeps other processes from stopping the server. While we look, they may start or stop it. */
const takeServer = async (cluster: Cluster): Promise<TakenServer> => {
  let running: RunningServer | null = null;
  let isStarted = false;
  try {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
      running = await findServer(cluster);
      if (!running) {
        isStarted = await startUnlessAnother(cluster);
        running = await findServer(cluster);
      }
      const session = running && (await openSession(cluster, running));
      if (session) return { session, port: running!.port };
    }
  } catch (error) {
    if (isStarted) await stopServer(cluster);
    throw error;
  }
  throw new Error(
    running
      ? `Process ${running.pid} holds ${cluster.folder}, but it does not answer as our PostgreSQL; stop it, or set DATA_DIR`
      : `PostgreSQL does not stay up on ${cluster.folder}; see server.log there`,
  );
};

/** @returns whether it was we who started the server. */
const startUnlessAnother = async (cluster: Cluster): Promise<boolean> => {
  try {
    await start(cluster);
    return true;
  } catch (error) {
    if (!(await findServer(cluster))) throw error;
    return false;
  }
};

const stopServer = (cluster: Cluster) => runBinary(cluster, "pg_ctl", ["stop", "-m", "fast", "-w", "-D", cluster.folder]);

/** @returns null where the server is not ready, or no longer, or not ours. */
const openSession = async (cluster: Cluster, { port, isOurs }: RunningServer): Promise<Client | null> => {
  const client = new Client({
    connectionString: urlOf(cluster, port, "postgres"),
    application_name: `${APPLICATION_NAME} in use`,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    if (isOurs || rows[0]?.data_directory === cluster.folder) {
      await client.query(`select pg_advisory_lock_shared(${IN_USE})`);
      return client;
    }
  } catch (error) {
    if (isOurs && (error as { code?: string }).code === "28P01")
      throw new Error(`The password beside ${cluster.folder} is not that of the data; bring the right one back, or set DATA_DIR`, {
        cause: error,
      });
  }
  await client.end().catch(() => {});
  return null;
};

const isLastUser = async (cluster: Cluster, session: Client): Promise<boolean> => {
  try {
    await session.query(`select pg_advisory_unlock_shared(${IN_USE})`);
    return (await session.query<{ is: boolean }>(`select pg_try_advisory_lock(${IN_USE}) as is`)).rows[0]!.is;
  } catch {
    // The session was lost, the server perhaps not.
    const running = await findServer(cluster);
    const again = running && (await openSession(cluster, running));
    return again !== null && (await isLastUser(cluster, again));
  }
};

interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Known from the process itself; else the server must tell that it is on our folder. */
  readonly isOurs: boolean;
}

/** The server that holds the folder, as after `kill -9` of the service; null where none does. */
const findServer = async ({ folder }: Cluster): Promise<RunningServer | null> => {
  const file = join(folder, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const [pid, , , port] = text.split("\n");
  const isOurs = await holds(Number(pid), folder);
  if (isOurs !== false) return { pid: Number(pid), port: Number(port ?? 0), isOurs: isOurs ?? false };
  // PostgreSQL would take any process of its user with this id for a server. Another process may just have put a new file there.
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => {});
  if ((await readFile(aside, "utf8").catch(() => text)) !== text) await rename(aside, file);
  await rm(aside, { force: true });
  return null;
};

/** Whether a process is the server on the folder, for its id may have been given away since; null where that cannot be told. */
const holds = async (pid: number, folder: string): Promise<boolean | null> => {
  if (!isAlive(pid)) return false;
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (workingFolder !== null) return workingFolder === folder;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  return commandLine === null || commandLine.includes("postgres") ? null : false;
};

const start = async (cluster: Cluster): Promise<void> => {
  const settings = {
    port: await freePort(),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "256MB",
    jit: "off",
    max_wal_size: "2GB",
    // The log is for what befalls the server. Who sent a statement gets its error.
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

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });

const createDatabase = async (session: Client): Promise<void> => {
  const exists = async () => (await session.query("select from pg_database where datname = $1", [DATABASE])).rows.length > 0;
  if (await exists()) return;
  await session.query(`create database ${DATABASE} encoding 'UTF8' template template0`).catch(async (error: unknown) => {
    if (!(await exists())) throw error;
  });
};
