import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomUUID } from "node:crypto";

export interface Change {
  /** `key:<id>`, `token:<issuer>#<subject>`, or `command:<user of the operating system>`. */
  readonly actor: string;
  readonly actorName: string;
  /** Name of the mutation or command: publishReport, units apply. */
  readonly operation: string;
  /** Internal number of the unit concerned; null for the whole country's affairs. */
  readonly unitNo: number | null;
  /** Public id of what was changed. */
  readonly subject: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly at: Date;
}

/** Appends to the audit trail (nhật ký kiểm toán) within the transaction of `em`, so that neither exists without the other. */
export const recordChange = async (em: EntityManager, change: Change): Promise<void> => {
  await sql`
    with recursive above as (
      select u.id, v.parent_id, v.tier, coalesce(u.ended_on - 1, 'infinity'::date) as day from unit u
      join unit_version v on v.unit_id = u.id and (v.valid_to is null or v.valid_to = u.ended_on) where u.id = ${change.unitNo}::int
      union all
      select v.unit_id, v.parent_id, v.tier, a.day from above a
      join unit_version v on v.unit_id = a.parent_id and v.valid_from <= a.day and (v.valid_to is null or v.valid_to > a.day)
    )
    insert into audit_entry (province_id, key, at, actor, actor_name, operation, unit_id, subject, before, after)
    select coalesce((select id from above where tier = 'PROVINCE' limit 1), 0), ${randomUUID()}, ${change.at.toISOString()}::timestamptz, ${change.actor},
      ${change.actorName}, ${change.operation}, ${change.unitNo}::int, ${change.subject}::text, ${JSON.stringify(change.before ?? null)}::jsonb,
      ${JSON.stringify(change.after ?? null)}::jsonb`.execute(em.getKysely());
};
