import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { TestProject } from "vitest/node";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../../src/database/database.ts";
import { startEmbedded } from "../../src/database/embedded/embedded.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { makeContributions } from "../../src/hierarchy/contribution.service.ts";
import { editionsOf } from "../../src/hierarchy/edition.ts";
import { admin, EMPTY, SEEDED, urlOn } from "./database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A server on which tests make databases of their own. */
    serverUrl: string;
    /** By the service's login there; null where its role is taken in sessions of the owner. */
    serviceUrl: string | null;
  }
}

/** One PostgreSQL for all tests (that of DATABASE_URL, if given), with two databases that the others are copies of: one of tables only, one of the seeds. */
export default async (project: TestProject) => {
  const given = process.env["DATABASE_URL"];
  const dataDir = given ? null : await mkdtemp(join(tmpdir(), "cchc-test-"));
  // As root the server runs as another user, who must be able to pass.
  if (dataDir !== null) await chmod(dataDir, 0o711);
  const embedded = dataDir === null ? null : await startEmbedded(dataDir);
  const serverUrl = given ?? embedded!.url;
  const clear = async () => {
    for (const name of [SEEDED, EMPTY]) await admin(serverUrl, `drop database if exists ${name} with (force)`);
    await embedded?.stop();
    if (dataDir !== null) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    if (embedded) await hasten(serverUrl, [embedded.url, embedded.serviceUrl]);
    await fill(serverUrl);
  } catch (error) {
    await clear();
    throw error;
  }
  project.provide("serverUrl", serverUrl);
  project.provide("serviceUrl", embedded?.serviceUrl ?? null);
  return clear;
};

const SETTINGS = {
  // What tests write need not outlive the machine.
  ...{ fsync: "off", full_page_writes: "off", synchronous_commit: "off" },
  // The tests already share the cores, and their databases are gone before they need care.
  ...{ autovacuum: "off", max_parallel_workers_per_gather: 0 },
  // Tests open thousands of connections.
  scram_iterations: 1,
};

const hasten = async (serverUrl: string, logins: readonly string[]): Promise<void> => {
  for (const [name, value] of Object.entries(SETTINGS)) await admin(serverUrl, `alter system set ${name} = ${value}`);
  await admin(serverUrl, "select pg_reload_conf()");
  for (const { username, password } of logins.map((url) => new URL(url)))
    await admin(serverUrl, `set scram_iterations = 1; alter role ${username} password '${decodeURIComponent(password)}'`);
};

const USUAL_DAYS = ["2021-12-31", "2022-12-31", "2024-12-31", "2025-06-30", "2025-12-31", "2026-09-30"];

const fill = async (serverUrl: string): Promise<void> => {
  for (const name of [SEEDED, EMPTY]) await admin(serverUrl, `drop database if exists ${name}`);
  await admin(serverUrl, `create database ${EMPTY} encoding 'UTF8' template template0`);
  await (await openDatabase({ databaseUrl: urlOn(serverUrl, EMPTY), dataDir: "" })).close();
  await admin(serverUrl, `create database ${SEEDED} encoding 'UTF8' template ${EMPTY}`);
  const database = await openDatabase({ databaseUrl: urlOn(serverUrl, SEEDED), dataDir: "" });
  const em = database.orm.em.fork();
  await loadSeeds(em);
  // Each test that asks for one of these days would work them out for itself.
  await makeContributions(em, await editionsOf(rowsOf(em), USUAL_DAYS));
  // The copies have these statistics.
  await sql`analyze`.execute(em.getKysely());
  await database.close();
};
