import { join } from "node:path";
import { sql } from "kysely";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { fillLedger, withDatabase } from "./ledger-fill.ts";
import { inTurn, median, type Service, spread, startService, withDataDir } from "./process.ts";
import { AS_OF, asking, bodyOf } from "./trees.ts";

const TREE = "the whole country's tree";
/** Most of its provinces have sent nothing by this day. */
const DEMO_AS_OF = "2025-12-31";
const RUNS = { warmUps: 15, runs: 25 };
/** How much more a unit may cost where few have records than where all have. */
const MOST = 1.2;

/** The country's tree of the demo, where 5 of 34 provinces have records, beside one where all communes have, by unit. */
export const benchSilent = (dossiers: number, scale: number) =>
  withDataDir(async (dataDir) => {
    const [full, sparse] = [join(dataDir, "full"), join(dataDir, "sparse")];
    await withDatabase(sparse, async (database) => {
      await loadSeeds(database.orm.em.fork());
      await fillDemo(database, { say: () => {}, scale });
      await sql`vacuum analyze`.execute(database.orm.em.fork().getKysely());
    });
    const services: Service[] = [];
    try {
      services.push(await startService(full), await startService(sparse));
      await fillLedger(full, services[0]!, dossiers);
      await compare(services[0]!, services[1]!);
    } finally {
      for (const service of services) await service.stop();
    }
  });

const compare = async (full: Service, sparse: Service): Promise<void> => {
  const asked = [
    { name: "all communes have records", ask: asking(full.url, bodyOf(TREE, AS_OF)) },
    { name: "5 of 34 provinces have records", ask: asking(sparse.url, bodyOf(TREE, DEMO_AS_OF)) },
  ] as const;
  const units: number[] = [];
  for (const { ask } of asked) units.push((await ask()).answer.match(/"code":/g)!.length);
  const times = await inTurn([asked[0].ask, asked[1].ask], RUNS);
  const byUnit = times.map((ms, n) => median(ms) / units[n]!);
  for (const [n, { name }] of asked.entries())
    console.log(`${TREE} where ${name}: ${spread(times[n]!)}, ${(byUnit[n]! * 1000).toFixed(1)} µs by unit of ${units[n]}`);
  const ratio = byUnit[1]! / byUnit[0]!;
  console.log(`ratio ${ratio.toFixed(2)} (at most ${MOST}), of ${RUNS.runs} runs in turn`);
  if (ratio > MOST) process.exitCode = 1;
};
