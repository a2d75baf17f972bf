import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { Database } from "../../database/database.ts";
import { Reader, rowsOf } from "../../database/reader.ts";
import { faultsOf, type Item, isFault, recordOf } from "../../lib/files/file-row.ts";
import { declareWithin } from "../../counters/declare.store.ts";
import { type Day, dayOf } from "../../lib/time/date.ts";
import { readUnitDirectory } from "../../hierarchy/unit-directory.ts";
import { ensureKept } from "../../counters/count-tree.service.ts";
import { shareProcedures } from "../../procedures/procedure-load.service.ts";
import { countChanges, judgeStage, NO_SOURCE, noteChanges, type Staged, writeStage } from "./dossier-apply.store.ts";
import { StageTable } from "./dossier-copy.ts";
import {
  type ImportedBy,
  type ImportProblem,
  type ImportReport,
  type ImportWarning,
  isOfNothing,
  MAX_PROBLEMS,
  noteImport,
  NothingKept,
  problemOf,
  rejectedRows,
  reportOf,
} from "./import-report.ts";
import { dossierOfCells } from "./dossier-row.ts";
import { type ImportWorld, type RowProblem, stageRow, type StagedDossier } from "./dossier-stage.ts";
import { checkSourceName, findSource, lockSource, makeSource } from "../../imports/import-source.service.ts";
import { readCalendar, readProcedures } from "./import-world.ts";
import { knownElsewhere } from "./known-elsewhere.store.ts";

export interface FileImport {
  readonly source: string;
  /** Code or id of the unit whose source it is; needed where several have one of that name. */
  readonly owner?: string | null;
  readonly kind?: "RECORDS" | "SYNTHETIC";
  readonly partial: boolean;
  readonly dryRun: boolean;
  /** The days for which the records of the file's units are complete; stated of them only where every row is kept. */
  readonly complete: { readonly since: Day; readonly through: Day } | null;
  readonly by: ImportedBy;
  /** Told of all that is wrong with each bad row, and what stands there, where it is one value. */
  readonly onProblem: (problem: ImportProblem, value: string | undefined) => void;
  readonly onWarning?: (warning: ImportWarning) => void;
  readonly onPhase?: (phase: string) => void;
  /** Who stops before it is committed keeps nothing. */
  readonly signal?: AbortSignal;
}

export interface FileReport extends ImportReport {
  readonly isKept: boolean;
  /** Units whose records are stated to be complete now; null where nothing was to be stated. */
  readonly declared: number | null;
}

/** Statements of one import may hold what they sort and group in so much memory each. */
const WORK_MEMORY = "256MB";

/**
 * Takes a file of dossiers of any size: copied to a table of its own, and from there in one transaction, all or nothing unless partial.
 * Nothing is kept where the report has rejected rows and the import is not partial, nor in a dry run.
 */
export const importFile = async (database: Database, rows: AsyncIterable<Item>, options: FileImport): Promise<FileReport> => {
  checkSourceName(options.source);
  const em = database.orm.em.fork();
  const world = await worldOf(em, options.by.at);
  await ensureKept(new Reader(database.pools), dayOf(options.by.at));
  const key = randomUUID();
  const table = await StageTable.open(database.url, key);
  const found: ImportProblem[] = [];
  let rejected = 0;
  try {
    await table.fill(
      stagedRows(world, rows, options.signal, (row, record, problems) => {
        rejected++;
        for (const problem of problems) {
          const one = problemOf(row, record, problem);
          options.onProblem(one, problem.value);
          if (found.length < MAX_PROBLEMS) found.push(one);
        }
      }),
    );
    options.signal?.throwIfAborted();
    options.onPhase?.("checking against what is known");
    return await transaction(em, (inside) => keep(inside, { key, table, found, rejected, options, outside: em }));
  } catch (error) {
    if (error instanceof NothingKept) return { ...error.report, isKept: false, declared: options.complete && 0 };
    throw error;
  } finally {
    await table.close();
  }
};

const transaction = <T>(em: EntityManager, work: (inside: EntityManager) => Promise<T>): Promise<T> =>
  em.fork().transactional(async (inside) => {
    await sql`select set_config('work_mem', ${WORK_MEMORY}, true)`.execute(inside.getKysely());
    return work(inside);
  });

const worldOf = async (em: EntityManager, now: Date): Promise<ImportWorld> => {
  const rows = rowsOf(em);
  const [calendar, procedures, units] = [await readCalendar(rows), await readProcedures(rows, null), await readUnitDirectory(rows, null)];
  return { calendar, procedures, units, now: now.getTime(), isCovered: () => true };
};

async function* stagedRows(
  world: ImportWorld,
  rows: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  reject: (row: number, record: string | null, problems: readonly RowProblem[]) => void,
): AsyncGenerator<StagedDossier> {
  for await (const row of rows) {
    signal?.throwIfAborted();
    if (isFault(row)) {
      const problems = faultsOf(row).map(({ column, ...fault }) => ({ ...fault, field: column, message: named(column, fault.message) }));
      reject(row.row, recordOf(row), problems);
      continue;
    }
    const dossier = dossierOfCells(row.cells);
    const staged = "code" in dossier ? stageRow(world, row.row, dossier) : dossier;
    if ("row" in staged) yield staged;
    else reject(row.row, recordOf(row), staged);
  }
}

const named = (column: string | null, message: string): string => (column === null ? message : `${column}: ${message}`);

interface Kept {
  readonly key: string;
  readonly table: StageTable;
  readonly found: readonly ImportProblem[];
  readonly rejected: number;
  readonly options: FileImport;
  /** For transactions of their own, which concern the tables of this import alone. */
  readonly outside: EntityManager;
}

/**
 * What is written is written by one transaction. The rows are judged, and what they change of the counters is worked out, beside it, in tables that
 * only this import knows: the second while the dossiers are written, for both take as long.
 */
const keep = async (em: EntityManager, { key, table, found, rejected, options, outside }: Kept): Promise<FileReport> => {
  const { source: name, owner, kind = "RECORDS", partial, dryRun, complete, by, onPhase, signal } = options;
  const known = await findSource(em, { source: name, owner, grants: null, at: by.at });
  const stage = sql.table(table.name);
  const rows = rowsOf(em);
  const units = (await rows.rows(sql<{ no: number }>`select distinct unit_id as no from ${stage}`)).map(({ no }) => no);
  const judged: Staged = { key, sourceId: known?.id ?? NO_SOURCE, stage, deltas: sql.table(table.deltas), grants: null };
  if (known) await lockSource(em, known.id);
  await shareProcedures(em);
  await transaction(outside, (other) => judgeStage(other, judged));
  const report = withFound(await reportOf(em, judged, []), found, rejected, await tell(em, judged, options));
  if (isOfNothing(report) || (report.rejected > 0 && !partial)) throw new NothingKept(report);
  const source = known ?? (await makeSource(em, { source: name, owner, kind, grants: null, units, by }));
  if (dryRun) throw new NothingKept(report);
  const staged = { ...judged, sourceId: source.id };
  signal?.throwIfAborted();
  onPhase?.("writing records and counters");
  await both(
    transaction(outside, (other) => noteChanges(other, staged)),
    writeStage(em, staged, by.at),
  );
  await countChanges(em, staged);
  const isWhole = report.rejected === 0;
  if (complete !== null && isWhole) await declareWithin(em, { kind: "DOSSIERS", unitNos: units, ...complete, by });
  await noteImport(em, { source, report, operation: "import dossiers", by });
  signal?.throwIfAborted();
  return { ...report, isKept: true, declared: complete && (isWhole ? units.length : 0) };
};

const withFound = (
  judged: ImportReport,
  found: readonly ImportProblem[],
  rejected: number,
  warnings: readonly ImportWarning[],
): ImportReport => {
  const problems = [...found, ...judged.problems].toSorted((a, b) => a.row - b.row).slice(0, MAX_PROBLEMS);
  return { ...judged, rejected: judged.rejected + rejected, problems, warnings };
};

/** Ends when both have ended, and fails as either did. */
const both = async (...works: readonly Promise<void>[]): Promise<void> => {
  const failed = (await Promise.allSettled(works)).find((work) => work.status === "rejected");
  if (failed) throw failed.reason;
};

/** Tells of all that is wrong and of all that should be known, however much it is. @returns the first warnings */
const tell = async (em: EntityManager, staged: Staged, { onProblem, onWarning }: FileImport): Promise<ImportWarning[]> => {
  for (let after = 0; ;) {
    const problems = await rejectedRows(em, staged, after);
    for (const problem of problems) onProblem(problem, undefined);
    if (problems.length === 0) break;
    after = problems.at(-1)!.row;
  }
  const first: ImportWarning[] = [];
  for await (const warning of knownElsewhere(em, staged)) {
    onWarning?.(warning);
    if (first.length < MAX_PROBLEMS) first.push(warning);
  }
  return first;
};
