import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { Database } from "../database/database.ts";
import { rowsOf } from "../database/reader.ts";
import { HOLD_HIERARCHY } from "../hierarchy/hierarchy.store.ts";
import { faultsOf, type FileRow, type Item, isFault, recordOf } from "../lib/files/file-row.ts";
import type { Day } from "../lib/time/date.ts";
import { type ImportKind, importRows, type Staging } from "./import-pipeline.ts";
import {
  type ImportedBy,
  type ImportProblem,
  type ImportReport,
  type ImportRowProblem,
  type ImportWarning,
  MAX_PROBLEMS,
  problemOf,
} from "./import-report.ts";
import { checkSourceName } from "./import-source.service.ts";
import type { StagedRow } from "./stage.ts";
import { type StageShape, StageTable } from "./stage-table.ts";

export interface FileImport {
  readonly source: string;
  /** Code or id of the unit that owns the source; required if several units have a source of that name. */
  readonly owner?: string | null;
  readonly kind?: "RECORDS" | "SYNTHETIC";
  readonly partial: boolean;
  readonly dryRun: boolean;
  /** The days for which the records of the file's units are complete; declared only if every row is stored. */
  readonly complete: { readonly since: Day; readonly through: Day } | null;
  readonly by: ImportedBy;
  /** Receives each problem of each invalid row, with the given value if there is one. */
  readonly onProblem: (problem: ImportProblem, value: string | undefined) => void;
  readonly onWarning?: (warning: ImportWarning) => void;
  readonly onPhase?: (phase: string) => void;
  /** An abort before the commit stores nothing. */
  readonly signal?: AbortSignal;
}

export interface FileReport extends ImportReport {
  readonly isKept: boolean;
  readonly declared: number | null;
}

/** What a kind of record brings to the import of a file. */
export interface FileKind {
  readonly records: ImportKind;
  readonly shape: StageShape;
  readonly operation: string;
  /** The version of the units to which the rows refer. */
  readonly hierarchyVersion: string | null;
  readonly stageRow: (row: FileRow) => StagedRow | readonly ImportRowProblem[];
}

/** Memory that each sort or hash of one import may use. */
const WORK_MEMORY = "256MB";

/**
 * Imports a file of any size: COPY into its own table, then one transaction. It is atomic unless partial; nothing is stored in a dry run, or if rows were rejected and the
 * import is not partial. `open` reads what the rows refer to.
 */
export const importRecordFile = async (
  database: Database,
  rows: AsyncIterable<Item>,
  options: FileImport,
  open: (em: EntityManager) => Promise<FileKind>,
): Promise<FileReport> => {
  checkSourceName(options.source);
  const em = database.orm.em.fork();
  const file = await open(em);
  const key = randomUUID();
  const table = await StageTable.open(database.url, file.shape, key);
  try {
    const staging = await stagingOf(em, table, key, file, rows, options);
    options.signal?.throwIfAborted();
    options.onPhase?.(`comparing with stored ${file.records.kind.toLowerCase()}`);
    const { kind, onProblem, ...others } = options;
    const held = <T>(work: (inside: EntityManager) => Promise<T>) =>
      transaction(em, async (inside) => {
        await holdUnits(inside, file);
        return work(inside);
      });
    const { report, committed, declared } = await importRows(held, file.records, staging, {
      ...{ ...others, ...(kind && { sourceKind: kind }), grants: null, operation: file.operation },
      onProblem: (problem) => onProblem(problem, undefined),
    });
    return { ...report, isKept: committed, declared };
  } finally {
    await table.close();
  }
};

/** @throws Error if the units are no longer those that the rows were compared with. */
const holdUnits = async (em: EntityManager, { hierarchyVersion }: FileKind): Promise<void> => {
  const { rows } = await HOLD_HIERARCHY.execute(em.getKysely());
  if ((rows[0]?.version ?? null) === hierarchyVersion) return;
  throw new Error("the units changed while the file was read; nothing was stored, import it again");
};

const transaction = <T>(em: EntityManager, work: (inside: EntityManager) => Promise<T>): Promise<T> =>
  em.fork().transactional(async (inside) => {
    await sql`select set_config('work_mem', ${WORK_MEMORY}, true)`.execute(inside.getKysely());
    return work(inside);
  });

async function* stagedRows(
  { stageRow }: FileKind,
  rows: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  reject: (row: number, record: string | null, problems: readonly ImportRowProblem[]) => void,
): AsyncGenerator<StagedRow> {
  for await (const row of rows) {
    signal?.throwIfAborted();
    if (isFault(row)) {
      const problems = faultsOf(row).map(({ column, ...fault }) => ({ ...fault, field: column, message: named(column, fault.message) }));
      reject(row.row, recordOf(row), problems);
      continue;
    }
    const staged = stageRow(row);
    if ("row" in staged) yield staged;
    else reject(row.row, recordOf(row), staged);
  }
}

const named = (column: string | null, message: string): string => (column === null ? message : `${column}: ${message}`);

/** Rows are copied to tables of this import alone; classification and counter changes are computed in transactions beside the one that writes. */
const stagingOf = async (
  em: EntityManager,
  table: StageTable,
  key: string,
  file: FileKind,
  rows: AsyncIterable<Item>,
  { onProblem, signal }: FileImport,
): Promise<Staging> => {
  const problems: ImportProblem[] = [];
  let rejected = 0;
  await table.fill(
    stagedRows(file, rows, signal, (row, record, found) => {
      rejected++;
      for (const problem of found) {
        const one = problemOf(row, record, problem);
        onProblem(one, problem.value);
        if (problems.length < MAX_PROBLEMS) problems.push(one);
      }
    }),
  );
  const stage = sql.table(table.name);
  return {
    ...{ key, stage, deltas: sql.table(table.deltas), problems, rejected },
    fill: async (inside) =>
      (await rowsOf(inside).rows(sql<{ no: number }>`select distinct ${sql.ref(file.records.unit)} as no from ${stage}`)).map(
        ({ no }) => no,
      ),
    beside: (work) => transaction(em, work),
    empty: async () => {},
  };
};
