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
  try {
    const orm = await MikroORM.init(ormConfig(embedded?.url ?? databaseUrl!));
    await migrate(orm);
    return {
      orm,
      close: async () => {
        await orm.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
};

/** Of several processes that start at once, one migrates and the others wait for it. */
const migrate = async (orm: MikroORM): Promise<void> => {
  await orm.em.fork().transactional(async (em) => {
    await sql`select pg_advisory_xact_lock(hashtext('cchc migration'))`.execute(em.getKysely());
    await orm.migrator.up();
  });
};
