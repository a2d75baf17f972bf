import { connectionConfig } from "./database/connection.ts";
import type { Module } from "./module/module.ts";
import * as modules from "./modules.ts";

/** For the MikroORM command line, which compares entities with migrations and maintains their snapshot. */
export default () => {
  const config = connectionConfig(process.env["DATABASE_OWNER_URL"] ?? process.env["DATABASE_URL"] ?? "postgresql://127.0.0.1:5432/cchc");
  return {
    ...config,
    entities: Object.values<Module>(modules).flatMap(({ entities = [] }) => entities),
    migrations: { ...config.migrations, snapshot: true },
  };
};
