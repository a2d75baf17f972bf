import { sql } from "kysely";
import type { Database } from "../../src/db/database.ts";
import { rowsOf } from "../../src/db/reader.ts";
import { loadProcedures } from "../../src/dossiers/catalogue/procedure-load.service.ts";
import { importFile } from "../../src/dossiers/import/dossier-file.service.ts";
import type { FileRow } from "../../src/files/file-row.ts";
import { demoDossiers, readDemoWorld } from "./dossiers.ts";
import { DEMO_PROVINCES } from "./provinces.ts";
import { FIRST, LAST } from "./year.ts";

export interface Filling {
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The part of the dossiers that is made, from 0 to 1. */
  readonly scale?: number;
}

/**
 * Fills a database that has the seeds with a year of made-up dossiers of five provinces, complete for that year. Each province is there whole or
 * not at all, and one that is there is left as it is.
 * @throws Error where a dossier is refused, and the reason of the signal where that stops it; what was filled before is kept.
 */
export const fillDemo = async (database: Database, { say, signal, scale = 1 }: Filling): Promise<void> => {
  const em = database.orm.em.fork();
  const known = await rowsOf(em).rows(sql<{ name: string }>`select name from source where kind = 'SYNTHETIC'`);
  const missing = DEMO_PROVINCES.filter(({ source }) => known.every(({ name }) => name !== source));
  if (missing.length === 0) return;
  const world = await readDemoWorld();
  const by = { actor: "command:demo", actorName: "demo", at: new Date() };
  await loadProcedures(
    em,
    world.procedures.map(({ weight: _weight, ...row }) => row),
    by,
  );
  for (const province of missing) {
    say(`making up the dossiers of ${province.name}`);
    const { created, problems } = await importFile(database, followed(demoDossiers(world, province, scale), say), {
      ...{ source: province.source, kind: "SYNTHETIC", partial: false, dryRun: false, by, onProblem: () => {} },
      ...{ complete: { since: FIRST, through: LAST }, ...(signal && { signal }) },
    });
    if (problems[0]) throw new Error(`${province.source}, ${problems[0].record}: ${problems[0].message}`);
    say(`${province.name} has ${created.toLocaleString("en-US")} dossiers`);
  }
  await sql`analyze`.execute(em.getKysely());
};

/** Rows between two lines about them. */
const STRETCH = 25_000;

async function* followed(rows: Iterable<FileRow>, say: Filling["say"]): AsyncGenerator<FileRow> {
  let count = 0;
  for (const row of rows) {
    if (++count % STRETCH === 0) say(`${count.toLocaleString("en-US")} so far`);
    yield row;
  }
}
