import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { ServiceClient } from "../client.ts";
import { type Cluster, prepareCluster, USER } from "./cluster.ts";
import { DatabaseWatch, serverStartOf, type LossListener, type WatchedSession } from "../database-watch.ts";
import { APPLICATION_NAME } from "../pool-options.ts";
import { lockSession, tryLockSession } from "../locks.ts";
import { watchLog } from "./server-log.ts";
import { findServer, logOf, type RunningPostgres, startUnlessAnother, stopServer } from "./server-process.ts";
import { giveLogin, SERVICE_ROLE } from "../service-role.ts";

const DATABASE = "cchc";
/** Maximum duration of a start, including recovery after a crash. */
const PATIENCE_MS = 60_000;

export interface EmbeddedDatabase {
  readonly url: string;
  readonly serviceUrl: string;
  /** Port of the running server, which may differ from that of the URLs after a restart. */
  readonly port: () => number;
  watch(listener: LossListener): void;
  /** Stops the server unless another process uses it. */
  stop(): Promise<void>;
}

/** Starts the bundled PostgreSQL on our data folder, or adopts the server that already runs there. */
export const startEmbedded = async (dataDir: string): Promise<EmbeddedDatabase> => {
  // The driver would apply these variables, which are meant for another server.
  for (const name of ["PGSSLMODE", "PGOPTIONS"]) delete process.env[name];
  const cluster = await prepareCluster(resolve(dataDir));
  const first = await takeServer(cluster);
  let { port } = first;
  const reach = async (): Promise<WatchedSession> => {
    const again = await reachServer(cluster);
    ({ port } = again);
    return again;
  };
  const revive = async (): Promise<void> => {
    if (!(await findServer(cluster))) await startUnlessAnother(cluster, port);
  };
  const watch = new DatabaseWatch({ reach, revive }, first);
  const unwatch = watchLog(logOf(cluster));
  const stop = async () => {
    unwatch();
    const { client } = (await watch.end()) ?? first;
    if (await isLastUser(cluster, client)) await stopServer(cluster);
    await client.end().catch(() => {});
  };
  try {
    await createDatabase(first.client);
    await giveLogin(first.client, cluster.servicePassword);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: urlOf(cluster, port, DATABASE),
    serviceUrl: urlFor(SERVICE_ROLE, cluster.servicePassword, port, DATABASE),
    port: () => port,
    watch: (listener) => watch.start(listener),
    stop,
  };
};

const urlFor = (user: string, password: string, port: number, database: string) =>
  `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

const urlOf = ({ password }: Cluster, port: number, database: string) => urlFor(USER, password, port, database);

interface TakenServer extends WatchedSession {
  readonly port: number;
}

/** Opens a session that keeps other processes from stopping the server; other processes may start or stop it meanwhile. */
const takeServer = async (cluster: Cluster): Promise<TakenServer> => {
  let running: RunningPostgres | null = null;
  let isStarted = false;
  try {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
      running = await findServer(cluster);
      if (!running) {
        isStarted = await startUnlessAnother(cluster);
        running = await findServer(cluster);
      }
      const client = running && (await openSession(cluster, running));
      if (client) return { client, port: running!.port, startedAt: await serverStartOf(client) };
    }
  } catch (error) {
    if (isStarted) await stopServer(cluster);
    throw error;
  }
  throw running ? silent(cluster, running) : new Error(`PostgreSQL does not stay up on ${cluster.folder}; see server.log there`);
};

const silent = ({ folder }: Cluster, { pid }: RunningPostgres) =>
  new Error(`Process ${pid} holds ${folder}, but it does not answer as our PostgreSQL; stop it, or set DATA_DIR`);

const reachServer = async (cluster: Cluster): Promise<TakenServer> => {
  const running = await findServer(cluster);
  if (!running) throw new Error(`no PostgreSQL runs on ${cluster.folder}`);
  const client = await openSession(cluster, running);
  if (!client) throw silent(cluster, running);
  return { client, port: running.port, startedAt: await serverStartOf(client) };
};

const openSession = async (cluster: Cluster, { port, isOurs }: RunningPostgres): Promise<Client | null> => {
  const client: Client = new ServiceClient({
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
      await lockSession(client, "lock_shared", "server");
      return client;
    }
  } catch (error) {
    if (isOurs && (error as { code?: string }).code === "28P01")
      throw new Error(`The password beside ${cluster.folder} does not match the data; restore the right one, or set DATA_DIR`, {
        cause: error,
      });
  }
  await client.end().catch(() => {});
  return null;
};

const isLastUser = async (cluster: Cluster, session: Client): Promise<boolean> => {
  try {
    await lockSession(session, "unlock_shared", "server");
    return await tryLockSession(session, "server");
  } catch {
    // The session was lost, but the server may still run.
    const running = await findServer(cluster);
    const again = running && (await openSession(cluster, running));
    return again !== null && (await isLastUser(cluster, again));
  }
};

const createDatabase = async (session: Client): Promise<void> => {
  const exists = async () => (await session.query("select from pg_database where datname = $1", [DATABASE])).rows.length > 0;
  if (await exists()) return;
  await session.query(`create database ${DATABASE} encoding 'UTF8' template template0`).catch(async (error: unknown) => {
    if (!(await exists())) throw error;
  });
};
