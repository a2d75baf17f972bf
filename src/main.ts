import { loadSeeds } from "../seeds/seed.ts";
import { type Database, openDatabase, type Pools } from "./database/database.ts";
import { errorText } from "./database/failure.ts";
import { CONNECT_MS, isAway, openWhenThere } from "./database/open-when-there.ts";
import { type Env, envText, envWarnings, readEnv } from "./server/env.ts";
import { createLog, type Log } from "./server/running/log.ts";
import { startServer } from "./server/server.ts";
import { closeDatabase } from "./server/running/shutdown.ts";
import { keepTrees } from "./server/running/keep-trees.ts";
import { startTelemetry } from "./server/running/telemetry.ts";
import { warmUp } from "./server/running/warm-up.ts";

const started = performance.now();

const stopping = new AbortController();
const stop = stopping.signal;

/** A terminal that is closed, or whoever wants files to be read anew. */
let hungUp = (): void => stopping.abort();

// One that comes twice, from a terminal and from npm, is one.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
process.on("SIGHUP", () => hungUp());

const stopped = new Promise<void>((done) => stop.addEventListener("abort", () => done(), { once: true }));

const SHARED_LOGIN =
  "DATABASE_URL: requests run in sessions of the owner of the tables, in a role that such a session can leave; " +
  "better give the service a login of its own there, and the owner's in DATABASE_OWNER_URL (docs/operations.md, The database)";

/** With its units and reports loaded. */
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
  return openWhenThere(open, (failure) => log.warn(`${failure}; trying again until it is there`), stop);
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Fails where the database is lost for good. */
const watched = (database: Database, { databaseUrl }: Env, log: Log): Promise<never> =>
  new Promise((_, fail) => {
    const next = databaseUrl === null ? "starting it again" : "trying again until it is there";
    database.watch({
      lost: (reason) => log.warn(`the database is lost: ${reason}; ${next}`),
      back: (ms) => log.info(`the database is back after ${seconds(ms)}`),
      dead: (error) => fail(new Error(`the database is lost, and does not come back: ${errorText(error)}`, { cause: error })),
    });
  });

/** What was loaded and worked out takes twice its disk until then. */
const trimAfter = async (work: Promise<void>, database: Database, log: Log): Promise<void> => {
  try {
    await work;
    if (!stop.aborted) await database.trim();
  } catch (error) {
    if (!stop.aborted && !isAway(error)) log.error({ err: error }, "disk that is not needed any more was not given back");
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
    // The server's requests end before their database does.
    closing.splice(1, 0, () => closeDatabase(database));
    stop.throwIfAborted();
    const dead = watched(database, env, log);
    if (database.isShared) log.warn(SHARED_LOGIN);
    pools = database.pools;
    if (server.metricsUrl) log.info(`metrics at ${server.metricsUrl}`);
    log.info(`ready at ${server.url} after ${seconds(performance.now() - started)}`);
    if (env.warmUp) void keepTrees(pools, log, stop);
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
// A failure that nobody waited for is one request's, not everybody's.
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
// What is cut off, such as a connection to a server that does not answer, keeps the process from ending no longer.
process.exit();
