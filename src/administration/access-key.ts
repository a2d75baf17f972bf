import { type RawBuilder, sql } from "kysely";
import type { Rows } from "../database/reader.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { compareCodes, nearestDay } from "../hierarchy/hierarchy-content.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { instant } from "../database/instant-text.ts";
import { lineOf } from "../access/key-line.ts";
import type { Role } from "../access/viewer.ts";

/** A key without its secret and the hash of it. */
export interface AccessKeyView {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly AccessGrantView[];
  readonly createdAt: string;
  /** The key, or the actor of the token, that created it; null where a command did. */
  readonly madeBy: string | null;
  /** The earliest expiry of the key and of the keys that created it. */
  readonly expiresAt: string;
  /** The earliest revocation of the key and of the keys that created it. */
  readonly revokedAt: string | null;
  /** Until when the secret before the last rotation is valid. */
  readonly formerSecretUntil: string | null;
  readonly isExpired: boolean;
}

export interface AccessGrantView {
  readonly role: Role;
  readonly unitNo: number;
  readonly unitId: string;
  readonly asOf: Day;
}

type StoredKey = Omit<AccessKeyView, "grants"> & { readonly grants: readonly StoredGrant[] };
type StoredGrant = Pick<AccessGrantView, "role" | "unitNo">;

/** Returns the keys `k` that meet the condition, newest first, with the units of their grants as they are today. */
export const accessKeys = async (
  reader: Rows,
  hierarchy: Hierarchy,
  now: Date,
  condition: RawBuilder<boolean>,
): Promise<AccessKeyView[]> => {
  const keys = await reader.rows(storedKeys(now, condition));
  return keys.map((key) => ({ ...key, grants: grantsIn(hierarchy, key.grants, dayOf(now)) }));
};

const grantsIn = (hierarchy: Hierarchy, grants: readonly StoredGrant[], today: Day): AccessGrantView[] =>
  grants
    .map(({ role, unitNo }) => ({
      ...{ role, unitNo, unitId: hierarchy.idOf(unitNo) },
      asOf: nearestDay(hierarchy.lifeOf(unitNo), today),
    }))
    .toSorted((a, b) => compareCodes(a.unitId, b.unitId) || compareCodes(a.role, b.role));

const storedKeys = (now: Date, condition: RawBuilder<boolean>) => sql<StoredKey>`
    select k.key as id, k.name, coalesce('key:' || m.key, k.maker_token) as "madeBy", ${instant(sql`k.created_at`)} as "createdAt",
      ${instant(sql`h.expires_at`)} as "expiresAt", ${instant(sql`h.revoked_at`)} as "revokedAt",
      h.expires_at <= ${now.toISOString()}::timestamptz as "isExpired",
      case when k.former_until > ${now.toISOString()}::timestamptz then ${instant(sql`k.former_until`)} end as "formerSecretUntil",
      (select json_agg(json_build_object('role', g.role, 'unitNo', g.unit_id)) from access_grant g where g.access_key_id = k.id) as grants
    from access_key k left join access_key m on m.id = k.maker_id
    cross join lateral (with ${lineOf(sql`own.id = k.id`)} select min(expires_at) as expires_at, min(revoked_at) as revoked_at from line) h
    where ${condition} order by k.created_at desc, k.id desc`;

/** The part of a key that the audit trail stores. */
export const keyRecordOf = ({ id, name, grants, madeBy, createdAt, expiresAt, revokedAt, formerSecretUntil }: AccessKeyView) => ({
  ...{ id, name, madeBy, createdAt, expiresAt, revokedAt, formerSecretUntil },
  grants: grants.map(({ unitId, role }) => ({ unit: unitId, role })),
});
