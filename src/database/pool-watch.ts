import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Pool, PoolClient } from "pg";

export interface PoolState {
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface PoolWatch {
  readonly onPool: (pool: Pool) => void;
  readonly state: () => PoolState;
  /** Server process ids of the connections in use. */
  readonly busy: () => number[];
}

export const watchPool = (): PoolWatch => {
  const taken = new Set<PoolClient>();
  let pool: Pool | null = null;
  return {
    onPool: (made) => {
      pool = made;
      made.on("acquire", (client) => taken.add(client));
      made.on("release", (_error, client) => taken.delete(client));
      made.on("remove", (client) => taken.delete(client));
    },
    state: () => ({ size: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 }),
    busy: () => [...taken].map((client) => (client as PoolClient & { readonly processID: number }).processID),
  };
};

/** Cancels the statements of the connections; their transactions roll back. */
export const cancelBackends = async (em: EntityManager, pids: readonly number[]): Promise<void> => {
  if (pids.length > 0) await sql`select pg_cancel_backend(pid) from unnest(${pids}::int[]) p(pid)`.execute(em.getKysely());
};
