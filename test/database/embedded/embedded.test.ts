import { chmod, link, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { loadSeeds } from "../../../seeds/seed.ts";
import { type Database, openDatabase } from "../../../src/database/database.ts";
import { type EmbeddedDatabase, startEmbedded } from "../../../src/database/embedded/embedded.ts";
import { boundLog, LOG_LIMIT, watchLog } from "../../../src/database/embedded/server-log.ts";
import { type RunningServer, startServer } from "../../../src/server/server.ts";
import { NOW, UNBOUNDED } from "../../support/client.ts";

let dataDir: string;
const folder = () => realpath(join(dataDir, "postgres"));

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cchc-embedded-"));
  await chmod(dataDir, 0o711);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe("the environment of PostgreSQL", () => {
  it("contains the path and the language, and no settings of the service", async ({ skip }) => {
    skip(process.platform !== "linux", "other systems do not show a process's environment");
    vi.stubEnv("GATEWAY_SECRET", "hush-hush-hush-hush");
    vi.stubEnv("PGPASSWORD", "hidden");
    onTestFinished(() => void vi.unstubAllEnvs());
    const embedded = await startEmbedded(dataDir);
    onTestFinished(() => embedded.stop());
    const [pid] = (await readFile(join(await folder(), "postmaster.pid"), "utf8")).split("\n");
    const environment = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").filter((entry) => entry !== "");
    expect(environment).toEqual(expect.arrayContaining(["LC_ALL=C", "LANG=C", `PATH=${process.env["PATH"]}`]));
    // The rest is of PostgreSQL's own making, or the shell's through which pg_ctl starts it.
    const names = environment.map((entry) => entry.split("=")[0]!);
    const own = /^(PATH|LC_ALL|LANG|PWD|OLDPWD|SHLVL|_|PGDATA|PGSYSCONFDIR|PGLOCALEDIR|PG_GRANDPARENT_PID)$/;
    expect(names.filter((name) => !own.test(name))).toEqual([]);
    expect(environment.join("\n")).not.toMatch(/hush|hidden/);
  });
});

describe("the log of PostgreSQL", () => {
  const HANG_UPS = 20;
  const SLOW = { query: `# ${"x".repeat(1000)}\n{ unit(code: "048", asOf: "2022-12-31") { figures(period: "2022") { measure } } }` };
  let embedded: EmbeddedDatabase;
  let database: Database;
  let server: RunningServer;
  let owner: Client;
  /** A transaction sees the activity of its beginning. */
  let watcher: Client;
  const log = async () => join(await folder(), "server.log");

  beforeAll(async () => {
    embedded = await startEmbedded(dataDir);
    database = await openDatabase({ databaseUrl: null, dataDir });
    await loadSeeds(database.orm.em.fork());
    server = await startServer(() => database.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
    [owner, watcher] = [1, 2].map(() => new Client({ connectionString: embedded.url })) as [Client, Client];
    await Promise.all([owner.connect(), watcher.connect()]);
  });
  afterAll(async () => {
    await server.close();
    await Promise.all([owner.end(), watcher.end()]);
    await database.close();
    await embedded.stop();
  });

  const waiting = async (): Promise<number> =>
    (
      await watcher.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rows[0]!.n;

  const hangUp = async (): Promise<void> => {
    const hanging = new AbortController();
    const asked = fetch(server.url, {
      ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(SLOW), signal: hanging.signal },
    });
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    hanging.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
  };

  it("contains no statement, and hardly grows when clients disconnect", async () => {
    const before = (await stat(await log())).size;
    await owner.query("begin; lock table figure in access exclusive mode");
    try {
      for (let times = 0; times < HANG_UPS; times++) await hangUp();
    } finally {
      await owner.query("rollback");
    }
    const grown = (await readFile(await log())).subarray(before).toString();
    expect(grown.length).toBeLessThan(HANG_UPS * 300);
    expect(grown).not.toMatch(/select|STATEMENT/i);
  });

  it("contains each failure of the owner in one line, without the statement", async () => {
    const text = `select 'a value' from no_such_table /* ${"x".repeat(5000)} */`;
    await expect(owner.query(text)).rejects.toMatchObject({ code: "42P01" });
    const last = async () => (await readFile(await log(), "utf8")).trimEnd().split("\n").at(-1)!;
    await expect.poll(last).toContain('relation "no_such_table" does not exist');
    expect((await last()).length).toBeLessThan(300);
  });

  it("is truncated to its end when it is too long, while the server writes to it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    onTestFinished(watchLog(await log()));
    await writeFile(await log(), `${"an old line\n".repeat(200_000)}the last line\n`);
    vi.advanceTimersByTime(60_000);
    const text = async () => readFile(await log(), "utf8");
    // For a moment it is empty.
    await expect.poll(async () => (await text()).length).toSatisfy((size: number) => size > 0 && size < LOG_LIMIT / 5);
    await expect(owner.query("select from no_such_table")).rejects.toThrow();
    await expect.poll(text).toMatch(/^(an old line\n)+the last line\n[^\n]*"no_such_table" does not exist[^\n]*\n$/);
  });

  it("is not read or written through a symbolic link", async () => {
    const place = await mkdtemp(join(tmpdir(), "cchc-links-"));
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    const [file, soft, hard] = ["file", "soft", "hard"].map((name) => join(place, name)) as [string, string, string];
    await writeFile(file, Buffer.alloc(2 * LOG_LIMIT));
    await Promise.all([symlink(file, soft), link(file, hard)]);
    await Promise.all([boundLog(soft), boundLog(hard), boundLog(join(place, "none"))]);
    expect((await stat(file)).size).toBe(2 * LOG_LIMIT);
    await rm(hard);
    await boundLog(file);
    expect((await stat(file)).size).toBeLessThan(LOG_LIMIT);
  });
});
