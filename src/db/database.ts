import { type EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { distribute, hasCitus } from "./distribution.ts";
import { startEmbedded } from "./embedded.ts";
import { ormConfig, OWNER, type PoolOptions } from "./orm.config.ts";
import { cancelBackends, type PoolState, watchPool } from "./pool-watch.ts";

/** The connections of the service, which take a role that owns nothing and may only append to the audit trail. */
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
  /** The owner's: migrations, seeds, commands. */
  readonly orm: MikroORM;
  readonly pools: Pools;
  /** Cancels what runs on the service's connections: what is made once for everybody, or requests, too. */
  cancel(what: "BUILDS" | "ALL"): Promise<void>;
  /** Waits for what runs. */
  close(): Promise<void>;
}

/** Role of the service's connections. */
export const SERVICE_ROLE = "cchc_service";
const DEFAULT_LIMITS: PoolLimits = { poolSize: 10, poolWaitMs: 2000, poolQueue: 500, statementMs: 10_000, lockMs: 2000 };
/** One for each lane of `oneAtATime`. */
const BUILDERS = 3;
/** What is made once may take this many times as long as a request's statement. */
const BUILD_FACTOR = 12;

/** Connects, starting the embedded server where no URL is given, and brings the tables up to date. */
export const openDatabase = async ({
  databaseUrl,
  dataDir,
  connectMs = OWNER.waitMs,
  ...limits
}: { databaseUrl: string | null; dataDir: string; connectMs?: number } & Partial<PoolLimits>): Promise<Database> => {
  const embedded = databaseUrl === null ? await startEmbedded(dataDir) : null;
  const closing = embedded ? [() => embedded.stop()] : [];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const open = async (options: PoolOptions): Promise<MikroORM> => {
    const orm = await MikroORM.init(ormConfig(embedded?.url ?? databaseUrl!, options));
    closing.push(() => orm.close());
    return orm;
  };
  try {
    const orm = await open({ ...OWNER, waitMs: connectMs });
    await checkServer(orm).catch((error: unknown) => {
      throw databaseUrl === null ? error : new Error(`DATABASE_URL: ${textOf(error)}`, { cause: error });
    });
    await ensureRole(orm);
    await migrate(orm);
    const { pools, busy } = await openPools(open, { ...DEFAULT_LIMITS, ...limits }, await hasCitus(orm.em.fork()));
    return { url: embedded?.url ?? databaseUrl!, orm, pools, close, cancel: (what) => cancelBackends(orm.em.fork(), busy(what)) };
  } catch (error) {
    await close();
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

const OLDEST = 15;

const checkServer = async (orm: MikroORM): Promise<void> => {
  const { rows } = await sql<{ version: string; encoding: string }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding`.execute(orm.em.fork().getKysely());
  const { version, encoding } = rows[0]!;
  if (Number.parseInt(version, 10) < OLDEST) throw new Error(`the server is PostgreSQL ${version}; accepted is ${OLDEST} or newer`);
  if (encoding !== "UTF8") throw new Error(`the database is in ${encoding}; accepted is UTF8`);
};

/** The role is the server's, not the database's; whoever logs in must be a member, and may make it where that is allowed. */
const ensureRole = async (orm: MikroORM): Promise<void> => {
  const db = orm.em.fork().getKysely();
  const isMember = async () =>
    (
      await sql<{
        is: boolean;
      }>`select coalesce(bool_or(pg_has_role(oid, 'MEMBER')), false) as is from pg_roles where rolname = ${SERVICE_ROLE}`.execute(db)
    ).rows[0]!.is;
  if (await isMember()) return;
  try {
    await sql
      .raw(`do $$ begin
      perform pg_advisory_xact_lock(hashtext('cchc role'));
      if not exists (select from pg_roles where rolname = '${SERVICE_ROLE}') then create role ${SERVICE_ROLE} nologin; end if;
      execute format('grant ${SERVICE_ROLE} to %I', current_user);
    end $$`)
      .execute(db);
  } catch (error) {
    const { rows } = await sql<{ name: string }>`select current_user as name`.execute(db);
    throw new Error(
      `DATABASE_URL: ${rows[0]!.name} is no member of the role ${SERVICE_ROLE} and may not make it; let an administrator run: ` +
        `create role ${SERVICE_ROLE} nologin; grant ${SERVICE_ROLE} to "${rows[0]!.name}";`,
      { cause: error },
    );
  }
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

/** Node reports a host with several addresses, none of which answers, by an error without a text. */
export const textOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(", ");
  return error instanceof Error ? error.message : String(error);
};

/** Of several processes that start at once, one migrates and the others wait for it. */
const migrate = async (orm: MikroORM): Promise<void> => {
  await orm.em.fork().transactional(async (em) => {
    await sql`select pg_advisory_xact_lock(hashtext('cchc migration'))`.execute(em.getKysely());
    await orm.migrator.up();
    await distribute(orm.em.fork());
    await forbidTemporary(em);
  });
};
