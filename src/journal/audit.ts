import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { randomUUID } from "node:crypto";
import { validOn } from "../hierarchy/sql.ts";
import { type Columns, keyed, keyedHoles } from "../database/relation.ts";
import type { Holes } from "../database/template.ts";

export interface Change {
  /** `key:<id>`, `token:<issuer>#<subject>`, or `command:<user of the operating system>`. */
  readonly actor: string;
  readonly actorName: string;
  /** Name of the mutation or command: publishReport, units apply. */
  readonly operation: string;
  /** Internal number of the unit; null for the whole country. */
  readonly unitNo: number | null;
  readonly subject: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly at: Date;
}

/** Appends to the audit trail (nhật ký kiểm toán) in the transaction of `em`, so that neither exists without the other. */
export const recordChange = (em: EntityManager, change: Change): Promise<void> => recordChanges(em, [change]);

export const recordChanges = async (em: EntityManager, changes: readonly Change[]): Promise<void> => {
  await appending(keyed("c", changes, COLUMNS, "n")).execute(em.getKysely());
};

const json = (value: unknown) => JSON.stringify(value ?? null);

const COLUMNS: Columns<Change> = {
  key: ["text", () => randomUUID()],
  at: ["timestamptz", ({ at }) => at.toISOString()],
  actor: ["text", ({ actor }) => actor],
  actor_name: ["text", ({ actorName }) => actorName],
  operation: ["text", ({ operation }) => operation],
  unit_id: ["int", ({ unitNo }) => unitNo],
  subject: ["text", ({ subject }) => subject],
  before: ["jsonb", ({ before }) => json(before)],
  after: ["jsonb", ({ after }) => json(after)],
};

/** Of `recordingHoles`. */
export const AUDIT_NAMES: readonly string[] = Object.keys(COLUMNS).map((name) => `audit_${name}`);

/** What the holes of `recordingHoles` stand for. */
export const auditValues = (change: Change): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(COLUMNS).map(([name, [, value]]) => [`audit_${name}`, [value(change, 0)]]));

/** The insert that appends changes, as a part of a template that makes them. */
export const recordingHoles = (holes: Holes): RawBuilder<unknown> => {
  const own = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, holes[`audit_${name}`]!]));
  return appending(keyedHoles("c", own, COLUMNS, "n"));
};

/** The insert that appends the changes of a relation `c`. */
const appending = (changes: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    with recursive change as materialized (
      select * from ${changes}
    ),
    above as (
      select u.id as of_id, u.id, v.parent_id, v.tier, coalesce(u.ended_on - 1, 'infinity'::date) as day from unit u
      join unit_version v on v.unit_id = u.id and (v.valid_to is null or v.valid_to = u.ended_on) where u.id in (select unit_id from change)
      union all
      select a.of_id, v.unit_id, v.parent_id, v.tier, a.day from above a
      join unit_version v on v.unit_id = a.parent_id and ${validOn(sql`a.day`)}
    )
    insert into audit_entry (province_id, key, at, actor, actor_name, operation, unit_id, subject, before, after)
    select coalesce((select id from above a where a.of_id = c.unit_id and a.tier = 'PROVINCE' limit 1), 0), c.key, c.at, c.actor, c.actor_name, c.operation,
      c.unit_id, c.subject, c.before, c.after
    from change c order by c.n`;
