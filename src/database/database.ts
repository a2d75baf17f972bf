import type { EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { LossListener } from "./database-watch.ts";
import { distribute, hasCitus } from "./citus/distribution.ts";
import { takeLock } from "./locks.ts";
import type { PoolOptions } from "./pool-options.ts";
import { openPlace } from "./place.ts";
import { cancelBackends, type PoolState, watchPool } from "./pool-watch.ts";
import { SERVICE_ROLE } from "./service-role.ts";

/** The connections of the service, by the role of its own. */
export interface Pools {
  /** What requests share. */
  readonly requests: MikroORM;
  /** What is made once for everybody (lineage, stored roll-ups): few connections, and no request's limits. */
  readonly builds: MikroORM;
  /** How many requests wait for a connection. */
  readonly waiting: () => number;
  readonly states: () => { readonly requests: PoolState; readonly builds: PoolState };
  readonly limits: PoolLimits;
  /** Whether tables are laid out over several nodes, by Citus. */
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
  /** Where it is, with the name and password of the owner. */
  readonly url: string;
  /** Whether requests take their role in sessions of the owner, who can leave it. */
  readonly isShared: boolean;
  /** The owner's: migrations, seeds, commands. */
  readonly orm: MikroORM;
  readonly pools: Pools;
  /** Cancels what runs on the service's connections: what is made once for everybody, or requests, too. */
  cancel(what: "BUILDS" | "ALL"): Promise<void>;
  /** Tells when the database is lost and back, until it is closed; an embedded one is started again. */
  watch(listener: LossListener): void;
  /** Gives back disk of an embedded one that it does not need any more. */
  trim(): Promise<void>;
  /** Waits for what runs. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS: PoolLimits = { poolSize: 10, poolWaitMs: 2000, poolQueue: 500, statementMs: 10_000, lockMs: 2000 };
/** One for each lane of `oneAtATime`. */
const BUILDERS = 3;
/** What is made once may take this many times as long as a request's statement. */
const BUILD_FACTOR = 12;

export interface DatabaseOptions extends Partial<PoolLimits> {
  /** By which requests log in; null is the embedded server. */
  readonly databaseUrl: string | null;
  /** By which the owner of the tables does; null where that is by the same. */
  readonly databaseOwnerUrl?: string | null;
  readonly dataDir: string;
  readonly connectMs?: number;
}

/** Connects, starting the embedded server where no URL is given, and brings the tables up to date. */
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
    // None but the login that began a statement, and superusers, may cancel it.
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
 * Tables of a session could stand before ours in what the conditions for rows ask. It is a right on the database, which neither a dump nor a
 * copy carries; where another one owns the database, the conditions name their schema all the same.
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

/** Of several processes that start at once, one migrates and the others wait for it. */
const migrate = async (orm: MikroORM): Promise<void> => {
  await orm.em.fork().transactional(async (em) => {
    await takeLock(em, "migration");
    await orm.migrator.up();
    await distribute(orm.em.fork());
    await forbidTemporary(em);
  });
};
