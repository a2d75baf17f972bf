import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import type { Staging } from "./import-pipeline.ts";
import { type ImportProblem, type ImportRowProblem, problemOf } from "./import-report.ts";
import type { StagedRow } from "./stage.ts";
import type { StageShape } from "./stage-table.ts";

/** The tables of a kind that all imports by API use. */
export const sharedTables = ({ stage, deltas }: StageShape) => ({ stage: sql.table(stage), deltas: sql.table(deltas) });

interface Sent<R> {
  readonly shape: StageShape;
  /** Column of the stage with the unit in which a record counts. */
  readonly unit: string;
  readonly rows: readonly R[];
  readonly stageRow: (number: number, row: R) => StagedRow | readonly ImportRowProblem[];
}

/** Stages rows of a request in the shared table. */
export const sharedStaging = <R extends { readonly code: string }>({ shape, unit, rows, stageRow }: Sent<R>): Staging => {
  const key = randomUUID();
  const staged: StagedRow[] = [];
  const problems: ImportProblem[] = [];
  for (const [n, row] of rows.entries()) {
    const result = stageRow(n + 1, row);
    if ("row" in result) staged.push(result);
    else problems.push(...result.map((problem) => problemOf(n + 1, row.code || null, problem)));
  }
  return {
    ...{ key, ...sharedTables(shape), problems, rejected: rows.length - staged.length, beside: null },
    fill: async (em) => {
      await planAnew(em);
      await putInStage(em, shape, key, staged);
      return staged.map((row) => row[unit] as number);
    },
    empty: (em) => emptyShared(em, shape, key),
  };
};

/** A plan that was cached while the tables were small would read all of a table for each row, until the table has statistics. */
const planAnew = (em: EntityManager) => sql`set local plan_cache_mode = force_custom_plan`.execute(em.getKysely());

const putInStage = (em: EntityManager, { stage }: StageShape, key: string, staged: readonly StagedRow[]) =>
  sql`insert into ${sql.table(stage)} select * from jsonb_populate_recordset(null::${sql.table(stage)}, ${JSON.stringify(
    staged.map((row) => ({ ...row, import: key })),
  )}::jsonb)`.execute(em.getKysely());

export const emptyShared = async (em: EntityManager, { stage, deltas }: StageShape, key: string): Promise<void> => {
  for (const table of [stage, deltas]) await sql`delete from ${sql.table(table)} where import = ${key}::uuid`.execute(em.getKysely());
};
