import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { randomUUID } from "node:crypto";
import { takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import { type Query, template } from "../database/template.ts";
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

const sourceOf = (unitNo: number | RawBuilder<unknown>) =>
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

const sentBy = (actor: string | RawBuilder<unknown>, idempotencyKey: string | RawBuilder<unknown>) =>
  sql<TaskSent>`select source_id as "sourceNo", code, digest from task where made_by = ${actor} and idempotency_key = ${idempotencyKey}`;

/** The task that was made under an idempotency key, if there is one. */
export const sentUnder = ({ actor, idempotencyKey }: TaskMaking) => sentBy(actor, idempotencyKey);

/**
 * Takes the next number of the year for a new task; no row where its unit has no source yet, or the task exists. Whoever takes one next waits until the transaction ends,
 * so that no number is left out.
 */
export const numbering = ({ unitNo, leadNo, assignedOn, making: { actor, idempotencyKey } }: Numbering): Query<NumberedTask> =>
  numbered({ unitNo, leadNo, assignedOn, year: yearOf(assignedOn), actor, idempotencyKey });

const NUMBERED = ["unitNo", "leadNo", "assignedOn", "year", "actor", "idempotencyKey"] as const;
const numbered = template<NumberedTask, (typeof NUMBERED)[number]>(
  NUMBERED,
  (v) => sql`
  with own as (${sourceOf(v.unitNo)}),
  numbered as (
    insert into task_number as n (source_id, year, last)
    select id, ${v.year}::int, 1 from own where not exists (${sentBy(v.actor, v.idempotencyKey)})
    on conflict (source_id, year) do update set last = n.last + 1 returning source_id, last
  )
  select source_id as "sourceNo", last, ${leadSlot(sql`${v.leadNo}::int`, sql`${v.assignedOn}::date`)} as slot from numbered`,
);

const yearOf = (day: Day): number => Number(day.slice(0, 4));

/** NV-2026-000017 */
export const taskCodeOf = ({ last }: NumberedTask, assignedOn: Day): string => `NV-${yearOf(assignedOn)}-${String(last).padStart(6, "0")}`;
