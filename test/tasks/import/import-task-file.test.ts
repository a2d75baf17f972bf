import { parse } from "csv-parse/sync";
import { sql } from "kysely";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../lib/files/folder.ts";
import { sheetsOf, text, zipOf } from "../../lib/files/xlsx-writer.ts";
import { run, start } from "../../support/command.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { holdAt } from "../../support/hold-table.ts";

const file = temporaryFolder();
const COLUMNS = [
  ...["code", "title", "document", "documentSignedOn", "assignedBy", "lead", "coordinators", "parent", "assignedOn", "deadline"],
  ...["progress", "percent", "completedOn", "postponements", "updatedAt"],
];
type Row = Readonly<Record<string, string>>;

const task = (code: string, more: Row = {}): Row => ({
  ...{ code, title: `Nhiệm vụ ${code}`, assignedBy: "04", lead: "01558", assignedOn: "2026-03-02", deadline: "2026-12-31" },
  ...{ progress: "IN_PROGRESS", updatedAt: "2026-11-01T08:00:00+07:00" },
  ...more,
});
const csv = (...rows: readonly Row[]): string =>
  [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ""))].map((cells) => `${cells.join()}\n`).join("");
const listed = (path: string): Row[] | null => (existsSync(path) ? parse(readFileSync(path), { columns: true }) : null);

describe("npm run import -- tasks", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.close());

  const rowsOf = async <R>(query: ReturnType<typeof sql<R>>): Promise<R[]> =>
    (await query.execute(database.orm.em.fork().getKysely())).rows;
  const storedOf = (source: string) =>
    rowsOf(sql`
      select t.code, t.title, t.document, t.parent_code as parent, t.assigned_on as "assignedOn", t.deadline, t.percent, t.postponed::text, t.completed_on as "completedOn",
        cardinality(t.coordinator_ids) as coordinators, t.family = p.family as "isOfFamily"
      from task t join source s on s.id = t.source_id left join task p on p.source_id = t.source_id and p.code = t.parent_code
      where s.name = ${source} order by t.code`);
  const imported = (name: string, content: string | Buffer, source: string, options: readonly string[] = []) =>
    run("import", database, ["tasks", file(name, content), "--source", source, ...options]);

  const whole = task("b", {
    ...{ document: "12/QĐ-UBND", documentSignedOn: "2026-02-27", parent: "a", coordinators: "01273; 01279", progress: "COMPLETED" },
    ...{ percent: "80", completedOn: "2026-10-30", postponements: "2026-05-04/2026-05-08; 2026-06-01/2026-06-02" },
  });
  const rows = [whole, task("a", { deadline: "" })];
  const expected = [
    { code: "a", document: null, parent: null, deadline: "infinity", percent: null, postponed: "{}", coordinators: 0, isOfFamily: null },
    {
      ...{ code: "b", document: { number: "12/QĐ-UBND", signedOn: "2026-02-27", issuer: null, url: null }, parent: "a", coordinators: 2 },
      ...{ assignedOn: "2026-03-02", deadline: "2026-12-31", percent: 80, completedOn: "2026-10-30", isOfFamily: true },
      postponed: "{[2026-05-04,2026-05-09),[2026-06-01,2026-06-03)}",
    },
  ];

  it("reads CSV, JSON lines and workbooks alike", async () => {
    const ndjson = rows.map(({ coordinators, postponements, documentSignedOn, document, ...cells }) =>
      JSON.stringify({
        ...Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, name === "percent" ? Number(value) : value])),
        ...(document !== undefined && { document: { number: document, signedOn: documentSignedOn } }),
        ...(coordinators !== undefined && { coordinators: coordinators.split("; ") }),
        ...(postponements !== undefined && {
          postponements: postponements.split("; ").map((range) => ({ from: range.slice(0, 10), to: range.slice(11) })),
        }),
      }),
    );
    const cells = (values: readonly string[]) => `<row>${values.map((value) => (value === "" ? "<c/>" : text(value))).join("")}</row>`;
    const sheet = cells(COLUMNS) + rows.map((row) => cells(COLUMNS.map((name) => row[name] ?? ""))).join("");
    const files = { "a.csv": csv(...rows), "a.ndjson": ndjson.join("\n"), "a.xlsx": zipOf(sheetsOf([{ name: "Nhiệm vụ", rows: sheet }])) };
    for (const [name, content] of Object.entries(files)) {
      expect(await imported(name, content, name), name).toMatchObject({
        code: 0,
        out: "2 created, 0 updated, 0 unchanged, 0 stale, 0 rejected\n",
      });
      expect(await storedOf(name), name).toMatchObject(expected);
      expect((await imported(name, content, name)).out, name).toContain("0 created, 0 updated, 2 unchanged");
    }
  });

  it("writes all problems to a file, and stores the valid rows with --partial", async () => {
    const bad = [
      task("x", { postponements: "soon", percent: "many" }),
      task("y", { lead: "1558", assignedOn: "02/03/2026" }),
      task("z", { parent: "nowhere" }),
      task("u", { documentSignedOn: "2026-02-27" }),
    ];
    const content = csv(task("good"), ...bad);
    expect(await imported("bad.csv", content, "bad")).toMatchObject({
      code: 1,
      out: expect.stringContaining("nothing was stored") as string,
    });
    expect(listed(`${file("bad.csv")}.problems.csv`)!.map(({ row, column, code }) => `${row} ${column} ${code}`)).toEqual([
      ...["3 percent PERCENT_OUT_OF_RANGE", "3 postponements POSTPONEMENTS_MALFORMED", "4 assignedOn DAY_MALFORMED"],
      ...["6 document VALUE_MISSING", "5 parent PARENT_UNKNOWN"],
    ]);
    const complete = ["--since", "2026-03-01", "--through", "2026-11-30"];
    expect(await imported("bad.csv", content, "bad", ["--partial", ...complete])).toMatchObject({
      code: 1,
      out: expect.stringContaining("1 created, 0 updated, 0 unchanged, 0 stale, 4 rejected") as string,
    });
    expect(await rowsOf(sql`select from record_range`)).toEqual([]);
    const good = await imported("good.csv", csv(task("good")), "bad", complete);
    expect(good.out).toContain("declared complete from 2026-03-01 through 2026-11-30: 1 unit");
    expect(await rowsOf(sql`select kind, since from record_range`)).toEqual([{ kind: "TASKS", since: "2026-03-01" }]);
  });

  it("keeps nothing when it is killed before its end, leaves nothing behind, and is complete when it is run again", async () => {
    const path = file("killed.csv", csv(...Array.from({ length: 50 }, (_, n) => task(`k-${n}`, n === 0 ? {} : { parent: "k-0" }))));
    const args = ["tasks", path, "--source", "killed"];
    const hold = await holdAt(database, "record_import");
    const { child, ended } = start("import", database, args);
    const backend = await hold.waiter();
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    await hold.letGo();
    while (await hold.isThere(backend)) await sleep(20);
    await hold.close();
    expect(await storedOf("killed")).toEqual([]);
    expect(await run("import", database, args)).toMatchObject({ code: 0, out: expect.stringContaining("50 created") as string });
    expect(await storedOf("killed")).toHaveLength(50);
    expect(await rowsOf(sql`select records, first_on::text as first from record_unit where kind = 'TASKS' and records = 50`)).toEqual([
      { records: 50, first: "2026-03-02" },
    ]);
    expect(await rowsOf(sql`select relname from pg_class where relname ~ '^task_(stage|delta)_' and relkind = 'r'`)).toEqual([]);
  });
});
