import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Database, type DatabaseOptions, openDatabase } from "../../src/database/database.ts";
import { type EmbeddedDatabase, startEmbedded } from "../../src/database/embedded/embedded.ts";

let dataDir: string;
/** Keeps the server up between the tests. */
let server: EmbeddedDatabase;
let owner: Client;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cchc-login-"));
  await chmod(dataDir, 0o711);
  server = await startEmbedded(dataDir);
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await (await openDatabase({ databaseUrl: null, dataDir })).close();
});
afterAll(async () => {
  await owner.end();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const opened = async (options: Partial<DatabaseOptions> = {}): Promise<Database> => {
  const database = await openDatabase({ databaseUrl: null, dataDir, ...options });
  onTestFinished(() => database.close());
  return database;
};

const urlFor = (user: string, password: string): string => Object.assign(new URL(server.url), { username: user, password }).href;

/** What a statement that leaves the role gains: whoever it then is, and what it may do. */
const leaving = ["select set_config('role', 'none', false)", "reset role", "reset session authorization", "reset all"];
const forbidden = [
  "select pg_read_file('PG_VERSION')",
  "select passwd from pg_shadow",
  "set role cchc",
  "set session authorization cchc",
  "alter table audit_entry disable row level security",
  "delete from audit_entry",
  "create table mine (id int)",
  "create schema mine",
  "copy (select 1) to program 'true'",
  "alter role cchc_service superuser",
];

const expectNothingGained = async (database: Database): Promise<void> => {
  for (const pool of [database.pools.requests, database.pools.builds])
    for (const text of leaving)
      await pool.em
        .fork()
        .getKysely()
        .connection()
        .execute(async (connection) => {
          await sql.raw(text).execute(connection);
          const { rows } = await sql`select current_user as name, usesuper as super from pg_user where usename = current_user`.execute(
            connection,
          );
          expect(rows).toEqual([{ name: expect.not.stringMatching(/^cchc$/) as string, super: false }]);
          expect((await sql`select from dossier`.execute(connection)).rows).toEqual([]);
          for (const wish of forbidden) await expect(sql.raw(wish).execute(connection), wish).rejects.toMatchObject({ code: "42501" });
          await sql.raw("set role cchc_service").execute(connection);
        });
};

/** Whom requests run as. */
const sessionUser = async ({ pools }: Database): Promise<unknown> =>
  (await sql`select session_user as name, current_user as role from unit limit 1`.execute(pools.requests.em.fork().getKysely())).rows;

const seen = async (database: Database) => {
  await sql`insert into unit (key) values ('cchc/x') on conflict do nothing`.execute(database.orm.em.fork().getKysely());
  return sessionUser(database);
};

/** Where the role is not made yet, for it is the server's. */
const onOwnServer = async (work: (url: string, client: Client) => Promise<void>): Promise<void> => {
  const other = await mkdtemp(join(tmpdir(), "cchc-login-"));
  await chmod(other, 0o711);
  const own = await startEmbedded(other);
  const client = new Client({ connectionString: own.url });
  await client.connect();
  try {
    await client.query("alter role cchc_service rename to cchc_service_before");
    await work(own.url, client);
  } finally {
    await client.end();
    await own.stop();
    await rm(other, { recursive: true, force: true });
  }
};

const passwordFile = () => join(dataDir, "service-password");

describe("the embedded server", () => {
  it("takes requests by a role and a password of their own, which gain nothing by leaving a role", async () => {
    const database = await opened();
    expect(database.isShared).toBe(false);
    expect(await seen(database)).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
    await expectNothingGained(database);
  });

  it("stores that password beside the owner's, hides it, and sets the same file mode", async () => {
    const [own, owners] = await Promise.all(["service-password", "password"].map((name) => readFile(join(dataDir, name), "utf8")));
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    expect(own).not.toBe(owners);
    expect((await stat(passwordFile())).mode & 0o777).toBe(0o600);
    const wrong = new Client({ connectionString: urlFor("cchc", own!) });
    await expect(wrong.connect()).rejects.toMatchObject({ code: "28P01" });
  });

  it("gives data of an earlier version one login at the next start, also to concurrent processes", async () => {
    await owner.query("alter role cchc_service nologin password null");
    await rm(passwordFile());
    const databases = await Promise.all([1, 2, 3].map(() => opened()));
    for (const database of databases) expect(await seen(database)).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
    expect(await readFile(passwordFile(), "utf8")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("makes good a role whose password or rights somebody changed", async () => {
    await owner.query("alter role cchc_service superuser password 'another'");
    await expectNothingGained(await opened());
  });

  it("uses another password that was written to the file", async () => {
    await writeFile(passwordFile(), "it's %41nother@home/#");
    expect(await seen(await opened())).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
  });
});

describe("a server with a login for the service and one for the owner", () => {
  const logins = (databaseUrl: string, databaseOwnerUrl = server.url) => ({ databaseUrl, databaseOwnerUrl });
  beforeAll(() => owner.query("alter role cchc_service password 's'"));
  const serviceUrl = (database = "cchc") => urlFor("cchc_service", "s").replace(/cchc$/, database);

  it("takes requests by the service's, which gain nothing by leaving a role", async () => {
    const database = await opened(logins(serviceUrl()));
    expect(database.isShared).toBe(false);
    expect(await seen(database)).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
    await expectNothingGained(database);
  });

  it.each([
    ["is missing", "drop role cchc_service_before"],
    ["cannot log in", "alter role cchc_service_before rename to cchc_service; alter role cchc_service nologin password null"],
  ])("makes the role, where the owner may and it %s, with the password given for it", async (_state, text) => {
    await onOwnServer(async (url, client) => {
      await client.query(text);
      const databaseUrl = Object.assign(new URL(url), { username: "cchc_service", password: "it's given" }).href;
      const database = await openDatabase({ databaseUrl, databaseOwnerUrl: url, dataDir: "" });
      try {
        expect(await seen(database)).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
        await expectNothingGained(database);
      } finally {
        await database.close();
      }
    });
  });

  it("accepts a role created by an administrator as in docs/operations.md", async () => {
    const page = await readFile(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const [, statements] = /```sql\n(create role .*?)```/s.exec(page)!;
    const urlOf = (setting: string) => new RegExp(` -e ${setting}=(\\S+)`).exec(page)![1]!;
    await onOwnServer(async (url, client) => {
      for (const statement of statements!.trim().split("\n")) await client.query(statement);
      const [databaseUrl, databaseOwnerUrl] = ["DATABASE_URL", "DATABASE_OWNER_URL"].map(
        (setting) => Object.assign(new URL(urlOf(setting)), { host: new URL(url).host }).href,
      );
      const database = await openDatabase({ databaseUrl: databaseUrl!, databaseOwnerUrl: databaseOwnerUrl!, dataDir: "" });
      try {
        expect(await seen(database)).toEqual([{ name: "cchc_service", role: "cchc_service" }]);
        await expectNothingGained(database);
      } finally {
        await database.close();
      }
    });
  });

  it("accepts a login of another name that is a member of the role, and an owner who may not create roles", async () => {
    await owner.query("create role olga login password 'o'; create role anna login password 'a' in role cchc_service");
    await owner.query("create database olgas owner olga encoding 'UTF8' template template0");
    const [databaseUrl, databaseOwnerUrl] = [urlFor("anna", "a"), urlFor("olga", "o")].map((url) => url.replace(/cchc$/, "olgas"));
    const database = await opened(logins(databaseUrl!, databaseOwnerUrl));
    expect(await seen(database)).toEqual([{ name: "anna", role: "cchc_service" }]);
    await expectNothingGained(database);
    const running = sql`select pg_sleep(100)`.execute(database.pools.requests.em.fork().getKysely());
    const pids = () => owner.query("select from pg_stat_activity where query = 'select pg_sleep(100)' and state = 'active'");
    await expect.poll(async () => (await pids()).rows.length).toBe(1);
    await Promise.all([expect(running).rejects.toMatchObject({ code: "57014" }), database.cancel("ALL")]);
  });

  it.each([
    ["is a superuser", "superuser in role cchc_service", ""],
    ["is not a member of cchc_service", "", ""],
    ["may bypass row-level security, create roles or replicate", "bypassrls in role cchc_service", ""],
    ["may become cchc", "in role cchc_service, cchc", ""],
    ["may become pg_read_all_data", "noinherit in role cchc_service, pg_read_all_data", ""],
    ["owns table wide_owned", "in role cchc_service", "create table wide_owned (); alter table wide_owned owner to wide"],
    ["may create objects in the database or in its schema public", "in role cchc_service", "grant create on schema public to wide"],
  ])("refuses one that %s, and names the setting", async (problem, rights, more) => {
    await owner.query(`create role wide login password 'w' ${rights}; ${more}`);
    try {
      await expect(openDatabase({ ...logins(urlFor("wide", "w")), dataDir: "" })).rejects.toThrow(`DATABASE_URL: wide ${problem}`);
    } finally {
      await owner.query("drop owned by wide; drop role wide");
    }
  });

  it("refuses the owner's login twice, and two databases", async () => {
    await expect(openDatabase({ ...logins(server.url), dataDir: "" })).rejects.toThrow("DATABASE_URL: cchc is a superuser");
    await expect(openDatabase({ ...logins(serviceUrl("postgres")), dataDir: "" })).rejects.toThrow(
      /^DATABASE_URL: .*not the database of DATABASE_OWNER_URL/,
    );
  });

  it("names the setting whose password is wrong", async () => {
    await expect(openDatabase({ ...logins(urlFor("cchc_service", "x")), dataDir: "" })).rejects.toThrow(/^DATABASE_URL: password/);
    await expect(openDatabase({ ...logins(serviceUrl(), urlFor("cchc", "x")), dataDir: "" })).rejects.toThrow(/^DATABASE_OWNER_URL: pass/);
  });
});

describe("a server with one login", () => {
  it("sets the role in sessions of the owner, and logs that", async () => {
    const database = await opened({ databaseUrl: server.url });
    expect(database.isShared).toBe(true);
    expect(await seen(database)).toEqual([{ name: "cchc", role: "cchc_service" }]);
  });
});
