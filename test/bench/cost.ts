import { readdir, readFile } from "node:fs/promises";
import { sql } from "kysely";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { Database } from "../../src/database/database.ts";
import { Reader, rowsOf } from "../../src/database/reader.ts";
import { ensurePresentTrees } from "../../src/counters/count-tree.service.ts";
import { startServer } from "../../src/server/server.ts";
import { dayOf } from "../../src/lib/time/date.ts";
import { FLOOR, type Shape, SHAPES, YARDSTICK } from "./cost-shapes.ts";
import { withDatabase } from "./ledger-fill.ts";
import { withDataDir } from "./process.ts";

/** A row may take so many times as long as one of the yardstick. */
const MOST = 20;
/** Each shape runs for this long, because PostgreSQL reports its processor time in hundredths of a second. */
const ENOUGH_MS = 400;
const LEAST_RUNS = 3;
const MOST_RUNS = 100;
const WARM_UPS = 8;
const TICK_MS = 10;
const NOW = new Date("2026-01-15T12:00:00+07:00");

interface Measured {
  readonly ms: number;
  readonly cost: number;
  readonly code: string | undefined;
}
type Measure = (shape: Shape) => Promise<Measured>;

/** Prints the processor time, of the service and of PostgreSQL, that a row of cost takes in each shape; ends with 1 where one takes far too long. */
export const benchCost = (scale: number): Promise<void> =>
  withDataDir((dataDir) =>
    withDatabase(dataDir, async (database) => {
      await loadSeeds(database.orm.em.fork());
      await fillDemo(database, { say: () => {}, scale });
      await ensurePresentTrees(new Reader(database.pools), dayOf(NOW));
      await sql`vacuum analyze`.execute(database.orm.em.fork().getKysely());
      const server = await startServer(() => database.pools, {
        ...{ port: 0, keptAnswers: 0, rateAddress: 0, rateKey: 0, costAddress: 0, statementsAddress: 0, statementMsPublic: 60_000 },
        clock: () => NOW,
      });
      try {
        await compare(measuring(server.url, await keyOf(database), await postmasterOf(database)));
      } finally {
        await server.close();
      }
    }),
  );

const compare = async (measure: Measure): Promise<void> => {
  // What compiles a program while it runs settles first.
  for (let n = 0; n < WARM_UPS; n++) for (const shape of [YARDSTICK, FLOOR]) await measure(shape);
  const floor = (await measure(FLOOR)).ms;
  const yard = await measure(YARDSTICK);
  const unit = (yard.ms - floor) / yard.cost;
  console.log(
    `${YARDSTICK.name}: ${yard.ms.toFixed(0)} ms for ${yard.cost} rows, ${unit.toFixed(4)} ms a row; any question: ${floor.toFixed(1)} ms\n`,
  );
  const tooLong: string[] = [];
  for (const shape of SHAPES) {
    const { ms, cost, code } = await measure(shape);
    const times = Math.max(0, ms - floor) / cost / unit;
    if (times > MOST && code === undefined) tooLong.push(shape.name);
    const result = code === undefined ? `${times.toFixed(1)} ×` : code;
    console.log(`${shape.name.padEnd(44)} ${ms.toFixed(1).padStart(9)} ms ${String(cost).padStart(9)} rows ${result.padStart(9)}`);
  }
  if (tooLong.length === 0) return;
  console.log(`\nmore than ${MOST} × the yardstick: ${tooLong.join(", ")}`);
  process.exitCode = 1;
};

/** The mean of several runs, after one that makes what is made once. */
const measuring =
  (url: string, key: string, postmaster: number): Measure =>
  async ({ query, isKeyed = false }) => {
    const headers = { "content-type": "application/json", ...(isKeyed && { authorization: `Bearer ${key}` }) };
    const ask = async () => (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })).text();
    const answer = JSON.parse(await ask()) as Answer;
    const code = answer.errors?.[0]?.extensions.code;
    if (code !== undefined && code !== "LIMIT_EXCEEDED") console.log(answer.errors);
    const before = await serverMs(postmaster);
    const own = process.cpuUsage();
    const until = performance.now() + ENOUGH_MS;
    let runs = 0;
    while (runs < LEAST_RUNS || (runs < MOST_RUNS && performance.now() < until)) {
      await ask();
      runs++;
    }
    // To look at the processes takes time of this one, too.
    const { user, system } = process.cpuUsage(own);
    const ms = ((user + system) / 1000 + (await serverMs(postmaster)) - before) / runs;
    return { ms, cost: answer.extensions?.cost?.requested ?? Number.NaN, code };
  };

interface Answer {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly cost?: { readonly requested: number } };
}

const keyOf = async ({ orm }: Database): Promise<string> => {
  const asked = { name: "bench", grants: [{ unit: "VN", role: "ADMIN" as const }], expiresOn: null };
  return orm.em.fork().transactional(async (em) => (await createAccessKey(em, await commandKeeper(em, "bench"), asked, NOW)).secret);
};

const postmasterOf = async ({ orm }: Database): Promise<number> => {
  const [row] = await rowsOf(orm.em.fork()).rows(sql<{ pid: number }>`select pg_backend_pid() as pid`);
  return (await statOf(row!.pid))!.parent;
};

/** Of PostgreSQL's processes. */
const serverMs = async (postmaster: number): Promise<number> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(statOf));
  return stats.reduce(
    (sum, stat, n) => sum + (stat && (stat.parent === postmaster || pids[n] === postmaster) ? stat.ticks * TICK_MS : 0),
    0,
  );
};

/** Null for a process that has ended; what ended ones took is their parent's. */
const statOf = async (pid: number): Promise<{ parent: number; ticks: number } | null> => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const [, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // utime, stime, cutime and cstime are the 14th to 17th fields; the state is the third.
  return { parent: Number(parent), ticks: rest.slice(9, 13).reduce((sum, ticks) => sum + Number(ticks), 0) };
};
