import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import type { ImportedBy } from "../imports/import-report.ts";
import { recordChange } from "../journal/audit.ts";
import type { Day } from "../lib/time/date.ts";
import { leadSlot } from "./task-count.store.ts";
import type { TaskIdentity } from "./task-id.ts";
import type { TaskMaking } from "./task-write.store.ts";

/** No name that a system can send by begins so. */
const NAME = "@tasks";
const TITLE = "Nhiệm vụ được giao";

/** The number of the unit's source of tasks assigned here, which is created with its first task. */
export const taskSourceOf = async (em: EntityManager, unitNo: number, by: ImportedBy): Promise<number> => {
  const found = await findSource(em, unitNo);
  if (found !== null) return found;
  await takeLock(em, "sourceName", `${NAME}:${unitNo}`);
  const made = await findSource(em, unitNo);
  if (made !== null) return made;
  const [at, key] = [by.at.toISOString(), randomUUID()];
  const [source] = await rowsOf(em).rows(sql<{ id: number }>`
    insert into source (key, kind, title, name, unit_id, state, submitted_at, state_at, submitted_by)
    values (${key}, 'RECORDS', ${TITLE}, ${NAME}, ${unitNo}, 'PUBLISHED', ${at}::timestamptz, ${at}::timestamptz, ${by.actor}) returning id`);
  await recordChange(em, {
    ...by,
    operation: "register source",
    unitNo,
    subject: key,
    before: null,
    after: { kind: "RECORDS", name: NAME },
  });
  return source!.id;
};

const findSource = async (em: EntityManager, unitNo: number): Promise<number | null> => {
  const [source] = await rowsOf(em).rows(sourceOf(unitNo));
  return source?.id ?? null;
};

const sourceOf = (unitNo: number) =>
  sql<{ id: number }>`select id from source where name = ${NAME} and unit_id = ${unitNo} and retired_at is null`;

interface Numbering {
  /** The unit whose source the task is of. */
  readonly unitNo: number;
  readonly leadNo: number;
  readonly assignedOn: Day;
  readonly making: TaskMaking;
}

export interface NumberedTask {
  readonly sourceNo: number;
  readonly last: number;
  readonly slot: number;
}

export interface TaskSent extends TaskIdentity {
  readonly digest: string;
}

/** The task that was made under an idempotency key, if there is one. */
export const sentUnder = ({ actor, idempotencyKey }: TaskMaking) =>
  sql<TaskSent>`select source_id as "sourceNo", code, digest from task where made_by = ${actor} and idempotency_key = ${idempotencyKey}`;

/**
 * Takes the next number of the year for a new task; no row where its unit has no source yet, or the task exists. Whoever takes one next waits until the transaction ends,
 * so that no number is left out.
 */
export const numbering = ({ unitNo, leadNo, assignedOn, making }: Numbering) => sql<NumberedTask>`
  with own as (${sourceOf(unitNo)}),
  numbered as (
    insert into task_number as n (source_id, year, last)
    select id, ${yearOf(assignedOn)}::int, 1 from own where not exists (${sentUnder(making)})
    on conflict (source_id, year) do update set last = n.last + 1 returning source_id, last
  )
  select source_id as "sourceNo", last, ${leadSlot(sql`${leadNo}::int`, sql`${assignedOn}::date`)} as slot from numbered`;

const yearOf = (day: Day): number => Number(day.slice(0, 4));

/** NV-2026-000017 */
export const taskCodeOf = ({ last }: NumberedTask, assignedOn: Day): string => `NV-${yearOf(assignedOn)}-${String(last).padStart(6, "0")}`;
