import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { rowsOfBackup, verifyBackup } from "../../src/backup/backup-file.ts";
import { DERIVED_TABLES, MIGRATIONS } from "../../src/backup/backup.service.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { readOperations } from "../../src/server/playground.ts";
import { startServer } from "../../src/server/server.ts";
import { senderOf } from "../faults/importing.ts";
import { temporaryFolder } from "../lib/files/folder.ts";
import { NOW, startService, type TestService, UNBOUNDED } from "../support/client.ts";
import { type Ended, run, start } from "../support/command.ts";
import { fillCatalogue } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { contentOf, emptyDatabase, hasPostgres15, holdCounters, queryOn, startPostgres15, tableNames } from "./databases.ts";

const file = temporaryFolder();
const SCALE = 0.002;
const SUBMIT = `mutation ($title: String!) { submitReport(input: { idempotencyKey: $title, title: $title, unit: "04", figures: [
  { measure: "dossier.received", scope: PROVINCE, period: "2026-Q1", value: 12, quote: "12 \\\\N hồ sơ" }] }) { report { id state } problems { message } } }`;
const TRAIL = '{ auditTrail(unit: "04", first: 50) { edges { node { at actor operation subject } } } }';
const RECORDS = '{ dossiers(filter: { within: "04" }, first: 20) { edges { cursor node { id code state receivedAt dueAt } } } }';

let service: TestService;
let key: string;
let backup: string;

const good = (ended: Ended): Ended => {
  expect(ended.code, ended.out + ended.err).toBe(0);
  return ended;
};

/** A restored database computes the lineage of each edition that is asked for; these ask for today's and that of a year before. */
const isRecent = (question: string): boolean => !/asOf: "20(?:1|2[0-4])/.test(question);

const answersOf = async (url: string): Promise<string[]> => {
  const questions = [...(await readOperations()).filter(isRecent), TRAIL, RECORDS, '{ accessKeys(unit: "04") { id name } }'];
  const answers: string[] = [];
  for (const query of questions) {
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    answers.push(await (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })).text());
  }
  return answers;
};

/** The service on a database that was restored. */
const serve = async (database: Database): Promise<string> => {
  const server = await startServer(() => database.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
  onTestFinished(async () => {
    await server.close();
    await database.close();
  });
  return server.url;
};

const expectNewRows = async (url: string): Promise<void> => {
  const ask: TestService["ask"] = async (query, variables, bearer) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${bearer}` };
    return (await (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) })).json()) as never;
  };
  expect(await ask(SUBMIT, { title: "after" }, key)).toMatchObject({ data: { submitReport: { report: { state: "DRAFT" } } } });
  const { data } = await senderOf({ ask }, "igate", key).send([{ code: "after-the-restore" }]);
  expect(data.importDossiers.report).toMatchObject({ created: 1, problems: [] });
};

/** Rows of tables in a backup as PostgreSQL copies them. */
const textsOf = async (path: string): Promise<(table: string) => string> => {
  const parts = new Map<string, Buffer[]>();
  for await (const { table, data } of rowsOfBackup(path)) parts.set(table, [...(parts.get(table) ?? []), data]);
  return (table) => Buffer.concat(parts.get(table)!).toString();
};

/** Audit entries of imports of three new dossiers. */
const importsIn = (entries: string): number => entries.match(/"created": 3\b/g)?.length ?? 0;

const stopAndKill = async (target: { readonly url: string }): Promise<void> => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const holder = await holdCounters(target.url);
    const { child, ended } = start("restore", target, [backup]);
    await holder.waiter();
    child.kill(signal);
    const { code, err } = await ended;
    await holder.end();
    expect([code, err]).toEqual(signal === "SIGTERM" ? [1, "cchc-graph: stopped by SIGTERM; nothing was stored\n"] : [null, ""]);
    await expect.poll(() => tableNames(target.url), { timeout: 60_000 }).toEqual([MIGRATIONS]);
  }
};

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  await fillDemo(service.database, { say: () => {}, scale: SCALE });
  key = await issueKey(service.database, "Cao Bằng", { "04": "ADMIN" });
  expect(await service.ask(SUBMIT, { title: "before" }, key)).toMatchObject({ data: { submitReport: { problems: [] } } });
  const sent = await senderOf(service, "igate", key).send([{ code: "a" }, { code: "b" }]);
  expect(sent.data.importDossiers.report.created).toBe(2);
  backup = file("whole.backup");
  good(await run("backup", service.database, [backup]));
});
afterAll(() => service.close());

describe("a backup", () => {
  it("is a tar archive of all tables except derived ones, with the migrations", async () => {
    const { manifest, ending } = await verifyBackup(backup);
    const all = await tableNames(service.database.url);
    expect([...manifest.tables.map(({ name }) => name), ...DERIVED_TABLES, MIGRATIONS].toSorted()).toEqual(all.toSorted());
    const done = await queryOn<{ name: string }>(service.database.url, `select name from ${MIGRATIONS} order by id`);
    expect(manifest.migrations.map(({ name }) => name)).toEqual(done.map(({ name }) => name));
    expect(ending.rows["dossier"]).toBeGreaterThan(500);
    expect(gunzipSync(readFileSync(backup)).toString("latin1", 257, 262)).toBe("ustar");
  });

  it("contains one snapshot while imports run", async () => {
    const sender = senderOf(service, "igate", key);
    const stopping = new AbortController();
    let sent = 0;
    const sending = (async () => {
      for (; !stopping.signal.aborted; sent++)
        expect((await sender.send(["x", "y", "z"].map((name) => ({ code: `${sent}-${name}` })))).data.importDossiers.report.created).toBe(
          3,
        );
    })();
    const before = sent;
    const beside = file("beside.backup");
    const { out } = await start("backup", service.database, [beside]).ended;
    stopping.abort();
    await sending;
    expect(sent).toBeGreaterThan(before);
    expect(out).toMatch(/beside\.backup: \d+\.\d MB, [\d,]+ rows of \d+ tables, in \d+\.\d s\n$/);

    const [earlier, rows] = [await textsOf(backup), await textsOf(beside)];
    const imports = importsIn(rows("audit_entry")) - importsIn(earlier("audit_entry"));
    const codes = [...rows("dossier").matchAll(/\t(\d+)-[xyz]\t/g)].map(([, number]) => number!);
    expect(imports).toBeLessThanOrEqual(sent);
    expect([new Set(codes).size, codes.length]).toEqual([imports, 3 * imports]);
  });

  it("is refused without a database, and creates none", async () => {
    const { code, err } = await start("backup", { url: "" }, [file("none.backup")], { DATA_DIR: file("nowhere") }).ended;
    expect([code, err]).toEqual([1, expect.stringContaining("DATA_DIR: there is no database in")]);
    const empty = await run("backup", await emptyDatabase(), [file("none.backup")]);
    expect([empty.code, empty.err]).toEqual([1, "cchc-graph: the database has no tables of cchc-graph; there is nothing to back up\n"]);
  });
});

describe("a restore", () => {
  it("stores nothing if stopped or killed; started again, and once more from there, it leads to the same answers, byte by byte", async () => {
    const answers = await answersOf(service.server.url);
    const content = await contentOf(service.database.url);
    expect(answers.filter((answer) => answer.includes('"errors"'))).toEqual([]);
    good(await run("backup", service.database, [backup]));
    const first = hasPostgres15 ? await startPostgres15() : await emptyDatabase();
    await stopAndKill(first);
    good(await run("restore", first, [backup]));
    expect(await contentOf(first.url)).toEqual(content);
    const second = file("second.backup");
    good(await run("backup", first, [second]));

    const dataDir = await mkdtemp(join(tmpdir(), "cchc-restored-"));
    await chmod(dataDir, 0o711);
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    good(await start("restore", { url: "" }, [second], { DATA_DIR: dataDir }).ended);
    const database = await openDatabase({ databaseUrl: null, dataDir });
    expect(await contentOf(database.url)).toEqual(content);
    const url = await serve(database);
    expect(await answersOf(url)).toEqual(answers);
    await expectNewRows(url);
    good(await run("check-rollups", database, []));
  });

  it("works from PostgreSQL 15 too", ({ skip }) => {
    skip(!hasPostgres15, "PostgreSQL 15 of Debian is not installed here; the restore above began on the embedded version");
  });

  it("is refused on a database that has tables, filled or not", async () => {
    for (const target of [service.database, await emptyDatabase()]) {
      if (target !== service.database) await queryOn(target.url, "create table somebodys (id int)");
      const before = await contentOf(target.url);
      const { code, err } = await run("restore", target, [backup]);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^cchc-graph: the database must be empty, and has \d+ tables: .*; nothing was changed\n$/),
      ]);
      expect(await contentOf(target.url)).toEqual(before);
    }
  });

  const bytes = () => readFileSync(backup);
  const damaged = (at: number) => {
    const content = bytes();
    content[Math.floor(content.length * at)]! ^= 0x10;
    return content;
  };
  it.each([
    ["cut at the beginning", () => bytes().subarray(0, 5)],
    ["cut in the middle", () => bytes().subarray(0, bytes().length / 2)],
    ["cut at the end", () => bytes().subarray(0, -1)],
    ["longer than it was", () => Buffer.concat([bytes(), Buffer.from("more")])],
    ["twice itself", () => Buffer.concat([bytes(), bytes()])],
    ["damaged early", () => damaged(0.1)],
    ["damaged late", () => damaged(0.9)],
    ["empty", () => Buffer.alloc(0)],
    ["a text", () => Buffer.from("code,procedure\n1,2\n")],
    ["a zipped text", () => gzipSync("code,procedure\n1,2\n".repeat(100))],
    ["an archive of zeros", () => gzipSync(Buffer.alloc(10_240))],
    ["cut before it was zipped", () => gzipSync(gunzipSync(bytes()).subarray(0, -20_000))],
    [
      "changed before it was zipped",
      () => gzipSync(Buffer.from(gunzipSync(bytes()).toString("latin1").replace("Cao B", "Gao B"), "latin1")),
    ],
    [
      "of another format",
      () => gzipSync(Buffer.from(gunzipSync(bytes()).toString("latin1").replace("cchc-graph backup 1", "cchc-graph backup 9"), "latin1")),
    ],
  ])("refuses a file that is %s, before it looks for the database", async (_kind, content) => {
    const path = file("bad.backup", content());
    const { code, err } = await run("restore", { url: "postgresql://nobody:nowhere@127.0.0.1:1/cchc" }, [path]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^cchc-graph: \S+bad\.backup is not a backup of cchc-graph, or a damaged one: .*; nothing was changed\n$/),
    ]);
  });
});
