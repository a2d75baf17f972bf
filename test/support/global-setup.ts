import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import type { TestProject } from "vitest/node";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../../src/database/database.ts";
import { type EmbeddedDatabase, startEmbedded } from "../../src/database/embedded/embedded.ts";
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
    /** A data folder with the seeds to copy; null where tests run on a given server. */
    seededFolder: string | null;
  }
}

/**
 * One PostgreSQL for all tests (that of DATABASE_URL, if given), with two databases that the others are copies of: one of tables only, one of the seeds. Beside it a data
 * folder that a service has filled with the seeds, for tests of services with their own server.
 */
export default async (project: TestProject) => {
  const given = process.env["DATABASE_URL"];
  const base = given ? null : await mkdtemp(join(tmpdir(), "cchc-test-"));
  // As root the server runs as another user, who must be able to pass.
  if (base !== null) await chmod(base, 0o711);
  const made = base === null ? null : await makeFolders(base);
  const serverUrl = given ?? made!.embedded.url;
  const clear = async () => {
    for (const name of [SEEDED, EMPTY]) await admin(serverUrl, `drop database if exists ${name} with (force)`);
    await made?.embedded.stop();
    if (base !== null) await rm(base, { recursive: true, force: true });
  };
  try {
    await makeTemplates(serverUrl, made !== null);
  } catch (error) {
    await clear();
    throw error;
  }
  project.provide("serverUrl", serverUrl);
  project.provide("serviceUrl", made?.embedded.serviceUrl ?? null);
  project.provide("seededFolder", made?.seeded ?? null);
  return clear;
};

/** The folder of the running server, and a copy of it. */
const makeFolders = async (base: string): Promise<{ readonly embedded: EmbeddedDatabase; readonly seeded: string }> => {
  const [dataDir, seeded] = [join(base, "server"), join(base, "seeded")];
  const first = await startEmbedded(dataDir);
  // The folder need not outlive the machine.
  for (const name of ["fsync", "full_page_writes"]) await admin(first.url, `alter system set ${name} = off`);
  await admin(first.url, "select pg_reload_conf()");
  await loadInto(first.url);
  await first.stop();
  await promisify(execFile)("cp", ["-a", dataDir, seeded]);
  const embedded = await startEmbedded(dataDir);
  await hasten(embedded);
  return { embedded, seeded };
};

const SETTINGS = {
  synchronous_commit: "off",
  // The tests already share the cores, and their databases are gone before they need care.
  ...{ autovacuum: "off", max_parallel_workers_per_gather: 0 },
  // Tests open thousands of connections.
  scram_iterations: 1,
};

const hasten = async ({ url, serviceUrl }: EmbeddedDatabase): Promise<void> => {
  for (const [name, value] of Object.entries(SETTINGS)) await admin(url, `alter system set ${name} = ${value}`);
  await admin(url, "select pg_reload_conf()");
  for (const { username, password } of [url, serviceUrl].map((login) => new URL(login)))
    await admin(url, `set scram_iterations = 1; alter role ${username} password '${decodeURIComponent(password)}'`);
};

const makeTemplates = async (serverUrl: string, isLoaded: boolean): Promise<void> => {
  for (const name of [SEEDED, EMPTY]) await admin(serverUrl, `drop database if exists ${name}`);
  await admin(serverUrl, `create database ${EMPTY} encoding 'UTF8' template template0`);
  await (await openDatabase({ databaseUrl: urlOn(serverUrl, EMPTY), dataDir: "" })).close();
  // A copy of the embedded server's own database, or loaded here.
  const template = isLoaded ? new URL(serverUrl).pathname.slice(1) : EMPTY;
  await admin(urlOn(serverUrl, "postgres"), `create database ${SEEDED} encoding 'UTF8' template ${template} strategy file_copy`);
  if (!isLoaded) await loadInto(urlOn(serverUrl, SEEDED));
};

const USUAL_DAYS = [
  "2018-12-31",
  "2021-12-31",
  "2022-12-31",
  "2024-12-31",
  "2025-06-30",
  "2025-12-31",
  "2026-06-30",
  "2026-09-10",
  "2026-09-30",
];

const loadInto = async (databaseUrl: string): Promise<void> => {
  const database = await openDatabase({ databaseUrl, dataDir: "" });
  const em = database.orm.em.fork();
  await loadSeeds(em);
  // Each test that asks for one of these days would work them out for itself.
  await makeContributions(em, await editionsOf(rowsOf(em), USUAL_DAYS));
  // The copies have these statistics.
  await sql`analyze`.execute(em.getKysely());
  await database.close();
};
