import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { ClientBase } from "pg";

/**
 * All advisory locks, by what each one guards. Versions of the service run beside one another, so a key never changes. Whoever takes several of them takes
 * them in the order of this list.
 */
const KEYS = {
  /** The embedded server: each process that uses it shares the lock, and the last one stops the server. */
  server: "cchc server",
  /** The role of the service in PostgreSQL: whoever creates it. */
  role: "cchc role",
  /** The tables: a service that starts, and a restore. */
  migration: "cchc migration",
  /** The files of the next edition: the command that applies them. */
  unitsApply: "cchc units apply",
  /** Stored sets: whoever changes reports or units; whoever stores a set tries it. */
  rollups: "cchc rollup",
  /** Whoever stores the contributions of an edition, against others who do. */
  contributionMaking: "cchc contribution making",
  /** Units and their contributions: whoever changes units; whoever stores contributions tries it. */
  contributions: "cchc contribution",
  /** The tables of one import of a file, by name: the import; the next import tries it, to drop what an interrupted one left. */
  stage: "cchc stage",
  /** What a caller creates under an idempotency key: whoever assigns or delegates a task. */
  taskKey: "cchc task key",
  /** A task with all that was delegated from it, by the id of the task at the top: whoever changes one of them. */
  taskFamily: "cchc task family",
  /** The sources of one name: whoever creates, transfers or retires one. */
  sourceName: "cchc source name",
  /** One source, by number: an import, a retraction, a transfer. */
  source: "cchc source",
  /** The catalogue of procedures: whoever writes dossiers shares it, whoever changes the catalogue takes it alone. */
  procedures: "cchc procedures",
  /** Completeness, by the number of the province: whoever declares or withdraws it. */
  completeness: "cchc complete",
  /** Counters: whoever changes dossiers shares it, whoever counts anew takes it alone. */
  counters: "cchc dossier counts",
  /** The keys of a unit, by its number: whoever creates one. */
  keys: "cchc keys",
  /** The work calendar: whoever replaces a year of it. */
  workCalendar: "cchc work calendar",
} as const;

export type Lock = keyof typeof KEYS;

/** The number of a lock, for statements that are written as text. */
export const lockKey = (lock: Lock): string => `hashtext('${KEYS[lock]}')`;

/** One of the locks of a kind: by number, or by name. */
type Part = number | string;

const locked = (lock: Lock, part: Part | undefined): RawBuilder<unknown> => {
  const key = sql.raw(lockKey(lock));
  if (part === undefined) return key;
  return typeof part === "number" ? sql`${key}, ${part}::int` : sql`${key}, hashtext(${part})`;
};

/** Waits for the lock, and holds it until the transaction ends. */
export const takeLock = async (em: EntityManager, lock: Lock, part?: Part): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${locked(lock, part)})`.execute(em.getKysely());
};

/** Takes the locks of all numbers, in their order. */
export const takeLocks = async (em: EntityManager, lock: Lock, numbers: readonly number[]): Promise<void> => {
  const ordered = [...new Set(numbers)].toSorted((a, b) => a - b);
  await sql`select pg_advisory_xact_lock(${sql.raw(lockKey(lock))}, n.no) from unnest(${ordered}::int[]) n(no)`.execute(em.getKysely());
};

/** Holds the lock side by side with others who share it, until the transaction ends. */
export const shareLock = async (em: EntityManager, lock: Lock): Promise<void> => {
  await sql`select pg_advisory_xact_lock_shared(${locked(lock, undefined)})`.execute(em.getKysely());
};

/** @returns whether the lock is free, and held from now on until the transaction ends. */
export const tryLock = async (em: EntityManager, lock: Lock): Promise<boolean> => {
  const { rows } = await sql<{ isOurs: boolean }>`select pg_try_advisory_xact_lock(${locked(lock, undefined)}) as "isOurs"`.execute(
    em.getKysely(),
  );
  return rows[0]!.isOurs;
};

type Held = "lock" | "lock_shared" | "unlock" | "unlock_shared";

/** Takes a lock for a session, which holds it until it gives it back or ends. */
export const lockSession = async (client: ClientBase, held: Held, lock: Lock, name?: string): Promise<void> => {
  const part = name === undefined ? "" : ", hashtext($1)";
  await client.query(`select pg_advisory_${held}(${lockKey(lock)}${part})`, name === undefined ? [] : [name]);
};

/** @returns whether the lock is free, and held by the session from now on. */
export const tryLockSession = async (client: ClientBase, lock: Lock, name?: string): Promise<boolean> => {
  const part = name === undefined ? "" : ", hashtext($1)";
  const { rows } = await client.query<{ isOurs: boolean }>(
    `select pg_try_advisory_lock(${lockKey(lock)}${part}) as "isOurs"`,
    name === undefined ? [] : [name],
  );
  return rows[0]!.isOurs;
};
