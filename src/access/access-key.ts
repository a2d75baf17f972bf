import { type RawBuilder, sql } from "kysely";
import type { Rows } from "../db/reader.ts";
import type { Day } from "../time/date.ts";
import { seenOn } from "./grant.ts";
import { instant } from "./instant.ts";
import type { Role } from "./viewer.ts";

/** A key as people see it: never with its secret, nor the hash of it. */
export interface AccessKeyView {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly AccessGrantView[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly isExpired: boolean;
}

export interface AccessGrantView {
  readonly role: Role;
  readonly unitNo: number;
  readonly unitId: string;
  readonly asOf: Day;
}

/** The keys `k` of which the condition holds, newest first. */
export const accessKeys = (reader: Rows, now: Date, today: Day, condition: RawBuilder<boolean>): Promise<AccessKeyView[]> =>
  reader.rows(sql<AccessKeyView>`
    select k.key as id, k.name, ${instant(sql`k.created_at`)} as "createdAt", ${instant(sql`k.expires_at`)} as "expiresAt",
      ${instant(sql`k.revoked_at`)} as "revokedAt", k.expires_at <= ${now.toISOString()}::timestamptz as "isExpired", (
        select json_agg(json_build_object('role', g.role, 'unitNo', u.id, 'unitId', u.key, 'asOf', greatest(${seenOn(today)}, u.began_on))
          order by u.key collate "C", g.role)
        from access_grant g join unit u on u.id = g.unit_id where g.access_key_id = k.id
      ) as grants
    from access_key k where ${condition} order by k.created_at desc, k.id desc`);

/** What the audit trail keeps of a key. */
export const recordOf = ({ id, name, grants, createdAt, expiresAt, revokedAt }: AccessKeyView) => ({
  ...{ id, name, createdAt, expiresAt, revokedAt },
  grants: grants.map(({ unitId, role }) => ({ unit: unitId, role })),
});
