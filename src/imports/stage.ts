import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { Grant } from "../access/viewer.ts";
import type { Noted } from "../counters/count.store.ts";
import { rowsOf } from "../database/reader.ts";
import { type ImportProblem, MAX_PROBLEMS, problemOf } from "./import-report.ts";

export const STATUSES = { CREATED: 1, UPDATED: 2, UNCHANGED: 3, STALE: 4, REJECTED: 5 } as const;

/** A row to be staged, by the columns of the stage. */
export type StagedRow = Readonly<Record<string, unknown>> & { readonly row: number; readonly code: string };

/** One import: the tables of its rows and of its counter changes, which concurrent imports may share. */
export interface Staged extends Noted {
  readonly sourceId: number;
  /** Common columns: import, row, code, status, problem; the others depend on the kind of record. */
  readonly stage: RawBuilder<unknown>;
  readonly grants: readonly Grant[] | null;
}

/** Number of a source that does not exist yet and has no records. */
export const NO_SOURCE = 0;

export const isOfImport = ({ key }: Pick<Staged, "key">) => sql<boolean>`s.import = ${key}::uuid`;

export const countStatuses = async (em: EntityManager, staged: Staged): Promise<ReadonlyMap<number, number>> => {
  const rows = await rowsOf(em).rows(sql<{ status: number; rows: number }>`
    select s.status, count(*)::int as rows from ${staged.stage} s where ${isOfImport(staged)} group by 1`);
  return new Map(rows.map(({ status, rows: count }) => [status, count]));
};

export type Refusals = Readonly<Record<string, { readonly field: string; readonly message: string }>>;

export const rejectedRows = async (em: EntityManager, staged: Staged, refusals: Refusals, after: number): Promise<ImportProblem[]> => {
  const rows = await rowsOf(em).rows(sql<{ row: number; code: string; problem: string }>`
    select s.row, s.code, s.problem from ${staged.stage} s
    where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.REJECTED)} and s.row > ${after} order by s.row limit ${MAX_PROBLEMS}`);
  return rows.map(({ row, code, problem }) => problemOf(row, code, { code: problem, ...refusals[problem]! }));
};
