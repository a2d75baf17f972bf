import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import type { ClientBase } from "pg";

/** All advisory locks. Versions of the service run side by side, so a key never changes. Several locks are taken in the order of this list. */
const KEYS = {
  /** The embedded server: each process that uses it shares the lock, and the last one stops the server. */
  server: "cchc server",
  /** The service's role in PostgreSQL: taken to create it. */
  role: "cchc role",
  /** The tables: taken by a service that starts, and by a restore. */
  migration: "cchc migration",
  unitsApply: "cchc units apply",
  /** Stored sets: taken to change reports or units; tried to store a set. */
  rollups: "cchc rollup",
  /** Contributions of an edition: taken to store them. */
  contributionMaking: "cchc contribution making",
  /** Units and their contributions: taken to change units; tried to store contributions. */
  contributions: "cchc contribution",
  /** The tables of one file import, by name: taken by the import; the next import tries it to drop tables of an interrupted one. */
  stage: "cchc stage",
  /** An idempotency key of a caller: taken to assign or delegate a task. */
  taskKey: "cchc task key",
  /** A task with all tasks delegated from it, by the id of the top task: taken to change one of them; an import that moves or retracts tasks takes it after the source. */
  taskFamily: "cchc task family",
  /** The sources of one name: taken to create, transfer or retire one. */
  sourceName: "cchc source name",
  /** One source, by number: taken by an import, a retraction and a transfer. */
  source: "cchc source",
  /** The catalogue of procedures: shared by writers of dossiers, exclusive for changes of the catalogue. */
  procedures: "cchc procedures",
  /** Completeness, by province number: taken to declare or withdraw it. */
  completeness: "cchc complete",
  /** Counters: shared by writers of dossiers, exclusive for a recount. */
  counters: "cchc dossier counts",
  /** The rubrics of one organiser, index, block and year: taken to create, revise or publish one. */
  rubric: "cchc rubric",
  /** An assessment cycle with its sheets, by number: taken to change one of them. */
  assessmentCycle: "cchc assessment cycle",
  /** The keys of a unit, by its number: taken to create one. */
  keys: "cchc keys",
  /** A year of the work calendar: taken to replace it. */
  workCalendar: "cchc work calendar",
} as const;

export type Lock = keyof typeof KEYS;

export const lockKey = (lock: Lock): string => `hashtext('${KEYS[lock]}')`;

type Part = number | string;

/** The call that waits for a lock, for a statement that reads the name of the lock. */
export const waitingFor = (lock: Lock, name: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`pg_advisory_xact_lock(${sql.raw(lockKey(lock))}, hashtext(${name}))`;

/** The same for a lock that others share. */
export const sharing = (lock: Lock): RawBuilder<unknown> => sql`pg_advisory_xact_lock_shared(${sql.raw(lockKey(lock))})`;

const locked = (lock: Lock, part: Part | undefined): RawBuilder<unknown> => {
  const key = sql.raw(lockKey(lock));
  if (part === undefined) return key;
  return typeof part === "number" ? sql`${key}, ${part}::int` : sql`${key}, hashtext(${part})`;
};

/** The statement of `takeLock`. */
export const taking = (lock: Lock, part?: Part): RawBuilder<unknown> => sql`select pg_advisory_xact_lock(${locked(lock, part)})`;

/** Waits for the lock and holds it until the transaction ends. */
export const takeLock = async (em: EntityManager, lock: Lock, part?: Part): Promise<void> => {
  await taking(lock, part).execute(em.getKysely());
};

/** Takes the locks of all numbers in ascending order, which prevents deadlocks. */
export const takeLocks = async (em: EntityManager, lock: Lock, numbers: readonly number[]): Promise<void> => {
  const ordered = [...new Set(numbers)].toSorted((a, b) => a - b);
  await sql`select pg_advisory_xact_lock(${sql.raw(lockKey(lock))}, n.no) from unnest(${ordered}::int[]) n(no)`.execute(em.getKysely());
};

/** Takes the locks of all names, in one order for all callers. */
export const takeNamedLocks = async (em: EntityManager, lock: Lock, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(${sql.raw(lockKey(lock))}, n.no)
    from (select distinct hashtext(name) as no from unnest(${[...names]}::text[]) name order by 1) n`.execute(em.getKysely());
};

/** Holds the lock together with others that share it, until the transaction ends. */
export const shareLock = async (em: EntityManager, lock: Lock): Promise<void> => {
  await sql`select ${sharing(lock)}`.execute(em.getKysely());
};

export const tryLock = async (em: EntityManager, lock: Lock): Promise<boolean> => {
  const { rows } = await sql<{ isOurs: boolean }>`select pg_try_advisory_xact_lock(${locked(lock, undefined)}) as "isOurs"`.execute(
    em.getKysely(),
  );
  return rows[0]!.isOurs;
};

type LockMode = "lock" | "lock_shared" | "unlock" | "unlock_shared";

/** Takes a lock for a session, until the session releases it or ends. */
export const lockSession = async (client: ClientBase, mode: LockMode, lock: Lock, name?: string): Promise<void> => {
  const part = name === undefined ? "" : ", hashtext($1)";
  await client.query(`select pg_advisory_${mode}(${lockKey(lock)}${part})`, name === undefined ? [] : [name]);
};

/** @returns true if the lock was free; the session then holds it. */
export const tryLockSession = async (client: ClientBase, lock: Lock, name?: string): Promise<boolean> => {
  const part = name === undefined ? "" : ", hashtext($1)";
  const { rows } = await client.query<{ isOurs: boolean }>(
    `select pg_try_advisory_lock(${lockKey(lock)}${part}) as "isOurs"`,
    name === undefined ? [] : [name],
  );
  return rows[0]!.isOurs;
};
