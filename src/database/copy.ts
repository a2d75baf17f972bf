import type { EntityManager } from "@mikro-orm/postgresql";
import { CompiledQuery } from "kysely";
import { CopiedRows } from "./client.ts";

/** Adds rows to a table by COPY within the transaction, several times as fast as INSERT. `text` has a line for each row and a tab between its values. */
export const copyInto = async (em: EntityManager, table: string, columns: readonly string[], text: string): Promise<void> => {
  const statement = `copy "${table}" (${columns.map((name) => `"${name}"`).join(", ")}) from stdin`;
  await em.getKysely().executeQuery(CompiledQuery.raw(statement, [new CopiedRows(text)]));
};
