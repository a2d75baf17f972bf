import { MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import type { Client } from "pg";
import { ServiceClient } from "./client.ts";
import { DatabaseWatch, serverStartOf, type LossListener, type WatchedSession } from "./database-watch.ts";
import { type EmbeddedDatabase, startEmbedded } from "./embedded/embedded.ts";
import { errorText } from "./failure.ts";
import { CONNECT_MS } from "./open-when-there.ts";
import { connectionConfig } from "./connection.ts";
import { APPLICATION_NAME, OWNER, type PoolOptions } from "./pool-options.ts";
import { trimLog } from "./wal.ts";
import { checkLogin, checkSame, ensureLogin, ensureRole } from "./service-role.ts";

export interface PlaceOptions {
  readonly databaseUrl: string | null;
  /** Login of the owner; null uses the same login. */
  readonly databaseOwnerUrl: string | null;
  readonly dataDir: string;
  readonly connectMs?: number;
  readonly onPool?: PoolOptions["onPool"];
}

export interface DatabasePlace {
  readonly url: string;
  /** True if requests use sessions of the owner, who can leave the service's role. */
  readonly isShared: boolean;
  readonly orm: MikroORM;
  readonly session: MikroORM;
  readonly open: (pool: PoolOptions) => Promise<MikroORM>;
  watch(listener: LossListener): void;
  trim(): Promise<void>;
  close(): Promise<void>;
}

/** The logins, each with the setting that contains it, for errors. */
interface Logins {
  readonly owner: Login;
  /** Null if requests use sessions of the owner. */
  readonly service: Login | null;
  readonly embedded: EmbeddedDatabase | null;
}

interface Login {
  readonly url: string;
  readonly setting: string | null;
}

/** Connects, or starts the embedded server if no URL is given, and creates the service's role if missing. */
export const openPlace = async ({ connectMs = OWNER.waitMs, onPool, ...options }: PlaceOptions): Promise<DatabasePlace> => {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const logins = await findLogins(options);
    const { owner, service, embedded } = logins;
    if (embedded) closing.push(() => embedded.stop());
    const open = async (url: string, pool: PoolOptions): Promise<MikroORM> => {
      const orm = await MikroORM.init(connectionConfig(url, { ...pool, ...(embedded && { portNow: embedded.port }) }));
      closing.push(() => orm.close());
      return orm;
    };
    const orm = await open(owner.url, { ...OWNER, waitMs: connectMs, ...(onPool && { onPool }) });
    await naming(owner, () => checkServer(orm));
    const session = service ? await open(service.url, { ...OWNER, size: 1, waitMs: connectMs }) : orm;
    await prepareRole(logins, orm, session);
    const { url } = service ?? owner;
    const watch = (listener: LossListener) => {
      if (embedded) return embedded.watch(listener);
      const following = new DatabaseWatch({ reach: () => reach(url) }, null);
      following.start(listener);
      closing.push(async () => (await following.end())?.client.end());
    };
    const trim = async () => (embedded ? trimLog(orm) : undefined);
    return { url: owner.url, isShared: !service, orm, session, open: (pool) => open(url, pool), watch, trim, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const findLogins = async ({ databaseUrl, databaseOwnerUrl, dataDir }: PlaceOptions): Promise<Logins> => {
  if (databaseUrl === null) {
    const embedded = await startEmbedded(dataDir);
    return { owner: { url: embedded.url, setting: null }, service: { url: embedded.serviceUrl, setting: null }, embedded };
  }
  const given = { url: databaseUrl, setting: "DATABASE_URL" };
  if (databaseOwnerUrl === null) return { owner: given, service: null, embedded: null };
  return { owner: { url: databaseOwnerUrl, setting: "DATABASE_OWNER_URL" }, service: given, embedded: null };
};

const naming = <T>({ setting }: Login, work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    throw setting === null ? error : new Error(`${setting}: ${errorText(error)}`, { cause: error });
  });

const prepareRole = async ({ service }: Logins, owner: MikroORM, session: MikroORM): Promise<void> => {
  if (!service) return ensureRole(owner);
  await ensureLogin(owner, service.url);
  await naming(service, async () => {
    await checkSame(owner, session);
    await checkLogin(session);
  });
};

const OLDEST = 15;

const checkServer = async (orm: MikroORM): Promise<void> => {
  const { rows } = await sql<{ version: string; encoding: string }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding`.execute(orm.em.fork().getKysely());
  const { version, encoding } = rows[0]!;
  if (Number.parseInt(version, 10) < OLDEST) throw new Error(`the server is PostgreSQL ${version}; must be ${OLDEST} or newer`);
  if (encoding !== "UTF8") throw new Error(`the database is in ${encoding}; must be UTF8`);
};

const reach = async (url: string): Promise<WatchedSession> => {
  const client: Client = new ServiceClient({
    ...{ connectionString: url, application_name: `${APPLICATION_NAME} watch`, keepAlive: true },
    ...{ connectionTimeoutMillis: CONNECT_MS, query_timeout: CONNECT_MS },
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return { client, startedAt: await serverStartOf(client) };
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
};
