import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomOf } from "../../../seeds/demo/random.ts";
import { recount } from "../../../src/counters/recount.service.ts";
import { DOSSIER_COLUMNS } from "../../../src/dossiers/import/dossier-row.ts";
import { communes, fillProcedures, ledgerRows } from "../../bench/ledger-rows.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { holdAt } from "../../support/hold-table.ts";
import { run, start } from "../../support/command.ts";
import { NO_DIFFERENCES } from "../../support/recount.ts";

const KILLS = Number(process.env["KILLS"] ?? 3);

const TABLES = ["dossier", "dossier_pause", "dossier_count", "dossier_unit_count", "dossier_tree_count", "record_unit"];

/** All rows of a table as a digest, but for numbers of sources and moments of imports, which are another run's. */
const contentOf = async (database: TestDatabase, table: string): Promise<string> => {
  const rowsOf = <T>(text: string) => database.orm.em.getConnection().execute<T[]>(text);
  const [found] = await rowsOf<{ columns: string }>(
    `select string_agg(quote_ident(attname), ',' order by attname) as columns from pg_attribute where attrelid = '${table}'::regclass
       and attnum > 0 and not attisdropped and attname not in ('source_id', 'last_import_at')`,
  );
  const [row] = await rowsOf<{ text: string }>(
    `select count(*) || ' ' || coalesce(sum(hash_record_extended(row(${found!.columns}), 0)), 0) as text from ${table}`,
  );
  return row!.text;
};

describe("npm run import -- dossiers", () => {
  let folder: string;
  let empty: TestDatabase;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cchc-import-"));
    empty = await createDatabase();
    await fillProcedures(empty.orm.em.fork());
    await write("first.csv", 200, 1);
    await write("second.csv", 800, 2);
    await empty.disconnect();
    database = await createDatabase(empty);
  });
  afterAll(async () => {
    await database.close();
    await empty.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A file of made-up dossiers, those of one seed under the same codes as those of another. */
  const write = async (name: string, count: number, seed: number): Promise<void> => {
    const places = (await communes(empty.orm.em.fork())).slice(0, 300);
    async function* lines() {
      yield `${DOSSIER_COLUMNS.join()}\n`;
      for await (const { cells } of ledgerRows(places, count, seed)) {
        // The second file updates the dossiers of the first one.
        const row = { ...cells, updatedAt: `2026-11-1${5 + seed}T00:00:00+07:00` } as Record<string, string | boolean | null | undefined>;
        yield `${DOSSIER_COLUMNS.map((column) => row[column] ?? "").join()}\n`;
      }
    }
    await pipeline(lines, createWriteStream(join(folder, name)));
  };
  const file = (name: string) => join(folder, name);

  it("F19: has the result of one undisturbed run, wherever it was killed before", async () => {
    const clean = await createDatabase(empty);
    try {
      expect(await run("import", clean, ["dossiers", file("first.csv"), "--source", "s"])).toMatchObject({
        code: 0,
        out: expect.stringContaining("200 created"),
      });
      const whole = await start("import", clean, ["dossiers", file("second.csv"), "--source", "s"]).ended;
      expect(whole).toMatchObject({ code: 0, out: expect.stringContaining("600 created, 200 updated") });
      await run("import", database, ["dossiers", file("first.csv"), "--source", "s"]);
      const before = await contentOf(database, "dossier");
      const random = randomOf(7);
      const seen = new Set<string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const { child, ended } = start("import", database, ["dossiers", file("second.csv"), "--source", "s"]);
        const timer = setTimeout(() => child.kill("SIGKILL"), 300 + random() * whole.ms);
        const { code } = await ended;
        clearTimeout(timer);
        seen.add(code === 0 ? "ended" : "killed");
        // What a killed import had sent goes on until the server has noticed; it is all of it or nothing.
        if (code !== 0 && !seen.has("ended"))
          expect([before, await contentOf(clean, "dossier")]).toContain(await contentOf(database, "dossier"));
      }
      expect(seen).toContain("killed");
      expect((await run("import", database, ["dossiers", file("second.csv"), "--source", "s"])).code).toBe(0);
      for (const table of TABLES) expect(await contentOf(database, table), table).toBe(await contentOf(clean, table));
      const left = await database.orm.em
        .getConnection()
        .execute("select relname from pg_class where relname ~ '^dossier_(stage|delta)_' and relkind = 'r'");
      expect(left).toEqual([]);
      expect((await recount(database.orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
    } finally {
      await clean.close();
    }
  });

  describe("that is interrupted", () => {
    const contents = () => Promise.all(TABLES.map((table) => contentOf(database, table)));
    const args = () => ["dossiers", file("second.csv"), "--source", "stopped"];

    /** An import that waits at a table which it writes late, and what was stored before. */
    const held = async (table: string) => {
      const before = await contents();
      const hold = await holdAt(database, table);
      const { child, ended } = start("import", database, args());
      const backend = await hold.waiter();
      return { before, hold, child, ended, backend };
    };

    // Records are written first, then counters, and at last the note of the import.
    it.each(["dossier_unit_count", "record_import"])("F20: stores nothing when it is killed before it writes %s", async (table) => {
      const { before, hold, child, ended, backend } = await held(table);
      child.kill("SIGKILL");
      expect((await ended).code).toBeNull();
      await hold.letGo();
      while (await hold.isThere(backend)) await sleep(20);
      await hold.close();
      expect(await contents()).toEqual(before);
    });

    it("F18: stores nothing when it is stopped, reports that, and is complete when it is run again", async () => {
      const { before, hold, child, ended } = await held("record_import");
      child.kill("SIGTERM");
      await sleep(500);
      await hold.letGo();
      await hold.close();
      expect(await ended).toMatchObject({ code: 1, err: expect.stringContaining("stopped by SIGTERM; nothing was stored") });
      expect(await contents()).toEqual(before);
      expect(await run("import", database, args())).toMatchObject({ code: 0, out: expect.stringContaining("800 created") });
      expect((await recount(database.orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
    });
  });

  it("lets two systems import for the same units at the same time, without a deadlock or a lost count", async () => {
    const ended = await Promise.all(
      ["one", "two", "three"].map((source) => start("import", database, ["dossiers", file("second.csv"), "--source", source]).ended),
    );
    expect(ended.map(({ code, err }) => [code, /deadlock/.test(err)])).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ]);
    expect((await recount(database.orm.em.fork(), null)).differences).toEqual(NO_DIFFERENCES);
  });

  it("writes all problems to a file, and stores the valid rows with --partial", async () => {
    const rows = ["code,procedure,unit,state,receivedAt,endedAt,pauses,updatedAt"];
    const good = (code: string) => `${code},1.000001,00004,PROCESSING,2026-03-03T08:00:00+07:00,,,2026-03-03T09:00:00+07:00`;
    rows.push(
      good("g-1"),
      good("=1+1"),
      "x,1.000001,00004,RESOLVED,2026-03-03T08:00:00+07:00,2026-03-02T08:00:00+07:00,,2026-03-03T09:00:00+07:00",
    );
    rows.push("y,nowhere,00004,PROCESSING,2026-03-03T08:00:00+07:00,,SUPPLEMENT,2026-03-03T09:00:00+07:00", "ragged,row");
    await writeFile(file("bad.csv"), rows.join("\n"));
    const whole = await run("import", database, ["dossiers", file("bad.csv"), "--source", "bad"]);
    expect(whole).toMatchObject({ code: 1, out: "2 created, 0 updated, 0 unchanged, 0 stale, 3 rejected\nnothing was stored\n" });
    const problems = (await readFile(`${file("bad.csv")}.problems.csv`, "utf8")).trim().split("\n");
    expect(problems.map((line) => line.split(",").slice(0, 3).join())).toEqual([
      "row,column,code",
      "4,endedAt,ENDED_BEFORE_RECEIVED",
      "5,pauses,PAUSES_MALFORMED",
      "6,,RAGGED",
    ]);
    const dry = await run("import", database, ["dossiers", file("bad.csv"), "--source", "bad", "--partial", "--dry-run"]);
    expect(dry.out).toContain("nothing was stored");
    const partial = await run("import", database, ["dossiers", file("bad.csv"), "--source", "bad", "--partial"]);
    expect(partial).toMatchObject({ code: 0, out: expect.stringContaining("2 created") });
    const again = await run("import", database, ["dossiers", file("bad.csv"), "--source", "bad", "--partial"]);
    expect(again.out).toContain("0 created, 0 updated, 2 unchanged, 0 stale, 3 rejected");
  });

  it("names the file and the problem of the whole file", async () => {
    expect(await run("import", database, ["dossiers", file("none.csv"), "--source", "x"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("there is no such file"),
    });
    expect(existsSync(`${file("none.csv")}.problems.csv`)).toBe(false);
    expect(await run("import", database, ["dossiers", file("first.csv"), "--source", "no blanks"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("source"),
    });
  });
});
