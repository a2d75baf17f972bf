import { Client } from "pg";
import type { TestDatabase } from "./database.ts";

/** Holds whoever comes to the table in a transaction, until it is let go. */
export const holdAt = async ({ url }: Pick<TestDatabase, "url">, table: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin");
  await client.query(`lock table ${table} in access exclusive mode`);
  const waiters = async () =>
    (await client.query<{ pid: number }>("select pid from pg_locks where relation = $1::regclass and not granted", [table])).rows.map(
      ({ pid }) => pid,
    );
  return {
    /** The backend that waits. */
    waiter: async (): Promise<number> => {
      for (;;) {
        const [pid] = await waiters();
        if (pid !== undefined) return pid;
        await new Promise((wake) => setTimeout(wake, 20));
      }
    },
    isThere: async (pid: number) => (await client.query("select from pg_stat_activity where pid = $1", [pid])).rowCount === 1,
    letGo: () => client.query("rollback"),
    close: () => client.end(),
  };
};
