import { type RawBuilder, sql } from "kysely";

/**
 * A key, the key that made it, and so on to the first: a key holds while all of them do. As a recursive relation `line`, of which step 0 is
 * the key `own` of which the condition holds.
 */
export const lineOf = (isMeant: RawBuilder<boolean>): RawBuilder<unknown> => sql`recursive line as (
  select own.id, own.key, own.name, own.maker_id, own.maker_token, own.revoked_at, own.expires_at, 0 as step from access_key own where ${isMeant}
  union all
  select m.id, m.key, m.name, m.maker_id, m.maker_token, m.revoked_at, m.expires_at, l.step + 1 from line l join access_key m on m.id = l.maker_id
)`;

/** Whether none of the line is revoked or expired. */
export const lineHolds = (now: Date): RawBuilder<boolean> =>
  sql`not exists (select from line where revoked_at is not null or expires_at <= ${now.toISOString()}::timestamptz)`;

/** Actor at the head of the line: the first key, or the token that made it. */
export const headOfLine = sql<string>`(select coalesce(maker_token, 'key:' || key) from line where maker_id is null)`;

/** Whether the key of this number is one that holds. */
export const isLiving = (id: RawBuilder<unknown>, now: Date): RawBuilder<boolean> =>
  sql`(with ${lineOf(sql`own.id = ${id}`)} select ${lineHolds(now)})`;
