import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { Database } from "../../db/database.ts";
import { Reader, rowsOf } from "../../db/reader.ts";
import { type Item, isFault } from "../../files/file-row.ts";
import { declareWithin } from "../../records/declare.store.ts";
import { type Day, dayOf } from "../../time/date.ts";
import { readUnitDirectory } from "../../units/unit-directory.ts";
import { ensureKept } from "../counts/count-tree.service.ts";
import { shareProcedures } from "../catalogue/procedure-load.service.ts";
import { countChanges, judgeStage, lockSource, noteChanges, type Staged, writeStage } from "./dossier-apply.store.ts";
import { StageTable } from "./dossier-copy.ts";
import {
  type ImportedBy,
  type ImportProblem,
  type ImportReport,
  MAX_PROBLEMS,
  noteImport,
  NothingKept,
  rejectedRows,
  reportOf,
} from "./import-report.ts";
import { dossierOfCells } from "./dossier-row.ts";
import { type ImportWorld, type RowProblem, stageRow, type StagedDossier } from "./dossier-stage.ts";
import { openSource } from "./import-source.service.ts";
import { readCalendar, readProcedures } from "./import-world.ts";

export interface FileImport {
  readonly source: string;
  /** Code or id of the unit whose source it is; needed where several have one of that name. */
  readonly owner?: string | null;
  readonly kind?: "RECORDS" | "SYNTHETIC";
  readonly partial: boolean;
  readonly dryRun: boolean;
  /** The days for which the records of the file's units are complete. */
  readonly complete: { readonly since: Day; readonly through: Day } | null;
  readonly by: ImportedBy;
  /** Told of each bad row. */
  readonly onProblem: (problem: ImportProblem) => void;
  readonly onPhase?: (phase: string) => void;
  /** Who stops before it is committed keeps nothing. */
  readonly signal?: AbortSignal;
}

/** Statements of one import may hold what they sort and group in so much memory each. */
const WORK_MEMORY = "256MB";

/**
 * Takes a file of dossiers of any size: copied to a table of its own, and from there in one transaction, all or nothing unless partial.
 * Nothing is kept where the report has rejected rows and the import is not partial, nor in a dry run.
 */
export const importFile = async (database: Database, rows: AsyncIterable<Item>, options: FileImport): Promise<ImportReport> => {
  const em = database.orm.em.fork();
  const world = await worldOf(em, options.by.at);
  await ensureKept(new Reader(database.pools), dayOf(options.by.at));
  const key = randomUUID();
  const table = await StageTable.open(database.url, key);
  const found: ImportProblem[] = [];
  let rejected = 0;
  try {
    await table.fill(
      stagedRows(world, rows, options.signal, (row, dossier, problems) => {
        rejected++;
        for (const problem of problems) {
          const one = { row, dossier, ...problem };
          options.onProblem(one);
          if (found.length < MAX_PROBLEMS) found.push(one);
        }
      }),
    );
    options.signal?.throwIfAborted();
    options.onPhase?.("checking against what is known");
    return await transaction(em, (inside) => keep(inside, { key, table, found, rejected, options, outside: em }));
  } catch (error) {
    if (error instanceof NothingKept) return error.report;
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
  reject: (row: number, dossier: string | null, problems: readonly RowProblem[]) => void,
): AsyncGenerator<StagedDossier> {
  for await (const row of rows) {
    signal?.throwIfAborted();
    if (isFault(row)) {
      reject(row.row, null, [{ field: row.column, code: row.code, message: row.message }]);
      continue;
    }
    const dossier = dossierOfCells(row.cells);
    const staged = "code" in dossier ? stageRow(world, row.row, dossier) : dossier;
    if ("row" in staged) yield staged;
    else reject(row.row, "code" in dossier ? dossier.code : null, staged);
  }
}

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
const keep = async (em: EntityManager, { key, table, found, rejected, options, outside }: Kept): Promise<ImportReport> => {
  const { source: name, owner, kind = "RECORDS", partial, dryRun, complete, by, onPhase, signal } = options;
  const stage = sql.table(table.name);
  const rows = rowsOf(em);
  const units = (await rows.rows(sql<{ no: number }>`select distinct unit_id as no from ${stage}`)).map(({ no }) => no);
  const source = await openSource(em, { source: name, owner, kind, grants: null, units, by });
  const staged: Staged = { key, sourceId: source.id, stage, deltas: sql.table(table.deltas), grants: null };
  await lockSource(em, source.id);
  await shareProcedures(em);
  await transaction(outside, (other) => judgeStage(other, staged));
  const judged = await reportOf(em, staged, []);
  await tellRejected(em, staged, options.onProblem);
  const problems = [...found, ...judged.problems].toSorted((a, b) => a.row - b.row).slice(0, MAX_PROBLEMS);
  const report = { ...judged, rejected: judged.rejected + rejected, problems };
  if (dryRun || (report.rejected > 0 && !partial)) throw new NothingKept(report);
  signal?.throwIfAborted();
  onPhase?.("writing records and counters");
  await both(
    transaction(outside, (other) => noteChanges(other, staged)),
    writeStage(em, staged, by.at),
  );
  await countChanges(em, staged);
  if (complete !== null) await declareWithin(em, { kind: "DOSSIERS", unitNos: units, ...complete, by });
  await noteImport(em, { source, report, operation: "import dossiers", by });
  signal?.throwIfAborted();
  return report;
};

/** Ends when both have ended, and fails as either did. */
const both = async (...works: readonly Promise<void>[]): Promise<void> => {
  const failed = (await Promise.allSettled(works)).find((work) => work.status === "rejected");
  if (failed) throw failed.reason;
};

/** All of them, however many there are. */
const tellRejected = async (em: EntityManager, staged: Staged, tell: (problem: ImportProblem) => void): Promise<void> => {
  for (let after = 0; ;) {
    const problems = await rejectedRows(em, staged, after);
    for (const problem of problems) tell(problem);
    if (problems.length === 0) return;
    after = problems.at(-1)!.row;
  }
};
