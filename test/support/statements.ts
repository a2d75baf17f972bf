import { Client } from "pg";
import { StatementMessage } from "../../src/database/message.ts";

export type Sent = string | StatementMessage | { readonly text: string };
export const textsOf = (sent: Sent): readonly string[] => {
  if (typeof sent === "string") return [sent];
  return sent instanceof StatementMessage ? sent.texts : [sent.text];
};

/** The SQL statements, or messages of several, that this process sends to PostgreSQL while `work` runs. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await messagesOf(work)).map((texts) => texts.join("; "));

/** The same, each statement of a message apart. */
export const statementsApart = async (work: () => Promise<unknown>): Promise<string[]> => (await messagesOf(work)).flat();

const messagesOf = async (work: () => Promise<unknown>): Promise<string[][]> => {
  const messages: string[][] = [];
  const query = Object.getOwnPropertyDescriptor(Client.prototype, "query")!.value as (...all: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    messages.push(textsOf(args[0] as Sent).map((text) => text.replaceAll(/\s+/g, " ").trim()));
    return query.apply(this, args);
  } as Client["query"];
  try {
    await work();
  } finally {
    Client.prototype.query = query as Client["query"];
  }
  // A new connection of the pool sends one statement of settings.
  return messages.filter(([first]) => !first?.startsWith("select set_config('jit'"));
};
