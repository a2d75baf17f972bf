import type { EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { LossListener } from "./database-watch.ts";
import { distribute, hasCitus } from "./citus/distribution.ts";
import { takeLock } from "./locks.ts";
import type { PoolOptions } from "./pool-options.ts";
import { openPlace } from "./place.ts";
import { cancelBackends, type PoolState, watchPool } from "./pool-watch.ts";
import { SERVICE_ROLE } from "./service-role.ts";

/** The connections of the service, which use its own role. */
export interface Pools {
  readonly requests: MikroORM;
  /** For work done once for all callers (lineage, stored roll-ups): few connections, without the limits of requests. */
  readonly builds: MikroORM;
  readonly waiting: () => number;
  readonly states: () => { readonly requests: PoolState; readonly builds: PoolState };
  readonly limits: PoolLimits;
  readonly isDistributed: boolean;
}

export interface PoolLimits {
  readonly poolSize: number;
  readonly poolWaitMs: number;
  readonly poolQueue: number;
  readonly statementMs: number;
  readonly lockMs: number;
}

export interface Database {
  /** URL with the name and password of the owner. */
  readonly url: string;
  /** True if requests use sessions of the owner, who can leave the service's role. */
  readonly isShared: boolean;
  readonly orm: MikroORM;
  readonly pools: Pools;
  /** Cancels running statements of the service: shared builds, or also requests. */
  cancel(what: "BUILDS" | "ALL"): Promise<void>;
  watch(listener: LossListener): void;
  trim(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_LIMITS: PoolLimits = { poolSize: 10, poolWaitMs: 2000, poolQueue: 500, statementMs: 10_000, lockMs: 2000 };
const BUILDERS = 3;
const BUILD_FACTOR = 12;

export interface DatabaseOptions extends Partial<PoolLimits> {
  /** Login of requests; null uses the embedded server. */
  readonly databaseUrl: string | null;
  readonly databaseOwnerUrl?: string | null;
  readonly dataDir: string;
  readonly connectMs?: number;
}

/** Connects, or starts the embedded server if no URL is given, and runs the migrations. */
export const openDatabase = async ({
  databaseUrl,
  databaseOwnerUrl = null,
  dataDir,
  connectMs,
  ...limits
}: DatabaseOptions): Promise<Database> => {
  const { orm, session, open, ...place } = await openPlace({
    ...{ databaseUrl, databaseOwnerUrl, dataDir },
    ...(connectMs !== undefined && { connectMs }),
  });
  try {
    await migrate(orm);
    const { pools, busy } = await openPools(open, { ...DEFAULT_LIMITS, ...limits }, await hasCitus(orm.em.fork()));
    // Only the login that began a statement and superusers may cancel it.
    const cancel: Database["cancel"] = (what) => cancelBackends(session.em.fork(), busy(what));
    return { ...place, orm, pools, cancel };
  } catch (error) {
    await place.close();
    throw error;
  }
};

interface OpenedPools {
  readonly pools: Pools;
  readonly busy: (what: "BUILDS" | "ALL") => number[];
}

const openPools = async (
  open: (options: PoolOptions) => Promise<MikroORM>,
  limits: PoolLimits,
  isDistributed: boolean,
): Promise<OpenedPools> => {
  const { poolSize: size, poolWaitMs: waitMs, statementMs, lockMs } = limits;
  const [request, build] = [watchPool(), watchPool()];
  const requests = await open({ role: SERVICE_ROLE, keepsPlans: true, size, waitMs, statementMs, lockMs, onPool: request.onPool });
  const builds = await open({
    role: SERVICE_ROLE,
    keepsPlans: false,
    size: BUILDERS,
    waitMs: statementMs * BUILD_FACTOR,
    statementMs: statementMs * BUILD_FACTOR,
    lockMs: statementMs * BUILD_FACTOR,
    onPool: build.onPool,
  });
  return {
    pools: {
      ...{ requests, builds, limits, isDistributed },
      waiting: () => request.state().waiting,
      states: () => ({ requests: request.state(), builds: build.state() }),
    },
    busy: (what) => [...build.busy(), ...(what === "ALL" ? request.busy() : [])],
  };
};

/**
 * Temporary tables could shadow the tables that row-level security reads. The right belongs to the database and no dump contains it; conditions also name their schema in
 * case another role owns the database.
 */
const forbidTemporary = async (em: EntityManager): Promise<void> => {
  await sql
    .raw(
      `do $$ begin
        if has_database_privilege('${SERVICE_ROLE}', current_database(), 'TEMPORARY') then
          execute format('revoke temporary on database %I from public', current_database());
        end if;
      exception when insufficient_privilege then null; end $$`,
    )
    .execute(em.getKysely());
};

/** The first of several starting processes migrates, and the others wait. */
const migrate = async (orm: MikroORM): Promise<void> => {
  await orm.em.fork().transactional(async (em) => {
    await takeLock(em, "migration");
    await orm.migrator.up();
    await distribute(orm.em.fork());
    await forbidTemporary(em);
  });
};
