import { type EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { distribute, hasCitus } from "./distribution.ts";
import { startEmbedded } from "./embedded.ts";
import { ormConfig, OWNER, type PoolOptions } from "./orm.config.ts";
import { cancelBackends, type PoolState, watchPool } from "./pool-watch.ts";
import { checkLogin, checkSame, ensureLogin, ensureRole, SERVICE_ROLE } from "./service-role.ts";

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

/** Who logs in how, each with the setting that says so, for errors. */
interface Logins {
  readonly owner: Login;
  /** Null where requests take the role in sessions of the owner. */
  readonly service: Login | null;
}

interface Login {
  readonly url: string;
  readonly setting: string | null;
}

/** Connects, starting the embedded server where no URL is given, and brings the tables up to date. */
export const openDatabase = async ({
  databaseUrl,
  databaseOwnerUrl = null,
  dataDir,
  connectMs = OWNER.waitMs,
  ...limits
}: DatabaseOptions): Promise<Database> => {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const open = async (url: string, pool: PoolOptions): Promise<MikroORM> => {
    const orm = await MikroORM.init(ormConfig(url, pool));
    closing.push(() => orm.close());
    return orm;
  };
  try {
    const logins = await findLogins({ databaseUrl, databaseOwnerUrl, dataDir }, closing);
    const orm = await open(logins.owner.url, { ...OWNER, waitMs: connectMs });
    await naming(logins.owner, () => checkServer(orm));
    const session = logins.service ? await open(logins.service.url, { ...OWNER, size: 1, waitMs: connectMs }) : orm;
    await prepareRole(logins, orm, session);
    await migrate(orm);
    const { url } = logins.service ?? logins.owner;
    const { pools, busy } = await openPools((pool) => open(url, pool), { ...DEFAULT_LIMITS, ...limits }, await hasCitus(orm.em.fork()));
    // None but the login that began a statement, and superusers, may cancel it.
    const cancel: Database["cancel"] = (what) => cancelBackends(session.em.fork(), busy(what));
    return { url: logins.owner.url, isShared: !logins.service, orm, pools, close, cancel };
  } catch (error) {
    await close();
    throw error;
  }
};

const findLogins = async (
  { databaseUrl, databaseOwnerUrl, dataDir }: Required<Pick<DatabaseOptions, "databaseUrl" | "databaseOwnerUrl" | "dataDir">>,
  closing: (() => Promise<void>)[],
): Promise<Logins> => {
  if (databaseUrl === null) {
    const embedded = await startEmbedded(dataDir);
    closing.push(() => embedded.stop());
    return { owner: { url: embedded.url, setting: null }, service: { url: embedded.serviceUrl, setting: null } };
  }
  const given = { url: databaseUrl, setting: "DATABASE_URL" };
  if (databaseOwnerUrl === null) return { owner: given, service: null };
  return { owner: { url: databaseOwnerUrl, setting: "DATABASE_OWNER_URL" }, service: given };
};

const naming = <T>({ setting }: Login, work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    throw setting === null ? error : new Error(`${setting}: ${textOf(error)}`, { cause: error });
  });

const prepareRole = async ({ service }: Logins, owner: MikroORM, session: MikroORM): Promise<void> => {
  if (!service) return ensureRole(owner);
  await ensureLogin(owner, service.url);
  await naming(service, async () => {
    await checkSame(owner, session);
    await checkLogin(session);
  });
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
