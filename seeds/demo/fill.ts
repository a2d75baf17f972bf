import "../../src/records.ts";
import { sql } from "kysely";
import type { Database } from "../../src/database/database.ts";
import { type Rows, rowsOf } from "../../src/database/reader.ts";
import { loadCatalogue } from "../../src/dossiers/catalogue-load.service.ts";
import { importFile } from "../../src/dossiers/import/dossier-file.service.ts";
import type { FileRow } from "../../src/lib/files/file-row.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { importTaskFile } from "../../src/tasks/import/task-file.service.ts";
import { type DemoInput, demoDossiers, readDemoInput } from "./dossiers.ts";
import { DEMO_PROVINCES, type DemoProvince } from "./provinces.ts";
import { openDemoCycles } from "./cycles.ts";
import { demoTasks } from "./tasks.ts";
import { USUAL_LAST } from "./year.ts";

export interface Filling {
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Share of dossiers, tasks and assessed communes to generate, from 0 to 1. */
  readonly scale?: number;
  /** Last day of the year, if requested. */
  readonly until?: Day | null;
}

interface ExistingDemo {
  readonly dossiers: number;
  readonly last: Day;
}

const existingDemo = async (rows: Rows): Promise<ExistingDemo | null> => {
  const [existing] = await rows.rows(sql<{ dossiers: number; last: Day | null }>`
    with made as (select id from source where kind = 'SYNTHETIC')
    select count(*)::int as dossiers, coalesce((select max(r.through) from record_range r
        where r.unit_id in (select unit_id from record_unit where source_id in (select id from made))), max(received_on)) as last
    from dossier where source_id in (select id from made)`);
  return existing!.last === null ? null : { dossiers: existing!.dossiers, last: existing!.last };
};

/**
 * Fills a seeded database with a year of generated dossiers and tasks of five provinces and declares them complete. Each kind of a province is atomic, and an existing one is
 * left unchanged. @throws Error if existing dossiers end on another day than requested, or a record is refused; throws the reason of the signal. Finished provinces stay.
 */
export const fillDemo = async (database: Database, filling: Filling): Promise<void> => {
  const { say, until = null, scale } = filling;
  const em = database.orm.em.fork();
  const existing = await existingDemo(rowsOf(em));
  if (existing && until !== null && until !== existing.last)
    throw new Error(`--until: an existing demo ends on ${existing.last}; start it without --until, or delete its folder first`);
  if (existing) say(`existing: ${existing.dossiers.toLocaleString("en-US")} dossiers, up to ${existing.last}`);
  const stored = new Set(await existingKinds(rowsOf(em)));
  const missing = DEMO_PROVINCES.flatMap((province) =>
    KINDS.flatMap((kind) => (stored.has(`${kind.name} ${province.source}`) ? [] : [{ province, kind }])),
  );
  const last = existing?.last ?? until ?? USUAL_LAST;
  if (missing.length > 0) await fillMissing(database, missing, last, filling);
  await openDemoCycles(database, last, say, scale);
};

type Missing = readonly { readonly province: DemoProvince; readonly kind: (typeof KINDS)[number] }[];

const fillMissing = async (database: Database, missing: Missing, last: Day, filling: Filling): Promise<void> => {
  const em = database.orm.em.fork();
  const input = await readDemoInput(last);
  const by = { actor: "command:demo", actorName: "demo", at: new Date() };
  await loadCatalogue(
    em,
    input.procedures.map(({ weight: _weight, ...row }) => row),
    by,
  );
  for (const { province, kind } of missing) await fillKind(database, input, province, kind, filling);
  await sql`analyze`.execute(em.getKysely());
};

const KINDS = [
  { name: "dossiers", rowsOfKind: demoDossiers, importKind: importFile },
  { name: "tasks", rowsOfKind: demoTasks, importKind: importTaskFile },
] as const;

const existingKinds = async (rows: Rows): Promise<string[]> => {
  const found = await rows.rows(sql<{ kind: string }>`
    select distinct lower(i.kind) || ' ' || s.name as kind from source s join record_import i on i.source_id = s.id where s.kind = 'SYNTHETIC'`);
  return found.map(({ kind }) => kind);
};

const fillKind = async (
  database: Database,
  input: DemoInput,
  province: DemoProvince,
  { name, rowsOfKind, importKind }: (typeof KINDS)[number],
  { say, signal, scale = 1 }: Filling,
): Promise<void> => {
  say(`generating the ${name} of ${province.name}`);
  const by = { actor: "command:demo", actorName: "demo", at: new Date() };
  const { created, problems } = await importKind(database, followed(rowsOfKind(input, province, scale), say), {
    ...{ source: province.source, kind: "SYNTHETIC", partial: false, dryRun: false, by, onProblem: () => {} },
    ...{ complete: { since: input.year.first, through: input.year.last }, ...(signal && { signal }) },
  });
  if (problems[0]) throw new Error(`${province.source}, ${problems[0].record}: ${problems[0].message}`);
  say(`${province.name} has ${created.toLocaleString("en-US")} ${name}`);
};

/** Number of rows between two progress lines. */
const STRETCH = 25_000;

async function* followed(rows: Iterable<FileRow>, say: Filling["say"]): AsyncGenerator<FileRow> {
  let count = 0;
  for (const row of rows) {
    if (++count % STRETCH === 0) say(`${count.toLocaleString("en-US")} so far`);
    yield row;
  }
}
