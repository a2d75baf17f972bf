import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../../journal/audit.ts";
import { rowsOf } from "../../database/reader.ts";
import { outcomesOf, type Staged, STATUSES } from "./dossier-apply.store.ts";
import type { RowProblem } from "./dossier-stage.ts";
import type { ImportSource } from "../../imports/import-source.service.ts";

/** Problems that one report names. */
export const MAX_PROBLEMS = 1000;

/** Who imports, and when. */
export interface ImportedBy {
  readonly actor: string;
  readonly actorName: string;
  readonly at: Date;
}

export interface ImportProblem {
  /** Place in the list, counted from 1; row of a file, whose header is 1. */
  readonly row: number;
  /** Code of the dossier, where the row has one. */
  readonly record: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

export const problemOf = (row: number, record: string | null, { field, code, message }: RowProblem): ImportProblem => ({
  ...{ row, record, field, code, message },
});

/** What people should know of a row that is kept. */
export interface ImportWarning {
  readonly row: number;
  readonly record: string;
  readonly field: string;
  readonly code: "KNOWN_FROM_OTHER_SOURCE";
  readonly message: string;
}

export interface ImportReport {
  readonly id: string;
  readonly isKept: boolean;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly rejected: number;
  readonly problems: readonly ImportProblem[];
  readonly warnings: readonly ImportWarning[];
}

/** True where no row is good: an import that keeps nothing leaves nothing behind, no source either. */
export const isOfNothing = ({ created, updated, unchanged, stale }: ImportReport): boolean => created + updated + unchanged + stale === 0;

/** Rolls a transaction back and carries what it found. */
export class NothingKept extends Error {
  readonly report: ImportReport;

  constructor(report: ImportReport) {
    super("nothing is kept");
    this.report = { ...report, isKept: false };
  }
}

/** The report, of what was kept or of what would have been. */
export const reported = async (work: () => Promise<ImportReport>): Promise<ImportReport> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NothingKept) return error.report;
    throw error;
  }
};

const MESSAGES: Readonly<Record<string, { readonly field: string; readonly message: string }>> = {
  CONFLICT: { field: "updatedAt", message: "updatedAt: the same dossier is known with this updatedAt and another content" },
  OUTSIDE_SCOPE: {
    field: "unit",
    message: "unit: the dossier is handled by a unit outside those on which the caller has the role OFFICER",
  },
};

/** The next rows of the stage that were refused, after a row. */
export const rejectedRows = async (em: EntityManager, stage: Staged, after: number): Promise<ImportProblem[]> => {
  const rows = await rowsOf(em).rows(sql<{ row: number; code: string; problem: string }>`
    select s.row, s.code, s.problem from ${stage.stage} s
    where s.import = ${stage.key}::uuid and s.status = ${sql.lit(STATUSES.REJECTED)} and s.row > ${after} order by s.row limit ${MAX_PROBLEMS}`);
  return rows.map(({ row, code, problem }) => problemOf(row, code, { code: problem, ...MESSAGES[problem]! }));
};

/** What will become of the rows, with the first problems in the order of the rows. */
export const reportOf = async (em: EntityManager, stage: Staged, found: readonly ImportProblem[]): Promise<ImportReport> => {
  const outcomes = await outcomesOf(em, stage);
  const problems = [...found, ...(await rejectedRows(em, stage, 0))];
  const count = (status: number) => outcomes.get(status) ?? 0;
  return {
    ...{
      id: stage.key,
      isKept: true,
      created: count(STATUSES.CREATED),
      updated: count(STATUSES.UPDATED),
      unchanged: count(STATUSES.UNCHANGED),
    },
    ...{ stale: count(STATUSES.STALE), rejected: count(STATUSES.REJECTED) + new Set(found.map(({ row }) => row)).size },
    problems: problems.toSorted((a, b) => a.row - b.row).slice(0, MAX_PROBLEMS),
    warnings: [],
  };
};

export interface ImportNote {
  readonly source: ImportSource;
  readonly report: ImportReport;
  readonly operation: string;
  readonly by: ImportedBy;
  readonly reason?: string;
}

/** One row of the import ledger, and one of the audit trail. */
export const noteImport = async (em: EntityManager, { source, report, operation, by, reason }: ImportNote): Promise<void> => {
  const { created, updated, unchanged, stale, rejected } = report;
  await sql`
    insert into record_import (province_id, key, kind, source_id, at, actor, operation, created, updated, unchanged, stale, rejected)
    values (${source.provinceNo}, ${report.id}, 'DOSSIERS', ${source.id}, ${by.at.toISOString()}::timestamptz, ${by.actor}, ${operation},
      ${created}, ${updated}, ${unchanged}, ${stale}, ${rejected})`.execute(em.getKysely());
  await recordChange(em, {
    ...{ ...by, operation, unitNo: source.unitNo, subject: source.key, before: null },
    after: {
      import: report.id,
      source: source.name,
      created,
      updated,
      unchanged,
      stale,
      rejected,
      ...(reason !== undefined && { reason }),
    },
  });
};
