import { sql } from "kysely";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../../src/database/reader.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { registerAgency } from "../../src/administration/agency-register.service.ts";
import { applyUnits } from "../../src/administration/unit-apply.service.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { run, start } from "../support/command.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { holdAt } from "../support/hold-table.ts";
import { viewerOf } from "../support/viewer.ts";
import { closed, digestOf, folderOf, nextEdition, version } from "../hierarchy/next-edition.ts";

const DAY = "2027-01-01";
const LATER = "2027-07-01";
const SEEDS = fileURLToPath(new URL("../../seeds/units", import.meta.url));

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const em = () => service.database.orm.em.fork();

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

  it("is listed by --dry-run, which changes nothing", async () => {
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

  it("changes nothing if its process is killed, and excludes a second command meanwhile", async () => {
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

  it("is applied by the command beside a running service, with roll-ups for the new editions and one audit entry", async () => {
    const { code, out, err } = await run("units", service.database, ["apply", folder.path]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("applied: 2027-01-01, 2027-07-01\nroll-ups computed: 2\n");
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

  it("leaves the day before unchanged except for last days, and changes the units on its own day", async () => {
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

  it("moves the agencies together with their units", async () => {
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

  it("changes nothing when it is applied again, from its files, from one of them, or within the complete set", async () => {
    const before = await digestOf(service.database);
    const again = await run("units", service.database, ["apply", folder.path]);
    expect([again.code, again.out]).toEqual([0, "nothing to change: all rows are stored already\n"]);
    const one = await applyUnits(em(), await readNextUnits(join(folder.path, "unit-versions.csv")), "test", NOW);
    expect(one.made).toEqual([]);
    const whole = await folderOf({});
    for (const [name, lines] of Object.entries(nextEdition(DAY, LATER))) {
      const seeds = (await readFile(join(SEEDS, name), "utf8")).trimEnd().split("\n");
      const idOf = (line: string) => line.split(",").slice(0, 2).join();
      const unchanged = seeds.filter((line) => name !== "unit-versions.csv" || !lines.some((other) => idOf(other) === idOf(line)));
      await writeFile(join(whole.path, name), [...unchanged, ...lines].join("\n"));
    }
    expect((await applyUnits(em(), await readNextUnits(whole.path), "test", NOW)).made).toEqual([]);
    await whole.remove();
    expect(await digestOf(service.database)).toEqual(before);
  });

  it("can be followed by the next edition, from one file", async () => {
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
