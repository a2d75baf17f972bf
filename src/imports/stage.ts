import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { Grant } from "../access/viewer.ts";
import type { Noted } from "../counters/count.store.ts";
import { rowsOf } from "../database/reader.ts";
import { type ImportProblem, MAX_PROBLEMS, problemOf } from "./import-report.ts";

/** What becomes of a staged row. */
export const STATUSES = { CREATED: 1, UPDATED: 2, UNCHANGED: 3, STALE: 4, REJECTED: 5 } as const;

/** One import: its rows are in the table `stage`, and what they change of the counters in `deltas`. Imports may share both. */
export interface Staged extends Noted {
  readonly sourceId: number;
  /** Its rows have import, row, code, status and problem; all else is of the kind of record. */
  readonly stage: RawBuilder<unknown>;
  /** What the caller's role must cover of units; null where it may do all. */
  readonly grants: readonly Grant[] | null;
}

/** Stands for a source that is not made yet: it has no records. */
export const NO_SOURCE = 0;

/** The condition for the rows `s` of an import. */
export const isOfImport = ({ key }: Pick<Staged, "key">) => sql<boolean>`s.import = ${key}::uuid`;

/** How many rows have each status. */
export const countStatuses = async (em: EntityManager, staged: Staged): Promise<ReadonlyMap<number, number>> => {
  const rows = await rowsOf(em).rows(sql<{ status: number; rows: number }>`
    select s.status, count(*)::int as rows from ${staged.stage} s where ${isOfImport(staged)} group by 1`);
  return new Map(rows.map(({ status, rows: count }) => [status, count]));
};

/** What is said of a row that was refused, by its problem. */
export type Refusals = Readonly<Record<string, { readonly field: string; readonly message: string }>>;

/** The next refused rows after a row. */
export const rejectedRows = async (em: EntityManager, staged: Staged, refusals: Refusals, after: number): Promise<ImportProblem[]> => {
  const rows = await rowsOf(em).rows(sql<{ row: number; code: string; problem: string }>`
    select s.row, s.code, s.problem from ${staged.stage} s
    where ${isOfImport(staged)} and s.status = ${sql.lit(STATUSES.REJECTED)} and s.row > ${after} order by s.row limit ${MAX_PROBLEMS}`);
  return rows.map(({ row, code, problem }) => problemOf(row, code, { code: problem, ...refusals[problem]! }));
};
