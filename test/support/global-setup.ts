import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { loadSeeds } from "../../seeds/seed.ts";
import { openDatabase } from "../../src/database/database.ts";
import { startEmbedded } from "../../src/database/embedded/embedded.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { makeContributions } from "../../src/hierarchy/contribution.service.ts";
import { editionsOf } from "../../src/hierarchy/edition.ts";
import { admin, SEEDED } from "./database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A server on which tests make databases of their own. */
    serverUrl: string;
    /** By the service's login there; null where its role is taken in sessions of the owner. */
    serviceUrl: string | null;
  }
}

/** One PostgreSQL for all tests (that of DATABASE_URL, if given), with one database of the seeds that the others are copies of. */
export default async (project: TestProject) => {
  const given = process.env["DATABASE_URL"];
  const dataDir = given ? null : await mkdtemp(join(tmpdir(), "cchc-test-"));
  // As root the server runs as another user, who must be able to pass.
  if (dataDir !== null) await chmod(dataDir, 0o711);
  const embedded = dataDir === null ? null : await startEmbedded(dataDir);
  const serverUrl = given ?? embedded!.url;
  const clear = async () => {
    await admin(serverUrl, `drop database if exists ${SEEDED} with (force)`);
    await embedded?.stop();
    if (dataDir !== null) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    if (embedded) await forgetCrashes(serverUrl);
    await seed(serverUrl);
  } catch (error) {
    await clear();
    throw error;
  }
  project.provide("serverUrl", serverUrl);
  project.provide("serviceUrl", embedded?.serviceUrl ?? null);
  return clear;
};

/** What tests write need not outlive the machine. */
const forgetCrashes = async (serverUrl: string): Promise<void> => {
  for (const name of ["fsync", "full_page_writes", "synchronous_commit"]) await admin(serverUrl, `alter system set ${name} = off`);
  await admin(serverUrl, "select pg_reload_conf()");
};

const USUAL_DAYS = ["2021-12-31", "2022-12-31", "2024-12-31", "2025-06-30", "2025-12-31", "2026-09-30"];

const seed = async (serverUrl: string): Promise<void> => {
  await admin(serverUrl, `drop database if exists ${SEEDED}`);
  await admin(serverUrl, `create database ${SEEDED} encoding 'UTF8' template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${SEEDED}`;
  const database = await openDatabase({ databaseUrl: url.href, dataDir: "" });
  const em = database.orm.em.fork();
  await loadSeeds(em);
  // Each test that asks for one of these days would work them out for itself.
  await makeContributions(em, await editionsOf(rowsOf(em), USUAL_DAYS));
  await database.close();
};
