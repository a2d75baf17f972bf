import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { inject, onTestFinished } from "vitest";
import { DERIVED_TABLES, type FoundTable, MIGRATIONS, TABLES } from "../../src/backup/backup.service.ts";
import { admin } from "../support/database.ts";

/** A database without tables, gone with the test. */
export const emptyDatabase = async (): Promise<{ readonly url: string }> => {
  const serverUrl = inject("serverUrl");
  const name = `cchc_test_${randomBytes(6).toString("hex")}`;
  await admin(serverUrl, `create database ${name} encoding 'UTF8' template template0`);
  onTestFinished(() => admin(serverUrl, `drop database if exists ${name} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href };
};

export const queryOn = async <R extends object>(url: string, text: string, values?: unknown[]): Promise<R[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set timezone = 'UTC'");
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
};

export const tableNames = async (url: string): Promise<string[]> => (await queryOn<FoundTable>(url, TABLES)).map(({ name }) => name);

/** What each table has that is not derived, and where the sequences stand. */
export const contentOf = async (url: string): Promise<object[]> => {
  const names = (await tableNames(url)).filter((name) => name !== MIGRATIONS && !DERIVED_TABLES.includes(name));
  const parts = names.map((name) => {
    const row = name === "edition" ? "concat_ws(' ', t.id, t.starts_on)" : "t::text";
    return `select '${name}' as name, count(*)::int, sum(hashtextextended(${row}, 0)) from ${name} t`;
  });
  const sequences = `select sequencename, last_value::int, null from pg_sequences where schemaname = 'public' and sequencename not like '${MIGRATIONS}%'`;
  return queryOn(url, `${[...parts, sequences].join(" union all ")} order by 1`);
};

/** Holds whoever counts dossiers, until it ends. */
export const holdCounters = async (url: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("select pg_advisory_lock(hashtext('cchc dossier counts'))");
  return {
    waiter: async () => {
      const text =
        "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
      while ((await client.query(text)).rowCount === 0) await new Promise((wake) => setTimeout(wake, 20));
    },
    end: () => client.end(),
  };
};

const run = promisify(execFile);
const BINARIES = "/usr/lib/postgresql/15/bin";
export const hasPostgres15 = existsSync(join(BINARIES, "initdb"));

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

/** A PostgreSQL 15 with an empty database, gone with the test. */
export const startPostgres15 = async (): Promise<{ readonly url: string }> => {
  const base = await mkdtemp(join(tmpdir(), "cchc-15-"));
  const port = await freePort();
  const ids =
    process.getuid?.() === 0
      ? await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)))
      : [process.getuid!(), process.getgid!()];
  const [uid, gid] = ids as [number, number];
  const password = join(base, "password");
  await writeFile(password, "secret-of-15\n");
  await chmod(base, 0o755);
  await Promise.all([base, password].map((path) => chown(path, uid, gid)));
  const as = { uid, gid, cwd: "/", env: { LC_ALL: "C", PATH: process.env["PATH"] } };
  const data = join(base, "data");
  const flags = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username=cchc", `--pwfile=${password}`, "--no-sync"];
  await run(join(BINARIES, "initdb"), ["-D", data, ...flags], as);
  const options = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  await run(join(BINARIES, "pg_ctl"), ["start", "-w", "-D", data, "-l", join(base, "log"), "-o", options], as);
  onTestFinished(async () => {
    await run(join(BINARIES, "pg_ctl"), ["stop", "-w", "-m", "immediate", "-D", data], as);
    await rm(base, { recursive: true, force: true });
  });
  const server = `postgresql://cchc:secret-of-15@127.0.0.1:${port}`;
  await admin(`${server}/postgres`, "create database cchc encoding 'UTF8' template template0");
  return { url: `${server}/cchc` };
};
