import { fileURLToPath } from "node:url";
import { Migrator } from "@mikro-orm/migrations";
import { defineConfig } from "@mikro-orm/postgresql";
import { CompiledQuery, type DatabaseConnection } from "kysely";
import { types } from "pg";
import { ServiceClient } from "./client.ts";
import { APPLICATION_NAME, OWNER, type PoolOptions } from "./pool-options.ts";

// Sums of counts are bigint, but far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

export const connectionConfig = (
  clientUrl: string,
  { role, keepsPlans, size, waitMs, statementMs, lockMs, onPool, portNow }: PoolOptions = OWNER,
) => {
  // JIT costs more than it saves: statements are many and short, and the planner overestimates recursive ones.
  const settings = {
    jit: "off",
    ...(keepsPlans && { plan_cache_mode: "force_generic_plan" }),
    statement_timeout: statementMs,
    lock_timeout: lockMs,
    "citus.propagate_set_commands": "local",
    ...(role && { role }),
  };
  const set = `select ${Object.entries(settings)
    .map(([name, value]) => `set_config('${name}', '${value}', false)`)
    .join(", ")}`;
  return defineConfig({
    clientUrl,
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { path: fileURLToPath(new URL("../migrations", import.meta.url)), snapshotName: ".snapshot", snapshot: false },
    pool: { min: 0, max: size },
    driverOptions: {
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: waitMs,
      keepAlive: true,
      Client: ServiceClient,
      keepsPlans,
      ...(portNow && { portNow }),
      // The server's limit applies first; this one is for a server that does not answer at all.
      ...(statementMs > 0 && { query_timeout: statementMs + 1000 }),
      ...(onPool && { onPoolCreated: onPool }),
    },
    onCreateConnection: async (connection) => {
      await (connection as DatabaseConnection).executeQuery(CompiledQuery.raw(set));
    },
    logger: () => {},
  });
};
