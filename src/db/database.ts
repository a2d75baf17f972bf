import { MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { startEmbedded } from "./embedded.ts";
import { ormConfig } from "./orm.config.ts";

export interface Database {
  readonly orm: MikroORM;
  close(): Promise<void>;
}

/** Connects, starting the embedded server where no URL is given, and brings the tables up to date. */
export const openDatabase = async ({ databaseUrl, dataDir }: { databaseUrl: string | null; dataDir: string }): Promise<Database> => {
  const embedded = databaseUrl === null ? await startEmbedded(dataDir) : null;
  const closing = embedded ? [() => embedded.stop()] : [];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const orm = await MikroORM.init(ormConfig(embedded?.url ?? databaseUrl!));
    closing.push(() => orm.close());
    await checkServer(orm).catch((error: unknown) => {
      throw databaseUrl === null ? error : new Error(`DATABASE_URL: ${textOf(error)}`, { cause: error });
    });
    await migrate(orm);
    return { orm, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const OLDEST = 15;

const checkServer = async (orm: MikroORM): Promise<void> => {
  const { rows } = await sql<{ version: string; encoding: string }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding`.execute(orm.em.fork().getKysely());
  const { version, encoding } = rows[0]!;
  if (Number.parseInt(version, 10) < OLDEST) throw new Error(`the server is PostgreSQL ${version}; accepted is ${OLDEST} or newer`);
  if (encoding !== "UTF8") throw new Error(`the database is in ${encoding}; accepted is UTF8`);
};

/** Node reports a host with several addresses, none of which answers, by an error without a text. */
const textOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(", ");
  return error instanceof Error ? error.message : String(error);
};

/** Of several processes that start at once, one migrates and the others wait for it. */
const migrate = async (orm: MikroORM): Promise<void> => {
  await orm.em.fork().transactional(async (em) => {
    await sql`select pg_advisory_xact_lock(hashtext('cchc migration'))`.execute(em.getKysely());
    await orm.migrator.up();
  });
};
