import { sql } from "kysely";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileError } from "../../src/lib/files/file-error.ts";
import { Reader } from "../../src/database/reader.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { registerAgency } from "../../src/administration/agency-register.service.ts";
import { applyUnits, planUnits } from "../../src/administration/unit-apply.service.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { run, start } from "../support/command.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { holdAt } from "../support/hold-table.ts";
import { viewerOf } from "../support/viewer.ts";
import { closed, digestOf, type FileName, type Files, folderOf, nextEdition, version } from "../hierarchy/next-edition.ts";

const DAY = "2027-01-01";
const LATER = "2027-07-01";
const SEEDS = fileURLToPath(new URL("../../seeds/units", import.meta.url));

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const em = () => service.database.orm.em.fork();
const applied = async (files: Files) => {
  const { path, remove } = await folderOf(files);
  try {
    return await applyUnits(em(), await readNextUnits(path), "test", NOW);
  } finally {
    await remove();
  }
};

type Edit = (lines: string[]) => unknown;
const inVersions = (edit: Edit) => ["unit-versions.csv", edit] as const;
const inSuccessions = (edit: Edit) => ["successions.csv", edit] as const;

describe("an edition that is refused changes nothing and is told by file, row and column", () => {
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await digestOf(service.database);
  });

  it.each<[string, readonly [FileName, Edit], RegExp]>([
    [
      "a day that is none",
      inVersions((l) => (l[1] = l[1]!.replace(DAY, "2027-02-30"))),
      /unit-versions\.csv, row 3, column valid_from: "2027-02-30"/,
    ],
    [
      "a known name changed",
      inVersions((l) => (l[2] = l[2]!.replace(",Nùng", ",Nung"))),
      /row 4, column name: .* rewrites history: the stored .* of 01279\.2025 from 2025-07-01 is "Nùng Trí Cao"/,
    ],
    [
      "a known code changed",
      inVersions((l) => (l[2] = l[2]!.replace(",01279,", ",01280,"))),
      /row 4, column code: "01280" rewrites history/,
    ],
    [
      "a known parent changed",
      inVersions((l) => (l[2] = l[2]!.replace("04.2015", "20.2015"))),
      /row 4, column parent_id: "20.2015" rewrites history/,
    ],
    ["a known act changed", inVersions((l) => (l[2] += "x")), /row 4, column resolution: .* rewrites history/],
    [
      "an end within history",
      inVersions((l) => (l[2] = l[2]!.replace(DAY, "2026-09-20"))),
      /row 4, column valid_to: "2026-09-20" rewrites history: it is not after 2026-09-20/,
    ],
    [
      "another end than is known",
      inVersions((l) => l.push("02.2015,2015-08-31,2027-01-01,02,VN,PROVINCE,PROVINCE,Hà Giang,Tỉnh Hà Giang,Ha Giang,")),
      /row 11, column valid_to: "2027-01-01" rewrites history: the stored .* of 02\.2015 .* is "2025-07-01"/,
    ],
    [
      "a version within history",
      inVersions((l) => (l[4] = l[4]!.replaceAll(DAY, "2026-09-20"))),
      /row 6, column valid_from: "2026-09-20" rewrites history/,
    ],
    ["a version twice", inVersions((l) => l.splice(1, 0, l[0]!)), /row 3, column valid_from: .* is listed twice for 04\.2015/],
    [
      "a version of what is no more",
      inVersions((l) => l.push(`02.2015,${DAY},,02,VN,PROVINCE,PROVINCE,Hà Giang,Tỉnh Hà Giang,Ha Giang,`)),
      /row 11, column valid_from: .* leaves a gap/,
    ],
    ["a version over an open one", inVersions((l) => l.splice(0, 1)), /row 2, column valid_from: .* belongs to another version too/],
    [
      "a code that another holds",
      inVersions((l) => (l[4] = l[4]!.replace(",01279,", ",01294,"))),
      /row 6, column code: "01294" belongs to another version too/,
    ],
    [
      "a parent that nobody is",
      inVersions((l) => (l[4] = l[4]!.replace("04.2015", "99.2015"))),
      /row 6, column parent_id: "99.2015" is not a unit/,
    ],
    [
      "a parent that is no more",
      inVersions((l) => (l[4] = l[4]!.replace("04.2015", "08.2015"))),
      /row 6, column parent_id: "08.2015" does not exist/,
    ],
    [
      "an end of what others are under",
      inVersions((l) => l.splice(1, l.length)),
      /row 2, column valid_to: "2027-01-01" leaves 01\d+\.\d+ .* below it/,
    ],
    ["a slash in an id", inVersions((l) => (l[4] = l[4]!.replace("01279.2027", "04.2015/x"))), /row 6, column unit_id: .* slash/],
    [
      "a succession of nobody",
      inSuccessions((l) => (l[0] = l[0]!.replace("01279.2025", "1.2025"))),
      /successions\.csv, row 2, column predecessor_id: "1\.2025" is not a unit/,
    ],
    [
      "a succession to nobody",
      inSuccessions((l) => (l[0] = l[0]!.replace("01279.2027", "1.2027"))),
      /row 2, column successor_id: "1\.2027" is not a unit/,
    ],
    ...["0x1", "1e0", " ", "true"].map((share): [string, readonly [FileName, Edit], RegExp] => [
      `a share of "${share}", which is no number in digits`,
      inSuccessions((l) => (l[0] = l[0]!.split(",").with(4, share).join())),
      new RegExp(`row 2, column share: "${share}" is not a share`),
    ]),
    [
      "a succession on another day",
      inSuccessions((l) => (l[0] = l[0]!.replace(DAY, LATER))),
      /row 2, column effective_on: "2027-07-01" is not the end of 01279\.2025/,
    ],
    [
      "a succession within history",
      inSuccessions((l) => (l[0] = l[0]!.replace(DAY, "2026-09-20"))),
      /row 2, column effective_on: .* rewrites history/,
    ],
    [
      "a whole of two",
      inSuccessions((l) => l.push(`01290.2025,01273.2025,${DAY},WHOLE,,,`)),
      /row [45], column kind: "WHOLE" does not fit 2 successors/,
    ],
    [
      "a known succession changed",
      inSuccessions((l) => l.push("10597.2015,10585.2015,2019-01-10,PART,,623/NQ-UBTVQH14,")),
      /row 5, column kind: "PART" rewrites history/,
    ],
    [
      "a known succession taken back",
      inSuccessions((l) => l.push("26407.2015,26395.2015,2019-04-10,PART,,673/NQ-UBTVQH14,split; added from a press report")),
      /row 5, column predecessor_id: .* rewrites history: the stored successions also lead to 26410\.2015/,
    ],
    [
      "another count",
      ["editions.csv", (l) => (l[0] = l[0]!.replace("3319", "3320"))],
      /editions\.csv, row 2, column communes: "3320" is stated, but the result is 3319/,
    ],
    [
      "an edition on which nothing changes",
      ["editions.csv", (l) => (l[1] = l[1]!.replace(LATER, "2027-07-02"))],
      /editions\.csv, row 3, column date/,
    ],
  ])("%s", async (_what, [file, edit], message) => {
    const files = Object.fromEntries(Object.entries(nextEdition(DAY, LATER)).map(([name, lines]) => [name, [...lines]])) as Record<
      FileName,
      string[]
    >;
    edit(files[file]);
    const error = await applied(files).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FileError);
    expect((error as Error).message).toMatch(message);
  });

  it("and nothing is changed by any of these", async () => {
    expect(await digestOf(service.database)).toEqual(before);
  });

  it("whole sets that lack a row", async () => {
    for (const name of ["unit-versions.csv", "successions.csv"] as const) {
      const { path, remove } = await folderOf({});
      for (const file of ["unit-versions.csv", "successions.csv"]) {
        const lines = (await readFile(join(SEEDS, file), "utf8")).split("\n");
        if (file === name) lines.splice(1000, 1);
        await writeFile(join(path, file), lines.join("\n"));
      }
      const error = await planUnits(em(), await readNextUnits(path)).catch((reason: unknown) => reason);
      expect((error as Error).message).toMatch(
        new RegExp(`${name}, row \\d+, column .* is the last row of a complete set, but .* is missing`),
      );
      await remove();
    }
  });

  it("an end of a unit before an agency of it begins", async () => {
    const viewer = await viewerOf(service.database, "admin", { "04": "ADMIN" });
    const agency = { unit: "01288", kind: "DIVISION", name: "Phòng Mới", validFrom: "2028-01-01" } as const;
    await registerAgency(new RequestContext(service.database.pools, NOW, { viewer }), agency);
    const registered = await digestOf(service.database);
    await expect(applied(nextEdition(DAY, LATER))).rejects.toThrow(
      /row 5, column valid_to: .* ends it before its agency 01288\.2025\/phong-moi begins, on 2028-01-01/,
    );
    expect(await digestOf(service.database)).toEqual(registered);
    for (const table of ["contribution", "unit_name", "unit_version"])
      await sql`delete from ${sql.table(table)} where unit_id = (select max(id) from unit)`.execute(em().getKysely());
    await sql`delete from unit where id = (select max(id) from unit)`.execute(em().getKysely());
  });

  it("by the command in one line, and with exit code 1", async () => {
    const { path, remove } = await folderOf({ ...nextEdition(DAY, LATER), "successions.csv": [`x,y,${DAY},WHOLE,,,`] });
    const { code, out, err } = await run("units", service.database, ["apply", path]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^cchc-graph: .*successions\.csv, row 2, column predecessor_id: "x" is not a unit of unit-versions\.csv\n$/);
    await remove();
    const missing = await run("units", service.database, ["apply", path]);
    expect([missing.code, missing.err]).toEqual([1, `cchc-graph: ${path} does not exist\n`]);
    const help = await run("units", service.database, ["apply", "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("--dry-run");
  });
});

const FIELDS = "code fullName kind validFrom validTo";
const QUESTION = `query ($day: Date!) {
  province: unit(code: "04", asOf: $day) { ${FIELDS} children { code } }
  left: units(codes: ["01279", "01288", "01290", "01294", "01297", "01298"], asOf: $day) { nodes { ${FIELDS} parent { code } predecessors { unit { code } kind } } }
  found: units(search: "tan giang", within: "04", asOf: $day) { nodes { code } }
  dossiers: unit(code: "01279", asOf: $day) { dossiers(period: "2026-08") { received } }
}`;
interface Answered {
  readonly province: { fullName: string; validTo: string | null; children: { code: string }[] };
  readonly left: { nodes: { code: string; fullName: string; kind: string; validTo: string | null; parent: { code: string } }[] };
  readonly found: { nodes: { code: string }[] };
  readonly dossiers: { dossiers: { received: number | null } };
}

describe("an edition that is applied", () => {
  const on = async (day: string): Promise<Answered> => {
    const { data, errors } = await service.ask<Answered, object>(QUESTION, { day });
    expect(errors).toBeUndefined();
    return data;
  };
  let folder: Awaited<ReturnType<typeof folderOf>>;
  let old: Answered;

  beforeAll(async () => {
    folder = await folderOf(nextEdition(DAY, LATER));
    await sql`
      insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
      select 1, 99, u.id, 'COMMUNE', '2026-08-01', '2026-08-31', 'dossier.received', v.value, '{}', 'q'
      from (values ('01279.2025', 3), ('01288.2025', 4)) v(key, value) join unit u on u.key = v.key`.execute(em().getKysely());
    const viewer = await viewerOf(service.database, "admin", { "04": "ADMIN" });
    const register = (unit: string, validTo?: string) => {
      const agency = { unit, kind: "DIVISION", name: "Phòng Một", validFrom: "2026-01-01", ...(validTo && { validTo }) } as const;
      return registerAgency(new RequestContext(service.database.pools, NOW, { viewer }), agency);
    };
    for (const unit of ["04", "01288", "01297"]) await register(unit);
    await register("01290", "2027-03-31");
    old = await on("2026-12-31");
  });
  afterAll(() => folder.remove());

  it("is shown first, which changes nothing", async () => {
    const before = await digestOf(service.database);
    const { code, out, err } = await run("units", service.database, ["apply", folder.path, "--dry-run"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n")).toEqual([
      "2027-01-01  until then 34 provinces, 0 districts, 3321 communes; from then on 34 provinces, 0 districts, 3319 communes",
      "  begins   01279 Phường Trí Giang [01279.2027] under 04 Tỉnh Non Nước, from 01279 Phường Nùng Trí Cao (WHOLE), 01288 Phường Tân Giang (WHOLE)",
      "  ends     01279 Phường Nùng Trí Cao [01279.2025], goes to 01279 Phường Trí Giang (WHOLE)",
      "  ends     01288 Phường Tân Giang [01288.2025], goes to 01279 Phường Trí Giang (WHOLE)",
      "  ends     01290 Xã Bảo Lâm [01290.2025], goes to 01294 Xã Lý Bôn (WHOLE)",
      "  moved    01297 Xã Nam Quang [01297.2025]: from 04 Tỉnh Non Nước to 20 Tỉnh Lạng Sơn",
      "  renamed  04 Tỉnh Cao Bằng [04.2015]: now Tỉnh Non Nước",
      "2027-07-01  until then 34 provinces, 0 districts, 3319 communes; from then on 34 provinces, 0 districts, 3319 communes",
      "  code     01297 Xã Nam Quang [01297.2025]: now 01298",
      "  kind     01297 Xã Nam Quang [01297.2025]: now WARD",
      "  renamed  01297 Xã Nam Quang [01297.2025]: now Phường Nam Quang",
      "dry run: nothing was changed",
      "",
    ]);
    expect(await digestOf(service.database)).toEqual(before);
  });

  it("leaves nothing where its process is killed in the middle, and keeps a second one away meanwhile", async () => {
    const before = await digestOf(service.database);
    const hold = await holdAt(service.database, "audit_entry");
    const { child, ended } = start("units", service.database, ["apply", folder.path]);
    const backend = await hold.waiter();
    await expect(applyUnits(em(), await readNextUnits(folder.path), "test", NOW)).rejects.toThrow(
      /units are being applied by another command/,
    );
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    await hold.letGo();
    while (await hold.isThere(backend)) await new Promise((wake) => setTimeout(wake, 20));
    await hold.close();
    expect(await digestOf(service.database)).toEqual(before);
    expect(await on("2027-01-01")).toEqual(JSON.parse(JSON.stringify(old).replaceAll("2026-12-31", "2027-01-01")));
  });

  it("is applied by the command beside a running service, with roll-ups for the new editions and one entry in the trail", async () => {
    const { code, out, err } = await run("units", service.database, ["apply", folder.path]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("applied: 2027-01-01, 2027-07-01\nroll-ups made for it: 2\n");
    const sets = await sql`
      select e.starts_on as day from rollup_set s join edition e on e.id = s.edition_id where period_from = '2026-08-01' order by 1`.execute(
      em().getKysely(),
    );
    expect(sets.rows).toEqual([{ day: "2026-09-20" }, { day: DAY }, { day: LATER }]);
    const { rows } = await sql<{ operation: string; actor: string; after: { files: Record<string, string>; successions: number } }>`
      select operation, actor, after from audit_entry where operation = 'units apply'`.execute(em().getKysely());
    expect(rows).toHaveLength(1);
    expect(rows[0]!.actor).toMatch(/^command:./);
    const bytes = await readFile(join(folder.path, "unit-versions.csv"));
    expect(rows[0]!.after.files["unit-versions.csv"]).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(Object.keys(rows[0]!.after.files)).toEqual(["editions.csv", "successions.csv", "unit-versions.csv"]);
    expect(rows[0]!.after).toMatchObject({ versionsBegun: 4, versionsClosed: 5, successions: 3 });
  });

  it("shows the day before as it was, but for the ends, and the day itself as it is told", async () => {
    const before = await on("2026-12-31");
    expect(before.province).toEqual(old.province);
    expect(before.left.nodes.map(({ code, validTo }) => [code, validTo])).toEqual([
      ["01279", "2026-12-31"],
      ["01288", "2026-12-31"],
      ["01290", "2026-12-31"],
      ["01294", null],
      ["01297", null],
    ]);
    expect(before.found.nodes).toEqual([{ code: "01288" }]);
    expect(before.dossiers.dossiers.received).toBe(3);
    const after = await on(DAY);
    expect(after.province.fullName).toBe("Tỉnh Non Nước");
    expect(after.province.children).toHaveLength(before.province.children.length - 3);
    expect(after.left.nodes.map(({ code, fullName, parent }) => [code, fullName, parent.code])).toEqual([
      ["01279", "Phường Trí Giang", "04"],
      ["01294", "Xã Lý Bôn", "04"],
      ["01297", "Xã Nam Quang", "20"],
    ]);
    expect(after.found.nodes).toEqual([{ code: "01279" }]);
    expect(after.dossiers.dossiers.received).toBe(7);
    const last = (await on(LATER)).left.nodes.at(-1);
    expect(last).toMatchObject({ code: "01298", fullName: "Phường Nam Quang", kind: "WARD", parent: { code: "20" } });
  });

  it("takes the agencies of its units along", async () => {
    const { rows } = await sql`
      select u.key, v.valid_from as f, v.valid_to as t, v.code from unit_version v join unit u on u.id = v.unit_id
      where u.key like '%/phong-mot' order by u.key, v.valid_from`.execute(em().getKysely());
    expect(rows).toEqual([
      { key: "01288.2025/phong-mot", f: "2026-01-01", t: DAY, code: "01288/phong-mot" },
      { key: "01290.2025/phong-mot", f: "2026-01-01", t: DAY, code: "01290/phong-mot" },
      { key: "01297.2025/phong-mot", f: "2026-01-01", t: DAY, code: "01297/phong-mot" },
      { key: "01297.2025/phong-mot", f: DAY, t: LATER, code: "01297/phong-mot" },
      { key: "01297.2025/phong-mot", f: LATER, t: null, code: "01298/phong-mot" },
      { key: "04.2015/phong-mot", f: "2026-01-01", t: DAY, code: "04/phong-mot" },
      { key: "04.2015/phong-mot", f: DAY, t: null, code: "04/phong-mot" },
    ]);
  });

  it("is nothing new when it is applied again, from its files, from one of them, or within the whole set", async () => {
    const before = await digestOf(service.database);
    const again = await run("units", service.database, ["apply", folder.path]);
    expect([again.code, again.out]).toEqual([0, "nothing to change: all of it is known\n"]);
    const one = await applyUnits(em(), await readNextUnits(join(folder.path, "unit-versions.csv")), "test", NOW);
    expect(one.made).toEqual([]);
    const whole = await folderOf({});
    for (const [name, lines] of Object.entries(nextEdition(DAY, LATER))) {
      const seeds = (await readFile(join(SEEDS, name), "utf8")).trimEnd().split("\n");
      const idOf = (line: string) => line.split(",").slice(0, 2).join();
      const kept = seeds.filter((line) => name !== "unit-versions.csv" || !lines.some((other) => idOf(other) === idOf(line)));
      await writeFile(join(whole.path, name), [...kept, ...lines].join("\n"));
    }
    expect((await applyUnits(em(), await readNextUnits(whole.path), "test", NOW)).made).toEqual([]);
    await whole.remove();
    expect(await digestOf(service.database)).toEqual(before);
  });

  it("is followed by the next one, from one file", async () => {
    const files = {
      "unit-versions.csv": [closed("20.2015", "2028-01-01"), version("20.2015", "2028-01-01", { name: "Kỳ Lừa", full: "Tỉnh Kỳ Lừa" })],
    };
    const { path, remove } = await folderOf(files);
    const { made } = await applyUnits(em(), await readNextUnits(join(path, "unit-versions.csv")), "test", NOW);
    expect(made).toHaveLength(1);
    await remove();
    const name = async (day: string) => {
      const { data } = await service.ask<{ unit: { name: string } }, object>(`{ unit(code: "20", asOf: "${day}") { name } }`);
      return data.unit.name;
    };
    expect([await name("2027-12-31"), await name("2028-01-01")]).toEqual(["Lạng Sơn", "Kỳ Lừa"]);
    const [{ contributed }] = (await new Reader(service.database.pools).rows(sql<{ contributed: boolean }>`
      select contributed from edition where starts_on = '2028-01-01'`)) as [{ contributed: boolean }];
    expect(contributed).toBe(true);
  });
});
