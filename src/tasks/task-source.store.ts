import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";
import { takeLock } from "../database/locks.ts";
import { rowsOf } from "../database/reader.ts";
import type { ImportedBy } from "../imports/import-report.ts";
import { recordChange } from "../journal/audit.ts";

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
  const [source] = await rowsOf(em).rows(
    sql<{ id: number }>`select id from source where name = ${NAME} and unit_id = ${unitNo} and retired_at is null`,
  );
  return source?.id ?? null;
};

/** The next code of the year: NV-2026-000017. Whoever takes one next waits until the transaction ends, so that no number is left out. */
export const nextTaskCode = async (em: EntityManager, sourceNo: number, year: number): Promise<string> => {
  const [number] = await rowsOf(em).rows(sql<{ last: number }>`
    insert into task_number as n (source_id, year, last) values (${sourceNo}, ${year}, 1)
    on conflict (source_id, year) do update set last = n.last + 1 returning last`);
  return `NV-${year}-${String(number!.last).padStart(6, "0")}`;
};
