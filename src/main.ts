import { loadSeeds } from "../seeds/seed.ts";
import { openDatabase } from "./db/database.ts";
import { envText, readEnv } from "./server/env.ts";
import { startServer } from "./server/server.ts";

const started = performance.now();
const say = (line: string) => console.log(`cchc-graph: ${line}`);

const stopping = new AbortController();
const stop = stopping.signal;

// One that comes twice, from a terminal and from npm, is one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

const main = async (): Promise<void> => {
  const env = readEnv(process.env);
  say(envText(env));
  const database = await openDatabase(env);
  const closing: (() => Promise<void>)[] = [() => database.close()];
  try {
    await loadSeeds(database.orm.em.fork(), (line) => {
      stop.throwIfAborted();
      say(line);
    });
    stop.throwIfAborted();
    const server = await startServer(() => database.pools, env);
    closing.push(() => server.close());
    say(`ready at ${server.url} after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await new Promise<void>((done) => {
      if (stop.aborted) done();
      else stop.addEventListener("abort", () => done(), { once: true });
    });
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    for (const step of closing.toReversed()) await step();
    if (stop.aborted) say("stopped");
  }
};

// A failure that nobody waited for is one request's, not everybody's.
process.on("unhandledRejection", (reason) => console.error("cchc-graph: unexpected failure", reason));
await main().catch((error: unknown) => {
  console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
