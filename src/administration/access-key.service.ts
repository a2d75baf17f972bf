import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import { randomBytes } from "node:crypto";
import { contended } from "../database/failure.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { accessKeys, type AccessKeyView, keyRecordOf } from "./access-key.ts";
import { type AccessKeyInput, expiryOf, keyNameOf, overlapOf } from "./access-key.input.ts";
import { type Asking, administered } from "./administered.ts";
import { recordChange } from "../journal/audit.ts";
import type { RequestContext } from "../access/request-context.ts";
import { unitNoNamed } from "../access/grant.ts";
import { demandRoom } from "./key-room.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { secretHash, newSecret } from "../access/secret.ts";
import { type Grant, grantsFor, type Role } from "../access/viewer.ts";
import { inForceOn } from "../hierarchy/sql.ts";
import { relation } from "../database/relation.ts";

/** Who changes keys, and where; null is everywhere, for the commands on the database. */
export interface KeyKeeper {
  readonly actor: string;
  readonly actorName: string;
  readonly admin: readonly Grant[] | null;
  /** The key or token with which new keys expire; missing for a command. */
  readonly maker?: { readonly until: Date };
}

/** Runs one transaction of a viewer who has the permission keys:write. */
export const changeKeys = <T>(
  { viewer, session, now }: KeyAsking,
  work: (em: EntityManager, keeper: KeyKeeper, now: Date) => Promise<T>,
): Promise<T> => {
  const { actor, name, credential } = viewer!;
  // A caller without a credential creates keys that expire at once.
  const maker = { until: credential?.until ?? now };
  const keeper: KeyKeeper = { actor, actorName: name, admin: grantsFor(viewer, "ADMIN"), maker };
  return session.write(rowScope(viewer, "ADMIN"), (em) => work(em, keeper, now));
};

/** Returns keys with a role on the unit, or on what contributes certainly to it, where the viewer administers each of their units. */
export const keysUnder = async (asking: KeyAsking, unit: string): Promise<AccessKeyView[]> => {
  const { unit: grant, admin } = await administered(asking, unit);
  return accessKeys(asking.session, asking.now, asking.today, sql`${isUnder(grant)} and ${isAdministeredBy(admin)}`);
};

export const isUnder = (grant: Pick<Grant, "unitNo" | "editionId">): RawBuilder<boolean> =>
  sql`exists (select from access_grant g where g.access_key_id = k.id and ${coveredBy([grant], sql`g.unit_id`)})`;

type KeyAsking = Asking & Pick<RequestContext, "now">;

/** A key with its secret, which the service returns only once. */
export interface IssuedKey {
  readonly accessKey: AccessKeyView;
  readonly secret: string;
}

interface GrantedUnit {
  readonly unitNo: number;
  readonly role: Role;
}

/**
 * Creates a key in the transaction of `em`, with its entry in the audit trail. The contributions of today's edition and of the keeper's grants
 * must be stored. @throws BadUserInput; DomainError FORBIDDEN naming a unit that the keeper does not administer, LIMIT_EXCEEDED one with too many keys.
 */
export const createAccessKey = async (em: EntityManager, keeper: KeyKeeper, input: AccessKeyInput, now: Date): Promise<IssuedKey> => {
  const name = keyNameOf(input.name);
  const expiresAt = expiryOf(input.expiresOn, dayOf(now), keeper.maker ?? null);
  const grants = await grantedUnits(em, keeper, input.grants, dayOf(now));
  await demandRoom(em, grants, now);
  const secret = newSecret();
  const id = randomBytes(8).toString("hex");
  const { keyId, token } = makerOf(keeper);
  await sql`
    with made as (
      insert into access_key (key, name, hash, created_at, expires_at, maker_id, maker_token) values (${id}, ${name}, ${secretHash(secret)},
        ${now.toISOString()}, ${expiresAt}, (select m.id from access_key m where m.key = ${keyId}), ${token})
      returning id
    )
    insert into access_grant (access_key_id, unit_id, role) select made.id, g.unit_id, g.role
    from made, ${relation("g", grants, { unit_id: ["int", ({ unitNo }) => unitNo], role: ["text", ({ role }) => role] })}
  `.execute(em.getKysely());
  const key = await keyOf(em, id, now);
  await record(em, keeper, "createAccessKey", now, { key, before: null, after: keyRecordOf(key) });
  return { accessKey: key, secret };
};

export interface Rotation {
  readonly id: string;
  /** How long the old secret stays valid; by default not at all. */
  readonly overlap?: string | null | undefined;
}

/**
 * Gives the key a new secret; of the older ones only the last can stay valid for a while.
 * @throws DomainError NOT_FOUND; CONFLICT for a key that is no longer valid; BadUserInput for an invalid overlap.
 */
export const rotateAccessKey = async (em: EntityManager, keeper: KeyKeeper, { id, overlap }: Rotation, now: Date): Promise<IssuedKey> => {
  const overlapMs = overlapOf(overlap);
  const until = overlapMs > 0 ? new Date(now.getTime() + overlapMs).toISOString() : null;
  const key = await lockedKey(em, keeper, id, now);
  if (key.revokedAt !== null) throw new DomainError("CONFLICT", `id: this key was revoked at ${key.revokedAt}; create another one`);
  if (key.isExpired) throw new DomainError("CONFLICT", `id: this key expired at ${key.expiresAt}; create another one`);
  const secret = newSecret();
  const { rows } = await sql<{
    isDone: boolean | null;
  }>`select rotate_access_key(${id}, ${secretHash(secret)}, ${until}::timestamptz) as "isDone"`.execute(em.getKysely());
  if (!rows[0]?.isDone) throw contended();
  const rotated = await keyOf(em, id, now);
  const after = { ...keyRecordOf(rotated), rotatedAt: now.toISOString() };
  await record(em, keeper, "rotateAccessKey", now, { key, before: keyRecordOf(key), after });
  return { accessKey: rotated, secret };
};

/** Revokes the key with all keys that it created; a revoked key stays unchanged, without an entry in the trail. @throws DomainError NOT_FOUND */
export const revokeAccessKey = async (em: EntityManager, keeper: KeyKeeper, id: string, now: Date): Promise<AccessKeyView> => {
  const before = await lockedKey(em, keeper, id, now);
  if (before.revokedAt !== null) return before;
  await sql`update access_key set revoked_at = ${now.toISOString()} where key = ${id}`.execute(em.getKysely());
  const key = await keyOf(em, id, now);
  await record(em, keeper, "revokeAccessKey", now, { key, before: keyRecordOf(before), after: keyRecordOf(key) });
  return key;
};

/** The condition that the grants administer all units of key `k`. */
export const isAdministeredBy = (admin: readonly Grant[] | null): RawBuilder<boolean> =>
  admin === null
    ? sql`true`
    : sql`not exists (select from access_grant o where o.access_key_id = k.id and not ${coveredBy(admin, sql`o.unit_id`)})`;

const keyOf = async (em: EntityManager, id: string, now: Date): Promise<AccessKeyView> =>
  (await accessKeys(rowsOf(em), now, dayOf(now), sql`k.key = ${id}`))[0]!;

/** Returns the key, locked until the end of the transaction. */
const lockedKey = async (em: EntityManager, { admin }: KeyKeeper, id: string, now: Date): Promise<AccessKeyView> => {
  const isPossible = /^[0-9a-f]{16}$/.test(id);
  if (isPossible) await sql`select from access_key k where k.key = ${id} and ${isAdministeredBy(admin)} for update`.execute(em.getKysely());
  const [key] = isPossible ? await accessKeys(rowsOf(em), now, dayOf(now), sql`k.key = ${id} and ${isAdministeredBy(admin)}`) : [];
  if (!key) throw new DomainError("NOT_FOUND", "id: there is no such access key");
  return key;
};

const grantedUnits = async (
  em: EntityManager,
  { admin }: KeyKeeper,
  grants: AccessKeyInput["grants"],
  today: Day,
): Promise<GrantedUnit[]> => {
  if (grants.length === 0 || grants.length > MAX_GRANTS)
    throw new BadUserInput("grants", grants.length, `must be 1 to ${MAX_GRANTS} grants`);
  const names = grants.map(({ unit }) => (unit.includes("\0") ? "" : unit));
  const rows = await rowsOf(em).rows(sql<{ unitNo: number | null; isCovered: boolean }>`
    select u.id as "unitNo", ${admin === null ? sql`true` : coveredBy(admin, sql`u.id`)} as "isCovered"
    from unnest(${names}::text[]) with ordinality n(name, i) left join unit u on u.id = ${unitNoNamed(sql`n.name`, today)} order by n.i`);
  const found = new Map<string, GrantedUnit>();
  for (const [index, { unitNo, isCovered }] of rows.entries()) {
    const { unit, role } = grants[index]!;
    if (unitNo === null) throw new BadUserInput("unit", unit, `must be the code of a unit that exists on ${today}, or the id of any unit`);
    if (!isCovered)
      throw new DomainError("FORBIDDEN", `This needs the role ADMIN on the unit ${JSON.stringify(unit)}, or on a unit above it`);
    found.set(`${unitNo}:${role}`, { unitNo, role });
  }
  return [...found.values()];
};
const MAX_GRANTS = 100;

/** The creator of a key, as the table stores it. */
const makerOf = ({ actor, maker }: KeyKeeper): { readonly keyId: string | null; readonly token: string | null } => {
  if (!maker) return { keyId: null, token: null };
  return actor.startsWith("key:") ? { keyId: actor.slice("key:".length), token: null } : { keyId: null, token: actor };
};

const record = async (
  em: EntityManager,
  { actor, actorName }: KeyKeeper,
  operation: string,
  at: Date,
  { key, before, after }: { readonly key: AccessKeyView; readonly before: unknown; readonly after: unknown },
): Promise<void> => {
  const unitNo = await concerned(em, [...new Set(key.grants.map((grant) => grant.unitNo))], dayOf(at));
  await recordChange(em, { ...{ actor, actorName, operation, unitNo, subject: key.id, before, after, at } });
};

/** Returns the unit of a key, or the smallest unit of today to which all of its units contribute: every caller who sees the entry administers all of them. */
const concerned = async (em: EntityManager, unitNos: readonly number[], today: Day): Promise<number | null> => {
  if (unitNos.length === 1) return unitNos[0]!;
  const [above] = await rowsOf(em).rows(sql<{ no: number }>`
    select c.target_id as no from contribution c join edition e on e.id = c.edition_id and ${inForceOn(sql`${today}::date`)}
    where c.certain and c.unit_id = any(${unitNos}::int[]) group by c.edition_id, c.target_id having count(*) = ${unitNos.length}
    order by (select count(*) from contribution t where t.edition_id = c.edition_id and t.target_id = c.target_id and t.certain), 1 limit 1`);
  return above?.no ?? null;
};
