import { Client } from "pg";
import { StatementMessage } from "../../src/database/message.ts";

type Sent = string | StatementMessage | { readonly text: string };
const textOf = (sent: Sent): string => {
  if (typeof sent === "string") return sent;
  return sent instanceof StatementMessage ? sent.texts.join("; ") : sent.text;
};

/** The SQL statements, or messages of several, that this process sends to PostgreSQL while `work` runs. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  const texts: string[] = [];
  const query = Object.getOwnPropertyDescriptor(Client.prototype, "query")!.value as (...all: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    texts.push(
      textOf(args[0] as Sent)
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
    return query.apply(this, args);
  } as Client["query"];
  try {
    await work();
  } finally {
    Client.prototype.query = query as Client["query"];
  }
  // A new connection of the pool sends one statement of settings.
  return texts.filter((text) => !text.startsWith("select set_config('jit'"));
};
