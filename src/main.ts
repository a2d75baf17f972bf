import { loadSeeds } from "../seeds/seed.ts";
import { type Database, openDatabase, type Pools } from "./database/database.ts";
import { errorText } from "./database/failure.ts";
import { CONNECT_MS, isAway, openWhenThere } from "./database/open-when-there.ts";
import { type Env, envText, envWarnings, readEnv } from "./server/env.ts";
import { createLog, type Log } from "./server/running/log.ts";
import { startServer } from "./server/server.ts";
import { closeDatabase } from "./server/running/shutdown.ts";
import { maintainTrees } from "./server/running/maintain-trees.ts";
import { startTelemetry } from "./server/running/telemetry.ts";
import { currentHierarchyOf } from "./hierarchy/current-hierarchy.ts";
import { warmUp } from "./server/running/warm-up.ts";

const started = performance.now();

const stopping = new AbortController();
const stop = stopping.signal;

/** SIGHUP means a closed terminal, or a request to read files again. */
let hungUp = (): void => stopping.abort();

// npm forwards the terminal's signal, so SIGINT may arrive twice; handle it once.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
process.on("SIGHUP", () => hungUp());

const stopped = new Promise<void>((done) => stop.addEventListener("abort", () => done(), { once: true }));

const SHARED_LOGIN =
  "DATABASE_URL: requests use sessions of the owner of the tables, in a role that such a session can leave; " +
  "give the service its own login there, and set the owner's in DATABASE_OWNER_URL (docs/operations.md, The database)";

const openSeeded = async (env: Env, log: Log): Promise<Database> => {
  const open = async () => {
    const database = await openDatabase({ ...env, ...(env.databaseUrl !== null && { connectMs: CONNECT_MS }) });
    try {
      await loadSeeds(database.orm.em.fork(), (line) => {
        stop.throwIfAborted();
        log.info(line);
      });
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  };
  if (env.databaseUrl === null) return open();
  return openWhenThere(open, (failure) => log.warn(`${failure}; retrying until the database is available`), stop);
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Fails if the database is lost permanently. */
const watched = (database: Database, { databaseUrl }: Env, log: Log): Promise<never> =>
  new Promise((_, fail) => {
    const next = databaseUrl === null ? "restarting it" : "reconnecting until it is available";
    database.watch({
      lost: (reason) => log.warn(`the database is lost: ${reason}; ${next}`),
      back: (ms) => log.info(`the database is back after ${seconds(ms)}`),
      dead: (error) => fail(new Error(`the database is lost and cannot be restarted: ${errorText(error)}`, { cause: error })),
    });
  });

/** Until then the loaded and computed data take twice their disk space. */
const trimAfter = async (work: Promise<void>, database: Database, log: Log): Promise<void> => {
  try {
    await work;
    if (!stop.aborted) await database.trim();
  } catch (error) {
    if (!stop.aborted && !isAway(error)) log.error({ err: error }, "unneeded disk space was not freed");
  }
};

const main = async (env: Env, log: Log): Promise<void> => {
  const telemetry = await startTelemetry(process.env, (line) => log.warn(line));
  const closing: (() => Promise<unknown>)[] = [() => telemetry.stop()];
  log.info(envText(env));
  let pools: Pools | null = null;
  try {
    const server = await startServer(() => pools, { ...env, log });
    closing.push(() => server.close());
    const { renewTrusted } = server;
    if (renewTrusted) hungUp = () => void renewTrusted();
    log.debug(`listening at ${server.url}`);
    const database = await openSeeded(env, log);
    // Requests must end before their database closes.
    closing.splice(1, 0, () => closeDatabase(database));
    stop.throwIfAborted();
    const dead = watched(database, env, log);
    if (database.isShared) log.warn(SHARED_LOGIN);
    pools = database.pools;
    if (server.metricsUrl) log.info(`metrics at ${server.metricsUrl}`);
    log.info(`ready at ${server.url} after ${seconds(performance.now() - started)}`);
    // The first request waits for the units, and reads them itself if this fails.
    void currentHierarchyOf(pools)
      .read()
      .catch(() => {});
    if (env.warmUp) void maintainTrees(pools, log, stop);
    void trimAfter(env.warmUp ? warmUp(pools, log, stop) : Promise.resolve(), database, log);
    await Promise.race([stopped, dead]);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    for (const step of closing.toReversed()) await step();
    if (stop.aborted) log.info("stopped");
  }
};

let log = createLog({ logLevel: "info", logFormat: "auto", production: process.env["NODE_ENV"] === "production" });
// An unhandled rejection belongs to one request and must not end the service.
process.on("unhandledRejection", (reason) => log.error({ err: reason }, "unexpected failure"));
try {
  const env = readEnv(process.env);
  log = createLog(env);
  for (const line of envWarnings(process.env)) log.warn(line);
  await main(env, log);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// Exits even if a connection still hangs.
process.exit();
