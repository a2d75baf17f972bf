import { sql } from "kysely";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadSeeds } from "../../seeds/seed.ts";
import { FileError } from "../../src/lib/files/file-error.ts";
import type { ProcedureRow } from "../../src/procedures/procedure-check.ts";
import { loadReports } from "../../src/reports/files/report-load.service.ts";
import { readReports } from "../../src/reports/files/report.ts";
import { readProcedureFile } from "../../src/procedures/procedure-file.ts";
import { loadCatalogue } from "../../src/dossiers/catalogue-load.service.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { DAMAGES, DAMAGES_BESIDE_UNITS, type Edit, type SeedFile } from "./damages.ts";

const SEEDS = new URL("../../seeds/", import.meta.url);

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createDatabase("EMPTY");
  folder = await mkdtemp(join(tmpdir(), "cchc-seeds-"));
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** Copies the seeds with one file edited, whose lines are counted from 1. */
const prepare = async (file: SeedFile, edit: Edit): Promise<void> => {
  for (const part of ["units", "reports", "work-calendar.csv", "procedures.csv"])
    await cp(new URL(part, SEEDS), join(folder, part), { recursive: true });
  const lines = ["", ...(await readFile(new URL(file, SEEDS), "utf8")).split("\n")];
  const edited = edit(lines) ?? lines.slice(1).join("\n");
  await writeFile(join(folder, file), edited);
};

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

const load = async (file: SeedFile, edit: Edit): Promise<unknown> => {
  await prepare(file, edit);
  return failureOf(loadSeeds(database.orm.em.fork(), () => {}, pathToFileURL(`${folder}/`)));
};

const expectRefused = (error: unknown, file: SeedFile, message: RegExp): void => {
  expect(error).toBeInstanceOf(FileError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toContain(file);
  expect((error as Error).message).not.toContain("\n");
};

const TABLES = ["unit", "unit_version", "succession", "edition", "contribution", "source", "figure", "work_calendar_day", "procedure"];

const countRows = async (): Promise<number> => {
  const counts = TABLES.map((table) => `(select count(*) from ${table})`).join(" + ");
  return (await sql.raw<{ n: number }>(`select ${counts} as n`).execute(database.orm.em.fork().getKysely())).rows[0]!.n;
};

describe("damaged files are refused, and nothing is stored", () => {
  it.each(DAMAGES)("%s", async (_what, file, edit, message) => {
    expectRefused(await load(file, edit), file, message);
    expect(await countRows()).toBe(0);
  });
});

describe("damaged reports are refused beside the loaded units", () => {
  let loaded: TestDatabase;
  beforeAll(async () => {
    loaded = await createDatabase();
  });
  afterAll(() => loaded.close());

  it.each(DAMAGES_BESIDE_UNITS)("%s", async (_what, file, edit, message) => {
    await prepare(file, edit);
    const reports = await readReports(pathToFileURL(`${folder}/reports/`));
    const loading = loaded.orm.em.fork().transactional(async (em) => {
      await sql`truncate source cascade`.execute(em.getKysely());
      await loadReports(em, reports);
    });
    expectRefused(await failureOf(loading), file, message);
  });
});

describe("whole files", () => {
  it("loads files saved by a spreadsheet: a byte order mark, CRLF and an empty last line", async () => {
    expect(await load("units/editions.csv", (lines) => `\uFEFF${lines.slice(1).join("\r\n")}\r\n`)).toBeNull();
    expect(await countRows()).toBeGreaterThan(30_000);
  });

  it("leaves a database that has units as it is", async () => {
    const before = await countRows();
    expect(await load("units/unit-versions.csv", () => "not looked at")).toBeNull();
    expect(await countRows()).toBe(before);
  });

  it("adds the work calendar once to a database of an earlier version, and logs it", async () => {
    const em = database.orm.em.fork();
    const run = async <T>(text: string) => (await sql.raw<T>(text).execute(em.getKysely())).rows;
    const days = await run("select * from work_calendar_day order by day");
    expect(days.length).toBeGreaterThan(100);
    await run("delete from work_calendar_day; delete from audit_entry");
    for (let n = 0; n < 2; n++) await loadSeeds(em);
    expect(await run("select * from work_calendar_day order by day")).toEqual(days);
    expect(await run("select operation, actor, after from audit_entry")).toEqual([
      {
        ...{ operation: "load seeds", actor: "command:seeds" },
        after: { calendarDays: days.length, files: { "work-calendar.csv": expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      },
    ]);
  });

  it("adds the catalogue once to a database of an earlier version, and logs it", async () => {
    const em = database.orm.em.fork();
    const run = async <T>(text: string) => (await sql.raw<T>(text).execute(em.getKysely())).rows;
    const query =
      "select p.code, p.name, f.code as field, p.working_days, p.has_fee from procedure p join procedure_field f on f.id = p.field_id order by 1";
    const procedures = await run(query);
    expect(procedures.length).toBeGreaterThan(30);
    expect(procedures).toContainEqual({ code: "1.000894", name: "Đăng ký kết hôn", field: "HT", working_days: 1, has_fee: false });
    await run("delete from procedure; delete from procedure_field; delete from audit_entry");
    for (let n = 0; n < 2; n++) await loadSeeds(em);
    expect(await run(query)).toEqual(procedures);
    expect(await run("select operation, actor, after from audit_entry")).toEqual([
      {
        ...{ operation: "load seeds", actor: "command:seeds" },
        after: { procedures: procedures.length, files: { "procedures.csv": expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      },
    ]);
  });

  it("leaves a catalogue as a province has corrected it", async () => {
    const em = database.orm.em.fork();
    const catalogue = await readProcedureFile(new URL("procedures.csv", SEEDS));
    const theirs = catalogue.map((row, n): ProcedureRow => ({
      ...{ code: row.code, name: `Thủ tục ${n}`, field: `F${n % 3}`, fieldName: `Lĩnh vực ${n % 3}`, workingDays: n },
      ...{ competence: "PROVINCE", serviceLevel: "INFORMATION", hasFee: !row.hasFee },
    }));
    const by = { actor: "command:test", actorName: "test", at: new Date() };
    expect(await loadCatalogue(em, theirs, by)).toMatchObject({ created: 0, updated: catalogue.length });
    await loadSeeds(em);
    expect(await loadCatalogue(em, theirs, by)).toMatchObject({ created: 0, updated: 0, unchanged: catalogue.length });
  });
});
