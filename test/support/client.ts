import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/server.ts";
import { type Content, createDatabase, type TestDatabase } from "./database.ts";

export interface Answer<T> {
  readonly data: T;
  readonly errors?: readonly { message: string; path?: readonly (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface TestService {
  readonly database: TestDatabase;
  readonly server: RunningServer;
  /** With a key or token, or without any. */
  ask<T, V>(document: TypedDocumentNode<T, V> | string, variables?: V, bearer?: string): Promise<Answer<T>>;
  close(): Promise<void>;
}

/** The day that the tests take for today, so that they go on passing. */
export const TODAY = "2026-11-22";
export const NOW = new Date(`${TODAY}T12:00:00+07:00`);

/** What one client may take, which is what a test is; and nothing that hangs on how busy the machine is. */
export const UNBOUNDED = { rateAddress: 0, rateKey: 0, costAddress: 0, statementsAddress: 0, statementMsPublic: 120_000 } as const;

/**
 * The whole service over HTTP, on a separate database, with default settings except that rates are not limited and answers are not cached, so that the number
 * of statements of an answer does not depend on other tests.
 */
export const startService = async (content: Content = "SEEDED", options: ServerOptions = {}): Promise<TestService> => {
  const database = await createDatabase(content);
  const server = await startServer(() => database.pools, {
    ...{ host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED, keptAnswers: 0 },
    ...options,
  });
  return {
    database,
    server,
    ask: async (document, variables, bearer) => {
      const query = typeof document === "string" ? document : print(document);
      const response = await fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as never;
    },
    close: async () => {
      await server.close();
      await database.close();
    },
  };
};
