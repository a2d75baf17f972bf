import { sql } from "kysely";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../../src/database/database.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { makeContributions } from "../../src/hierarchy/contribution.service.ts";
import { readHierarchy } from "../../src/hierarchy/hierarchy.store.ts";
import { median, withDataDir } from "./process.ts";

const LOADS = 9;
const LIMITS = { load: 300, edition: 1000, editions: 15_000 } as const;

/** How long the units of all days take into memory, and the lineage of one edition and of all into the database. */
export const benchHierarchy = (): Promise<void> =>
  withDataDir(async (dataDir) => {
    const database = await openDatabase({ databaseUrl: null, dataDir });
    try {
      await loadSeeds(database.orm.em.fork());
      const em = database.orm.em.fork();
      const loads: number[] = [];
      for (let n = 0; n < LOADS; n++) loads.push(await timed(() => readHierarchy(rowsOf(em))));
      report("the units of all days into memory: median", median(loads), LIMITS.load);
      await sql`truncate contribution`.execute(em.getKysely());
      await sql`update edition set contributed = false`.execute(em.getKysely());
      const { rows } = await sql<{ id: number }>`select id from edition order by id`.execute(em.getKysely());
      const editions: number[] = [];
      for (const { id } of rows) editions.push(await timed(() => makeContributions(database.orm.em.fork(), [id])));
      report(`the lineage of one of ${editions.length} editions: slowest`, Math.max(...editions), LIMITS.edition);
      const all = editions.reduce((sum, one) => sum + one, 0);
      report("the lineage of all editions, one after the other", all, LIMITS.editions);
    } finally {
      await database.close();
    }
  });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const report = (what: string, ms: number, limit: number): void => {
  console.log(`${what} ${ms.toFixed(0)} ms (at most ${limit})`);
  if (ms > limit) process.exitCode = 1;
};
