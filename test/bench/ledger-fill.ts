import { sql } from "kysely";
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { DOSSIER_COLUMNS } from "../../src/dossiers/import/dossier-row.ts";
import { declareWithin } from "../../src/counters/declare.store.ts";
import { communes, fillProcedures, FIRST, ledgerRows } from "./ledger-rows.ts";
import { peakMemory } from "./memory.ts";
import type { Service } from "./process.ts";

export interface Filling {
  readonly seconds: number;
  /** The most memory that the command and the service had, in MB. */
  readonly importMb: number;
  readonly serviceMb: number;
}

/** Imports made-up dossiers into the database of a running service by the command; records of all units are stated to be complete. */
export const fillLedger = async (dataDir: string, service: Service, dossiers: number): Promise<Filling> => {
  const file = join(dataDir, "dossiers.csv");
  await withDatabase(dataDir, async (database) => {
    await fillProcedures(database.orm.em.fork());
    await writeDossiers(database, file, dossiers);
  });
  const began = performance.now();
  const importMb = await runImport(dataDir, file);
  const seconds = (performance.now() - began) / 1000;
  const serviceMb = peakMemory(service.pid);
  await rm(file);
  await withDatabase(dataDir, declareAll);
  return { seconds, importMb, serviceMb };
};

export const withDatabase = async <T>(dataDir: string, work: (database: Database) => Promise<T>): Promise<T> => {
  const database = await openDatabase({ databaseUrl: null, dataDir });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
};

const writeDossiers = async (database: Database, path: string, count: number): Promise<void> => {
  const places = await communes(database.orm.em.fork());
  async function* lines() {
    yield `${DOSSIER_COLUMNS.join()}\n`;
    let buffer = "";
    for await (const { cells } of ledgerRows(places, count)) {
      buffer += `${lineOf(cells)}\n`;
      if (buffer.length < 1 << 16) continue;
      yield buffer;
      buffer = "";
    }
    yield buffer;
  }
  await pipeline(lines, createWriteStream(path));
};

const lineOf = (cells: Readonly<Record<string, unknown>>): string =>
  DOSSIER_COLUMNS.map((column) => (cells as Record<string, string | boolean | null | undefined>)[column] ?? "").join();

/** @returns the most memory that the command had, in MB. */
const runImport = (dataDir: string, file: string): Promise<number> =>
  new Promise((done, fail) => {
    const env = { ...process.env, DATA_DIR: dataDir };
    const child = spawn("npm", ["run", "-s", "import", "--", "dossiers", file, "--source", "bench"], {
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, peakMemory(child.pid!))), 200);
    child.on("error", fail).on("exit", (code) => {
      clearInterval(timer);
      if (code === 0) done(peak);
      else fail(new Error(`the import ended with ${code}`));
    });
  });

const declareAll = async ({ orm }: Database): Promise<void> => {
  const em = orm.em.fork();
  const { rows } = await sql<{ no: number }>`select distinct unit_id as no from unit_version where tier is not null`.execute(
    em.getKysely(),
  );
  await em.transactional((inside) =>
    declareWithin(inside, {
      ...{ kind: "DOSSIERS", unitNos: rows.map(({ no }) => no), since: FIRST, through: "2026-12-31" },
      by: { actor: "bench", actorName: "bench", at: new Date() },
    }),
  );
  await sql`vacuum analyze`.execute(em.getKysely());
};
