import { fileURLToPath } from "node:url";
import { Migrator } from "@mikro-orm/migrations";
import { defineConfig } from "@mikro-orm/postgresql";
import { CompiledQuery, type DatabaseConnection } from "kysely";
import { types } from "pg";
import { ServiceClient } from "./database/client.ts";
import { APPLICATION_NAME, OWNER, type PoolOptions } from "./database/pool-options.ts";
import { AccessGrant, AccessKey, AuditEntry } from "./access/access.entity.ts";
import { Dossier, DossierCount, DossierPause, DossierTreeCount, DossierUnitCount } from "./dossiers/dossier.entity.ts";
import { Procedure, ProcedureField } from "./procedures/procedure.entity.ts";
import { WorkCalendarDay } from "./calendar/work-calendar.entity.ts";
import { Figure, Source } from "./figures/figure.entity.ts";
import {
  DossierRollupRow,
  RollupKnowledge,
  RollupSet,
  RollupSource,
  RollupVersion,
  ServiceRollupRow,
  TaskRollupRow,
} from "./rollups/rollup.entity.ts";
import { RecordImport, RecordRange, RecordUnit } from "./counters/record.entity.ts";
import { Contribution, Edition, Succession, Unit, UnitName, UnitVersion } from "./hierarchy/unit.entity.ts";

// Sums of counts are bigint; all of ours are far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

export const ormConfig = (
  clientUrl: string,
  { role, keepsPlans, size, waitMs, statementMs, lockMs, onPool, portNow }: PoolOptions = OWNER,
) => {
  // Compiling costs more than it saves: the statements are many and short, and the planner overrates recursive ones.
  const settings = {
    jit: "off",
    ...(keepsPlans && { plan_cache_mode: "force_generic_plan" }),
    statement_timeout: statementMs,
    lock_timeout: lockMs,
    // Read by Citus alone.
    "citus.propagate_set_commands": "local",
    ...(role && { role }),
  };
  const set = `select ${Object.entries(settings)
    .map(([name, value]) => `set_config('${name}', '${value}', false)`)
    .join(", ")}`;
  return defineConfig({
    clientUrl,
    entities: [
      ...[Unit, UnitVersion, Succession, Edition, Contribution, UnitName],
      ...[Source, Figure, RollupSet, DossierRollupRow, TaskRollupRow, ServiceRollupRow, RollupSource, RollupKnowledge, RollupVersion],
      ...[RecordRange, RecordUnit, RecordImport, ProcedureField, Procedure, WorkCalendarDay],
      ...[Dossier, DossierPause, DossierCount, DossierUnitCount, DossierTreeCount],
      ...[AccessKey, AccessGrant, AuditEntry],
    ],
    extensions: [Migrator],
    migrations: { path: fileURLToPath(new URL("migrations", import.meta.url)), snapshotName: ".snapshot", snapshot: false },
    pool: { min: 0, max: size },
    driverOptions: {
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: waitMs,
      keepAlive: true,
      Client: ServiceClient,
      keepsPlans,
      ...(portNow && { portNow }),
      // The server's own limit comes first; this one is for a server that does not answer at all.
      ...(statementMs > 0 && { query_timeout: statementMs + 1000 }),
      ...(onPool && { onPoolCreated: onPool }),
    },
    onCreateConnection: async (connection) => {
      await (connection as DatabaseConnection).executeQuery(CompiledQuery.raw(set));
    },
    logger: () => {},
  });
};

/** For the MikroORM command line, which compares entities with migrations and keeps the snapshot of them. */
export default () => {
  const config = ormConfig(process.env["DATABASE_OWNER_URL"] ?? process.env["DATABASE_URL"] ?? "postgresql://127.0.0.1:5432/cchc");
  return { ...config, migrations: { ...config.migrations, snapshot: true } };
};
