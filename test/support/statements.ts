import { Client } from "pg";

/** The SQL statements that this process sends to PostgreSQL while `work` runs. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  const texts: string[] = [];
  const query = Object.getOwnPropertyDescriptor(Client.prototype, "query")!.value as (...all: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const first = args[0] as string | { text: string };
    texts.push((typeof first === "string" ? first : first.text).replaceAll(/\s+/g, " ").trim());
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
