import { fileURLToPath } from "node:url";
import { Migrator } from "@mikro-orm/migrations";
import { defineConfig } from "@mikro-orm/postgresql";
import { CompiledQuery, type DatabaseConnection } from "kysely";
import { types } from "pg";
import { Figure, Source } from "../figures/figure.entity.ts";
import { DossierRollupRow, RollupSet, RollupSource, ServiceRollupRow, TaskRollupRow } from "../figures/rollup.entity.ts";
import { Contribution, Edition, Succession, Unit, UnitName, UnitVersion } from "../units/unit.entity.ts";

// Sums of counts are bigint; all of ours are far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

export const ormConfig = (clientUrl: string) =>
  defineConfig({
    clientUrl,
    entities: [
      ...[Unit, UnitVersion, Succession, Edition, Contribution, UnitName],
      ...[Source, Figure, RollupSet, DossierRollupRow, TaskRollupRow, ServiceRollupRow, RollupSource],
    ],
    extensions: [Migrator],
    migrations: { path: fileURLToPath(new URL("migrations", import.meta.url)), snapshotName: ".snapshot" },
    pool: { min: 0, max: 10 },
    driverOptions: { application_name: APPLICATION_NAME },
    // Compiling costs more than it saves: the statements are many and short, and the planner overrates recursive ones.
    onCreateConnection: async (connection) => {
      await (connection as DatabaseConnection).executeQuery(CompiledQuery.raw("set jit = off"));
    },
    logger: () => {},
  });

export const APPLICATION_NAME = "cchc-graph";

/** For the MikroORM command line, which compares entities with migrations. */
export default () => ormConfig(process.env["DATABASE_URL"] ?? "postgresql://127.0.0.1:5432/cchc");
