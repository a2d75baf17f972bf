import type { EntityManager } from "@mikro-orm/postgresql";
import { CompiledQuery } from "kysely";
import type { Statement } from "./message.ts";
import type { Compiles } from "./template.ts";

/** Statements that go together, as the only value of a statement whose rows are the rows of each. */
export class Together {
  readonly statements: readonly Pick<Statement, "text" | "values">[];

  constructor(statements: Together["statements"]) {
    this.statements = statements;
  }
}

/** Sends statements of a transaction in one message, each of which sees what those before it did. @returns the rows of each */
export const sendTogether = async (em: EntityManager, statements: readonly Compiles[]): Promise<unknown[][]> => {
  if (statements.length === 0) return [];
  const kysely = em.getKysely();
  const compiled = statements.map((statement) => {
    const { sql: text, parameters: values } = statement.compile(kysely);
    return { text, values };
  });
  return (await kysely.executeQuery<unknown[]>(CompiledQuery.raw("together", [new Together(compiled)]))).rows;
};
