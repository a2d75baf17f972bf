import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import "../../src/records.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";

export const SEEDED = "cchc_test_seeded";
export const EMPTY = "cchc_test_empty";

export interface TestDatabase extends Database {
  readonly name: string;
  readonly url: string;
  /** Ends its connections, after which it can be copied. */
  disconnect(): Promise<void>;
}

/** A busy machine fails no test, because no caller is refused for waiting for a connection. */
export const PATIENT = { poolWaitMs: 120_000, statementMs: 120_000 } as const;

/** Runs one statement beside the databases of the tests. */
export const admin = async (serverUrl: string, text: string): Promise<void> => {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
};

export type Content = "SEEDED" | "EMPTY" | Pick<TestDatabase, "name">;

/** A database of the test's own: with the units and reports of the seeds, with tables only, or a copy of another test's that is disconnected. */
export const createDatabase = async (content: Content = "SEEDED"): Promise<TestDatabase> => {
  const serverUrl = inject("serverUrl");
  const name = `cchc_test_${randomBytes(6).toString("hex")}`;
  await admin(
    serverUrl,
    `create database ${name} encoding 'UTF8' template ${templateOf(content)} strategy ${content === "EMPTY" ? "wal_log" : "file_copy"}`,
  );
  const url = urlOn(serverUrl, name);
  const serviceUrl = inject("serviceUrl");
  const logins = serviceUrl === null ? { databaseUrl: url } : { databaseUrl: urlOn(serviceUrl, name), databaseOwnerUrl: url };
  const database = await openDatabase({ ...logins, dataDir: "", ...PATIENT });
  return {
    ...database,
    name,
    url,
    disconnect: () => database.close(),
    close: async () => {
      await database.close();
      await admin(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
};

export const urlOn = (serverUrl: string, name: string): string => {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};

const templateOf = (content: Content): string => {
  if (typeof content !== "string") return content.name;
  return content === "SEEDED" ? SEEDED : EMPTY;
};
