import { loadSeeds } from "../seeds/seed.ts";
import { openDatabase } from "./db/database.ts";
import { envText, readEnv } from "./server/env.ts";
import { startServer } from "./server/server.ts";

const started = performance.now();

const main = async (): Promise<void> => {
  const env = readEnv(process.env);
  console.log(`cchc-graph: ${envText(env)}`);
  const database = await openDatabase(env);
  const closing: (() => Promise<void>)[] = [() => database.close()];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const stopped = new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
  try {
    await loadSeeds(database.orm.em.fork(), (line) => console.log(`cchc-graph: ${line}`));
    const server = await startServer(database.orm.em, env);
    closing.push(() => server.close());
    console.log(`cchc-graph: ready at ${server.url} after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await stopped;
  } finally {
    await close();
  }
};

await main().catch((error: unknown) => {
  console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
