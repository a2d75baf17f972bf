import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredBy, rowScope } from "../../access/scope.ts";
import { takeNamedLocks } from "../../database/locks.ts";
import { rowsOf } from "../../database/reader.ts";
import { heldHierarchy } from "../../hierarchy/current-hierarchy.ts";
import { isOfSource } from "../../imports/compare.store.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { type RetractedRecord, type Retraction, type RetractionKind, retractRecords } from "../../imports/retraction.service.ts";
import { isOfImport, type Staged, STATUSES } from "../../imports/stage.ts";
import { countTaskChanges } from "../task-count.store.ts";
import { countryEntry } from "../task-authority.ts";
import { onWholeFamily, type StepScope } from "../task-family.store.ts";
import { deleteTasks, TASK_TABLE } from "./task-apply.store.ts";
import { TASK_STAGE } from "./task-stage.ts";

type Caller = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "renew">;

/** Retracts tasks as `retractRecords` does. A task from which others were delegated stays, unless these are retracted with it. */
export const retractTasks = (context: Caller, retraction: Retraction): Promise<ImportReport & { readonly isKept: boolean }> => {
  const { viewer, today } = context;
  const kind: RetractionKind = {
    ...{ kind: "TASKS", shape: TASK_STAGE, operation: "retractTasks", unknownCode: "UNKNOWN_TASK" },
    ...{ shareReferences: async () => {}, nameInStage, readStaged },
    refusals: async (em, staged) =>
      refusalsOf({ em, scope: rowScope(viewer, "OFFICER"), country: countryEntry(await heldHierarchy(em), today) }, staged),
    retract: async (em, staged, at) => {
      await deleteTasks(em, staged, at);
      await countTaskChanges(em, staged);
    },
  };
  return retractRecords(context, kind, retraction);
};

/** Stages stored tasks by their codes, as if they were updates, when no step of their families is under way. @returns the codes found. */
const nameInStage = async (em: EntityManager, { key, sourceId, grants }: Staged, codes: readonly string[]): Promise<Set<string>> => {
  const isInside = grants === null ? sql`true` : coveredBy(grants, sql`d.lead_id`);
  const rows = await rowsOf(em).rows(sql<{ code: string; family: string }>`
    select d.province_id, d.code, d.family from task d
    where ${isOfSource(TASK_TABLE, { sourceId })} and d.code = any(${codes}::text[]) and ${isInside}`);
  await takeNamedLocks(
    em,
    "taskFamily",
    rows.map(({ family }) => family),
  );
  await sql`
    insert into task_stage (import, "row", status, province_id, code)
    select ${key}::uuid, 0, ${sql.lit(STATUSES.UPDATED)}, d.province_id, d.code from task d
    where ${isOfSource(TASK_TABLE, { sourceId })} and d.code = any(${rows.map(({ code }) => code)}::text[])`.execute(em.getKysely());
  return new Set(rows.map(({ code }) => code));
};

const refusalsOf = async (step: StepScope, staged: Staged) => {
  const parents = await onWholeFamily(step, () =>
    rowsOf(step.em).rows(sql<{ code: string }>`
      select distinct s.code from task_stage s join task c on c.parent_source_id = ${staged.sourceId} and c.parent_code = s.code
      where ${isOfImport(staged)} and not exists (
        select from task_stage o where o.import = s.import and c.source_id = ${staged.sourceId} and o.province_id = c.province_id and o.code = c.code)`),
  );
  return new Map(parents.map(({ code }) => [code, HAS_SUBTASKS]));
};

const HAS_SUBTASKS = {
  code: "HAS_SUBTASKS",
  message: "codes: others were delegated from the task; these must be retracted with it, or the task must be sent as CANCELLED",
};

const readStaged = (em: EntityManager, staged: Staged): Promise<RetractedRecord[]> =>
  rowsOf(em).rows(sql<RetractedRecord>`
    select d.lead_id as "unitNo", d.code, to_jsonb(d) as record from task d join task_stage s on s.province_id = d.province_id and s.code = d.code
    where d.source_id = ${staged.sourceId} and ${isOfImport(staged)} order by d.code`);
