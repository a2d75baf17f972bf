import type { EntityManager } from "@mikro-orm/postgresql";

const tails = new WeakMap<object, Promise<unknown>>();

/**
 * Runs what takes a lock of the database after all that this process asked for before: those who wait hold no connection meanwhile,
 * which others need. Must not be nested.
 */
export const oneAtATime = <T>(em: EntityManager, work: () => Promise<T>): Promise<T> => {
  const pool = em.getDriver();
  const result = (tails.get(pool) ?? Promise.resolve()).then(work);
  tails.set(
    pool,
    result.catch(() => {}),
  );
  return result;
};
