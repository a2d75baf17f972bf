import { type RawBuilder, sql } from "kysely";

/**
 * A key, the key that created it, and so on to the first: a key is valid only if all of them are. Recursive relation `line`; step 0 is the key `own` that meets the
 * condition.
 */
export const lineOf = (isMeant: RawBuilder<boolean>): RawBuilder<unknown> => sql`recursive line as (
  select own.id, own.key, own.name, own.maker_id, own.maker_token, own.revoked_at, own.expires_at, 0 as step from access_key own where ${isMeant}
  union all
  select m.id, m.key, m.name, m.maker_id, m.maker_token, m.revoked_at, m.expires_at, l.step + 1 from line l join access_key m on m.id = l.maker_id
)`;

export const lineHolds = (now: string | RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`not exists (select from line where revoked_at is not null or expires_at <= ${now}::timestamptz)`;

/** Actor at the head of the line: the first key, or the token that created it. */
export const headOfLine = sql<string>`(select coalesce(maker_token, 'key:' || key) from line where maker_id is null)`;

export const isLiving = (id: RawBuilder<unknown>, now: Date): RawBuilder<boolean> =>
  sql`(with ${lineOf(sql`own.id = ${id}`)} select ${lineHolds(now.toISOString())})`;
