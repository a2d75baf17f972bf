import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { Role } from "../../src/access/viewer.ts";
import { NOW } from "./client.ts";
import type { TestDatabase } from "./database.ts";

/** A new key with roles on units of today, by code; its secret, to be sent as bearer. */
export const issueKey = (database: TestDatabase, name: string, roles: Readonly<Record<string, Role>>): Promise<string> => {
  const grants = Object.entries(roles).map(([unit, role]) => ({ unit, role }));
  return database.orm.em
    .fork()
    .transactional(
      async (em) => (await createAccessKey(em, await commandKeeper(em, "test"), { name, grants, expiresOn: null }, NOW)).secret,
    );
};
