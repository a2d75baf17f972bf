import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { temporaryFolder } from "../lib/files/folder.ts";
import { senderOf } from "../faults/importing.ts";
import { startService, type TestService } from "../support/client.ts";
import { run } from "../support/command.ts";
import { fillCatalogue } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

const file = temporaryFolder();

interface RecordUnit {
  readonly unit: string;
  readonly records: number;
  readonly firstOn: string | null;
}

describe("npm run check:rollups", () => {
  let service: TestService;
  let sender: ReturnType<typeof senderOf>;

  beforeAll(async () => {
    service = await startService();
    await fillCatalogue(service.database);
    sender = senderOf(service, "igate", await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" }));
  });
  afterAll(() => service.close());

  const execute = (text: string) => sql.raw(text).execute(service.database.orm.em.fork().getKysely());
  const recordUnits = async (): Promise<RecordUnit[]> => {
    const { rows } = await sql<RecordUnit>`
      select v.code as unit, r.records, r.first_on as "firstOn" from record_unit r join unit_version v on v.unit_id = r.unit_id and v.valid_to is null
      order by v.code`.execute(service.database.orm.em.fork().getKysely());
    return rows;
  };

  /** Stores roll-ups of reports, beside records and without. */
  const askOfReports = async () => {
    const query =
      'query ($period: Period!) { unit(code: "04") { dossiers(period: $period) { received } tasks(period: $period) { total } } }';
    for (const period of ["2021", "2022", "2021-07", "2026-03"]) expect((await service.ask(query, { period })).errors).toBeUndefined();
  };

  const check = (...args: string[]) => run("check-rollups", service.database, args);

  it("finds no difference after dossiers are sent, corrected, moved to another unit and retracted", async () => {
    const at = (day: string) => ({ receivedAt: `${day}T08:00:00+07:00` });
    const sent = [
      { code: "a", ...at("2026-03-03") },
      { code: "b", ...at("2026-03-05") },
      { code: "c", ...at("2026-03-04") },
    ];
    expect((await sender.send([...sent, { code: "d", ...at("2026-03-02"), unit: "01290" }])).errors).toBeUndefined();
    expect(await recordUnits()).toEqual([
      { unit: "01290", records: 1, firstOn: "2026-03-02" },
      { unit: "01558", records: 3, firstOn: "2026-03-03" },
    ]);
    expect((await sender.retract(["a"])).errors).toBeUndefined();
    expect(await recordUnits()).toMatchObject([{ records: 1 }, { unit: "01558", records: 2, firstOn: "2026-03-04" }]);
    const updatedAt = "2026-11-02T08:00:00+07:00";
    const corrected = [
      { code: "c", ...at("2026-03-09"), updatedAt },
      { code: "d", ...at("2026-03-02"), updatedAt },
    ];
    expect((await sender.send(corrected)).errors).toBeUndefined();
    expect(await recordUnits()).toEqual([
      { unit: "01290", records: 0, firstOn: null },
      { unit: "01558", records: 3, firstOn: "2026-03-02" },
    ]);
    expect((await sender.retract(["d", "b", "c"])).errors).toBeUndefined();
    expect(await recordUnits()).toMatchObject([
      { records: 0, firstOn: null },
      { records: 0, firstOn: null },
    ]);
    expect((await sender.send(sent)).errors).toBeUndefined();
    await askOfReports();
    const { rows } = await sql`select from dossier_rollup`.execute(service.database.orm.em.fork().getKysely());
    expect(rows).not.toEqual([]);
    expect(await check()).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ units counted again; rows that differ: 0 .*0 .*0 .*0 .*0 /) as string,
    });
  });

  it.each([
    ["days", "update dossier set received_on = received_on + 1 where code = 'a'"],
    ["days", "update dossier set pauses = 1 where code = 'a'"],
    ["records", "update record_unit set records = records + 1"],
    ["records", "update record_unit set first_on = first_on - 1 where first_on is not null"],
    ["records", "delete from record_unit"],
    ["byField", "update dossier_count set received_direct = received_direct + 1"],
    ["byUnit", "delete from dossier_unit_count where grain = 0"],
    ["rolledUp", "update dossier_tree_count set received_direct = received_direct + 1"],
    ["figures", "update dossier_rollup set received = received + 1"],
    ["figures", "delete from rollup_source"],
  ])("notices that %s differ (%s)", async (name, wrong) => {
    const tables = [
      "dossier",
      "record_unit",
      "dossier_count",
      "dossier_unit_count",
      "dossier_tree_count",
      "dossier_rollup",
      "rollup_source",
    ];
    for (const table of tables) await execute(`create table kept_${table} as table ${table}`);
    try {
      await execute(wrong);
      const metrics = file("metrics.prom");
      expect((await check("--metrics", metrics)).code).toBe(1);
      expect(readFileSync(metrics, "utf8")).toMatch(new RegExp(`differences\\{counters="${name}"\\} [1-9]`));
    } finally {
      for (const table of tables)
        await execute(`delete from ${table}; insert into ${table} select * from kept_${table}; drop table kept_${table}`);
    }
  });

  it("finds nothing wrong after numbers of records that earlier retractions left behind are mended at the next start", async () => {
    await execute("update record_unit set records = records + 7, first_on = first_on - 30");
    await execute(
      "insert into record_unit select province_id, unit_id + 1, kind, source_id, 3, '2026-01-01', last_import_at from record_unit limit 1",
    );
    await execute("delete from mikro_orm_migrations where name = 'Migration20261128090000'");
    const database = await openDatabase({ databaseUrl: service.database.url, dataDir: "" });
    await database.close();
    expect((await check()).code).toBe(0);
  });

  it("refuses a sample that is no whole number in digits", async () => {
    for (const given of ["0", "0x10", "1e3", " 5", "1.5", "-1"]) expect((await check("--sample", given)).code).toBe(1);
    expect((await check("--sample", "5")).code).toBe(0);
  });
});
