import type { Pool } from "pg";

export const APPLICATION_NAME = "cchc-graph";

export interface PoolOptions {
  /** Role that each connection sets; null stays with the login, the owner of the tables. */
  readonly role: string | null;
  readonly size: number;
  /** Caches plans for any length of lists, which answers short statements in a third of the time. */
  readonly keepsPlans: boolean;
  readonly waitMs: number;
  readonly statementMs: number;
  /** Maximum wait for a lock; 0 means no limit. */
  readonly lockMs: number;
  readonly onPool?: (pool: Pool) => void;
  readonly portNow?: () => number;
}

export const OWNER: PoolOptions = { role: null, keepsPlans: false, size: 4, waitMs: 10_000, statementMs: 0, lockMs: 0 };
