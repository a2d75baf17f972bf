import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../src/db/database.ts";

export const SEEDED = "cchc_test_seeded";

export interface TestDatabase extends Database {
  readonly url: string;
}

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

/** A database of the test's own: with the units and reports of the seeds, or with tables only. */
export const createDatabase = async (content: "SEEDED" | "EMPTY" = "SEEDED"): Promise<TestDatabase> => {
  const serverUrl = inject("serverUrl");
  const name = `cchc_test_${randomBytes(6).toString("hex")}`;
  await admin(serverUrl, `create database ${name} encoding 'UTF8' template ${content === "SEEDED" ? SEEDED : "template0"}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = await openDatabase({ databaseUrl: url.href, dataDir: "" });
  return {
    ...database,
    url: url.href,
    close: async () => {
      await database.close();
      await admin(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
};
