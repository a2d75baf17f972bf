import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { checkMigrations, readMigrationFiles } from "../../src/backup/migration-files.ts";
import { DERIVED_TABLES, type FoundTable, MIGRATIONS, TABLES } from "../../src/backup/backup.service.ts";
import { openDatabase } from "../../src/database/database.ts";
import { inOrder } from "../../src/database/citus/distribution.ts";
import { openPlace } from "../../src/database/place.ts";
import { startServer } from "../../src/server/server.ts";
import { temporaryFolder } from "../lib/files/folder.ts";
import { NOW, startService, type TestService, UNBOUNDED } from "../support/client.ts";
import { run } from "../support/command.ts";
import { contentOf, emptyDatabase, queryOn } from "./databases.ts";

const file = temporaryFolder();
/** The last migration that was run on the older database. */
const LAST = "Migration20261128090000";
const QUESTIONS = [
  '{ unit(code: "04") { name dossiers(period: "2025") { received resolved inProcess onTimeRate { value } series(grain: MONTH) { period received } } } }',
  '{ unit(code: "VN") { dossiers(period: "2025-Q4") { received byTier { tier rollup { received } } } } }',
  '{ unit(code: "048", asOf: "2022-12-31") { dossiers(period: "2022") { received onTimeRate { value low high } } } }',
  '{ units(search: "Hạ Long", first: 5) { edges { matchedName node { fullName } } } }',
];

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await fillDemo(service.database, { say: () => {}, scale: 0.002 });
  // The older version had no tasks.
  const db = service.database.orm.em.fork().getKysely();
  await sql`truncate task, task_event, task_coordinator, task_unit_count, task_tree_count`.execute(db);
  await sql`delete from record_unit where kind = 'TASKS'`.execute(db);
});
afterAll(() => service.close());

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};

/** A database with only the earlier migrations, and the present data as far as its tables have columns for them. */
const olderDatabase = async (): Promise<{ readonly url: string }> => {
  const older = await emptyDatabase();
  const place = await openPlace({ databaseUrl: older.url, databaseOwnerUrl: null, dataDir: "" });
  await place.orm.migrator.up({ to: LAST });
  await place.close();
  const [from, into] = [await connected(service.database.url), await connected(older.url)];
  const ours = new Map((await from.query<FoundTable>(TABLES)).rows.map((table) => [table.name, table]));
  const isKept = ({ name }: FoundTable) => name !== MIGRATIONS && !DERIVED_TABLES.includes(name) && ours.has(name);
  const theirs = (await into.query<FoundTable>(TABLES)).rows.filter(isKept);
  for (const name of inOrder(theirs)) {
    const both = theirs.find((table) => table.name === name)!.columns.filter((column) => ours.get(name)!.columns.includes(column));
    const columns = both.filter((column) => !["contributed", "records_counted"].includes(column)).map((column) => `"${column}"`);
    const text = `copy ${name} (${columns.join()})`;
    await pipeline(from.query(copyTo(`${text} to stdout`)), into.query(copyFrom(`${text} from stdin`)));
  }
  const sequences = await from.query<{ name: string; last: string }>(
    "select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' and last_value is not null",
  );
  for (const { name, last } of sequences.rows) await into.query("select setval(to_regclass($1), $2::bigint)", [name, last]);
  // The name identified a source in that version.
  const { rows } = await from.query<{ id: number; name: string }>("select id, name from source where name is not null");
  for (const { id, name } of rows) await into.query("update source set key = $2 where id = $1", [id, name]);
  return older;
};

const answersOf = async (url: string): Promise<unknown[]> =>
  Promise.all(
    QUESTIONS.map(async (query) =>
      (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) })).json(),
    ),
  );

describe("a backup of an earlier version", () => {
  it("is restored with its own migrations, then migrated to this version", async () => {
    const older = await olderDatabase();
    const path = file("older.backup");
    const backed = await run("backup", older, [path]);
    expect(backed.code, backed.err).toBe(0);
    // To back up changes nothing.
    expect(await queryOn(older.url, `select name from ${MIGRATIONS} order by id desc limit 1`)).toEqual([{ name: LAST }]);

    const target = await emptyDatabase();
    const restored = await run("restore", target, [path]);
    expect(restored.code, restored.err).toBe(0);
    const newer = (await readMigrationFiles()).filter(({ name }) => name > LAST);
    expect(restored.out).toContain(`executed ${newer.length} later migrations\n`);
    const comparable = (content: readonly object[]) =>
      content.filter((one) =>
        ["dossier", "dossier_pause", "unit_version", "figure", "record_unit"].includes((one as { name: string }).name),
      );
    expect(comparable(await contentOf(target.url))).toEqual(comparable(await contentOf(service.database.url)));

    const database = await openDatabase({ databaseUrl: target.url, dataDir: "" });
    const server = await startServer(() => database.pools, { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED });
    onTestFinished(async () => {
      await server.close();
      await database.close();
    });
    const answers = await answersOf(service.server.url);
    expect(JSON.stringify(answers)).not.toContain('"errors"');
    expect(await answersOf(server.url)).toEqual(answers);
  });

  it("is refused if this version does not have a migration, or has another one of that name", async () => {
    const available = await readMigrationFiles();
    expect(() => checkMigrations(available.slice(0, -1), available, "FILE")).toThrow(
      /^FILE has Migration\d+, which this version does not have: /,
    );
    const path = file("whole.backup");
    expect((await run("backup", service.database, [path])).code).toBe(0);
    const other = file("other.backup", changed(readFileSync(path), available[3]!.sha256, available[4]!.sha256));
    const { code, err } = await run("restore", { url: "postgresql://nobody:nowhere@127.0.0.1:1/cchc" }, [other]);
    expect([code, err]).toEqual([
      1,
      `cchc-graph: ${other} has another ${available[3]!.name} than this version: use the version that made it\n`,
    ]);
  });
});

/** A whole backup with another text of the same length in it. */
const changed = (backup: Buffer, one: string, another: string): Buffer => {
  const tar = gunzipSync(backup);
  tar.write(another, tar.indexOf(one));
  const digest = createHash("sha256");
  for (let at = 0; ;) {
    const name = tar.toString("utf8", at, at + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    const data = tar.subarray(at + 512, at + 512 + size);
    if (name === "end.json") {
      const { sha256 } = JSON.parse(data.toString()) as { sha256: string };
      data.write(digest.digest("hex"), data.indexOf(sha256));
      return gzipSync(tar);
    }
    digest.update(`${name} ${size}\n`).update(data);
    at += 512 + Math.ceil(size / 512) * 512;
  }
};
