import type { Pool } from "pg";

export const APPLICATION_NAME = "cchc-graph";

export interface PoolOptions {
  /** Role that each connection takes; null stays the one that logged in, the owner of the tables. */
  readonly role: string | null;
  readonly size: number;
  /** Whether statements are planned once, for lists of any length: what is short is then answered in a third of the time. */
  readonly keepsPlans: boolean;
  /** How long a caller waits for a connection. */
  readonly waitMs: number;
  /** How long a statement may run; 0 is without end. */
  readonly statementMs: number;
  /** How long a statement may wait for a lock; 0 is without end. */
  readonly lockMs: number;
  readonly onPool?: (pool: Pool) => void;
  /** Where the server listens by then, instead of the port of the URL. */
  readonly portNow?: () => number;
}

export const OWNER: PoolOptions = { role: null, keepsPlans: false, size: 4, waitMs: 10_000, statementMs: 0, lockMs: 0 };
