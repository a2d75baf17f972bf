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
import { coveredAmong, unitNoNamed } from "../access/grant.ts";
import { demandRoom } from "./key-room.ts";
import { coveredBy, rowScope } from "../access/scope.ts";
import { secretHash, newSecret } from "../access/secret.ts";
import { type Grant, grantsFor, type Role } from "../access/viewer.ts";
import { relation } from "../database/relation.ts";
import { heldHierarchy } from "../hierarchy/current-hierarchy.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import { type DayNumber, dayNumber } from "../hierarchy/hierarchy-content.ts";
import { lineageOf } from "../hierarchy/lineage.ts";

/** Who changes keys, and where; null is everywhere, for the commands on the database. */
export interface KeyKeeper {
  readonly actor: string;
  readonly actorName: string;
  readonly admin: readonly Grant[] | null;
  /** The units that the transaction holds. */
  readonly hierarchy: Hierarchy;
  /** The key or token with which new keys expire; missing for a command. */
  readonly maker?: { readonly until: Date };
}

/** A command, within its transaction. */
export const commandKeeper = async (em: EntityManager, actorName: string): Promise<KeyKeeper> => ({
  ...{ actor: `command:${actorName}`, actorName, admin: null, hierarchy: await heldHierarchy(em) },
});

/** Runs one transaction of a viewer who has the permission keys:write. */
export const changeKeys = <T>(
  { viewer, session, now, hierarchy }: KeyAsking,
  work: (em: EntityManager, keeper: KeyKeeper, now: Date) => Promise<T>,
): Promise<T> => {
  const { actor, name, credential } = viewer!;
  // A caller without a credential creates keys that expire at once.
  const maker = { until: credential?.until ?? now };
  const admin = grantsFor(viewer, "ADMIN");
  return session.write(rowScope(viewer, "ADMIN"), async (em) =>
    work(em, { actor, actorName: name, admin, maker, hierarchy: await hierarchy.held() }, now),
  );
};

/** Returns keys with a role on the unit, or on what contributes certainly to it, where the viewer administers each of their units. */
export const keysUnder = async (asking: KeyAsking, unit: string): Promise<AccessKeyView[]> => {
  const { unit: grant, admin } = await administered(asking, unit);
  return accessKeys(asking.session, await asking.hierarchy.load(), asking.now, sql`${isUnder(grant)} and ${isAdministeredBy(admin)}`);
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
 * Creates a key in the transaction of `em`, with its entry in the audit trail. @throws BadUserInput; DomainError FORBIDDEN naming a unit that the keeper does not administer, LIMIT_EXCEEDED one with too many keys.
 */
export const createAccessKey = async (em: EntityManager, keeper: KeyKeeper, input: AccessKeyInput, now: Date): Promise<IssuedKey> => {
  const name = keyNameOf(input.name);
  const expiresAt = expiryOf(input.expiresOn, dayOf(now), keeper.maker ?? null);
  const grants = grantedUnits(keeper, input.grants, dayOf(now));
  await demandRoom(em, keeper.hierarchy, grants, now);
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
  const key = await keyOf(em, keeper, id, now);
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
  const rotated = await keyOf(em, keeper, id, now);
  const after = { ...keyRecordOf(rotated), rotatedAt: now.toISOString() };
  await record(em, keeper, "rotateAccessKey", now, { key, before: keyRecordOf(key), after });
  return { accessKey: rotated, secret };
};

/** Revokes the key with all keys that it created; a revoked key stays unchanged, without an entry in the trail. @throws DomainError NOT_FOUND */
export const revokeAccessKey = async (em: EntityManager, keeper: KeyKeeper, id: string, now: Date): Promise<AccessKeyView> => {
  const before = await lockedKey(em, keeper, id, now);
  if (before.revokedAt !== null) return before;
  await sql`update access_key set revoked_at = ${now.toISOString()} where key = ${id}`.execute(em.getKysely());
  const key = await keyOf(em, keeper, id, now);
  await record(em, keeper, "revokeAccessKey", now, { key, before: keyRecordOf(before), after: keyRecordOf(key) });
  return key;
};

/** The condition that the grants administer all units of key `k`. */
export const isAdministeredBy = (admin: readonly Grant[] | null): RawBuilder<boolean> =>
  admin === null
    ? sql`true`
    : sql`not exists (select from access_grant o where o.access_key_id = k.id and not ${coveredBy(admin, sql`o.unit_id`)})`;

const keyOf = async (em: EntityManager, { hierarchy }: KeyKeeper, id: string, now: Date): Promise<AccessKeyView> =>
  (await accessKeys(rowsOf(em), hierarchy, now, sql`k.key = ${id}`))[0]!;

/** Returns the key, locked until the end of the transaction. */
const lockedKey = async (em: EntityManager, { admin, hierarchy }: KeyKeeper, id: string, now: Date): Promise<AccessKeyView> => {
  const isPossible = /^[0-9a-f]{16}$/.test(id);
  if (isPossible) await sql`select from access_key k where k.key = ${id} and ${isAdministeredBy(admin)} for update`.execute(em.getKysely());
  const [key] = isPossible ? await accessKeys(rowsOf(em), hierarchy, now, sql`k.key = ${id} and ${isAdministeredBy(admin)}`) : [];
  if (!key) throw new DomainError("NOT_FOUND", "id: there is no such access key");
  return key;
};

const grantedUnits = ({ admin, hierarchy }: KeyKeeper, grants: AccessKeyInput["grants"], today: Day): GrantedUnit[] => {
  if (grants.length === 0 || grants.length > MAX_GRANTS)
    throw new BadUserInput("grants", grants.length, `must be 1 to ${MAX_GRANTS} grants`);
  const numbers = grants.map(({ unit }) => unitNoNamed(hierarchy, unit, today));
  const known = numbers.filter((no) => no !== null);
  const covered = admin === null ? new Set(known) : coveredAmong(hierarchy, admin, known);
  const found = new Map<string, GrantedUnit>();
  for (const [index, unitNo] of numbers.entries()) {
    const { unit, role } = grants[index]!;
    if (unitNo === null) throw new BadUserInput("unit", unit, `must be the code of a unit that exists on ${today}, or the id of any unit`);
    if (!covered.has(unitNo))
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
  { actor, actorName, hierarchy }: KeyKeeper,
  operation: string,
  at: Date,
  { key, before, after }: { readonly key: AccessKeyView; readonly before: unknown; readonly after: unknown },
): Promise<void> => {
  const unitNo = concerned(hierarchy, [...new Set(key.grants.map((grant) => grant.unitNo))], dayNumber(dayOf(at)));
  await recordChange(em, { ...{ actor, actorName, operation, unitNo, subject: key.id, before, after, at } });
};

/** Returns the unit of a key, or the smallest unit of today to which all of its units contribute: every caller who sees the entry administers all of them. */
const concerned = (hierarchy: Hierarchy, unitNos: readonly number[], today: DayNumber): number | null => {
  if (unitNos.length === 1) return unitNos[0]!;
  const contributions = lineageOf(hierarchy).contributionsTo(hierarchy.editionOn(today)!, unitNos);
  const byTarget = Map.groupBy(
    contributions.filter(({ certain }) => certain),
    ({ target }) => target,
  );
  const above = [...byTarget].flatMap(([target, units]) => (units.length === unitNos.length ? target : []));
  // Units with a common part lie one within another, but for agencies.
  return above.toSorted((a, b) => hierarchy.sizeOf(a, today) - hierarchy.sizeOf(b, today) || a - b)[0] ?? null;
};
