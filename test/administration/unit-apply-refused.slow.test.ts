import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileError } from "../../src/lib/files/file-error.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { registerAgency } from "../../src/administration/agency-register.service.ts";
import { applyUnits, planFrom, planUnits, storedUnits } from "../../src/administration/unit-apply.service.ts";
import type { StoredUnits } from "../../src/hierarchy/unit-merge.ts";
import { readNextUnits } from "../../src/hierarchy/unit-next.ts";
import { run } from "../support/command.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { viewerOf } from "../support/viewer.ts";
import { digestOf, type FileName, type Files, folderOf, nextEdition } from "../hierarchy/next-edition.ts";

const DAY = "2027-01-01";
const LATER = "2027-07-01";
const SEEDS = fileURLToPath(new URL("../../seeds/units", import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const em = () => database.orm.em.fork();
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

describe("an invalid edition changes nothing, and the error names file, row and column:", () => {
  let before: Record<string, string>;
  let stored: StoredUnits;
  beforeAll(async () => {
    before = await digestOf(database);
    stored = await storedUnits(em());
  });

  it.each<[string, readonly [FileName, Edit], RegExp]>([
    [
      "an invalid day",
      inVersions((l) => (l[1] = l[1]!.replace(DAY, "2027-02-30"))),
      /unit-versions\.csv, row 3, column valid_from: "2027-02-30"/,
    ],
    [
      "another name in a stored version",
      inVersions((l) => (l[2] = l[2]!.replace(",Nùng", ",Nung"))),
      /row 4, column name: .* rewrites history: the stored .* of 01279\.2025 from 2025-07-01 is "Nùng Trí Cao"/,
    ],
    [
      "another code in a stored version",
      inVersions((l) => (l[2] = l[2]!.replace(",01279,", ",01280,"))),
      /row 4, column code: "01280" rewrites history/,
    ],
    [
      "another parent in a stored version",
      inVersions((l) => (l[2] = l[2]!.replace("04.2015", "20.2015"))),
      /row 4, column parent_id: "20.2015" rewrites history/,
    ],
    ["another act in a stored version", inVersions((l) => (l[2] += "x")), /row 4, column resolution: .* rewrites history/],
    [
      "an end within history",
      inVersions((l) => (l[2] = l[2]!.replace(DAY, "2026-09-20"))),
      /row 4, column valid_to: "2026-09-20" rewrites history: it is not after 2026-09-20/,
    ],
    [
      "another end than the stored one",
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
      "a version of an abolished unit",
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
      "an unknown parent",
      inVersions((l) => (l[4] = l[4]!.replace("04.2015", "99.2015"))),
      /row 6, column parent_id: "99.2015" is not a unit/,
    ],
    [
      "an abolished parent",
      inVersions((l) => (l[4] = l[4]!.replace("04.2015", "08.2015"))),
      /row 6, column parent_id: "08.2015" does not exist/,
    ],
    [
      "an end of a unit with units below it",
      inVersions((l) => l.splice(1, l.length)),
      /row 2, column valid_to: "2027-01-01" leaves 01\d+\.\d+ .* below it/,
    ],
    ["a slash in an id", inVersions((l) => (l[4] = l[4]!.replace("01279.2027", "04.2015/x"))), /row 6, column unit_id: .* slash/],
    [
      "a succession of an unknown unit",
      inSuccessions((l) => (l[0] = l[0]!.replace("01279.2025", "1.2025"))),
      /successions\.csv, row 2, column predecessor_id: "1\.2025" is not a unit/,
    ],
    [
      "a succession to an unknown unit",
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
      "a whole succession to two units",
      inSuccessions((l) => l.push(`01290.2025,01273.2025,${DAY},WHOLE,,,`)),
      /row [45], column kind: "WHOLE" does not fit 2 successors/,
    ],
    [
      "another kind of a stored succession",
      inSuccessions((l) => l.push("10597.2015,10585.2015,2019-01-10,PART,,623/NQ-UBTVQH14,")),
      /row 5, column kind: "PART" rewrites history/,
    ],
    [
      "a stored succession without one successor",
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
    const { path, remove } = await folderOf(files);
    const error = await readNextUnits(path)
      .then((next) => planFrom(stored, next))
      .catch((reason: unknown) => reason)
      .finally(remove);
    expect(error).toBeInstanceOf(FileError);
    expect((error as Error).message).toMatch(message);
  });

  it.each<readonly [FileName, Edit, RegExp]>([
    ["unit-versions.csv", (l) => (l[2] = l[2]!.replace(",Nùng", ",Nung")), /unit-versions\.csv, row 4, column name/],
    ["successions.csv", (l) => (l[0] = l[0]!.replace(DAY, "2026-09-20")), /successions\.csv, row 2, column effective_on/],
    ["editions.csv", (l) => (l[0] = l[0]!.replace("3319", "3320")), /editions\.csv, row 2, column communes/],
  ])("%s that is refused changes nothing", async (name, edit, message) => {
    const files = nextEdition(DAY, LATER);
    const lines = [...files[name]];
    edit(lines);
    await expect(applied({ ...files, [name]: lines })).rejects.toThrow(message);
    expect(await digestOf(database)).toEqual(before);
  });

  it("a complete set lacks a row", async () => {
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

  it("a unit ends before its agency begins", async () => {
    const viewer = await viewerOf(database, "admin", { "04": "ADMIN" });
    const agency = { unit: "01288", kind: "DIVISION", name: "Phòng Mới", validFrom: "2028-01-01" } as const;
    await registerAgency(new RequestContext(database.pools, NOW, { viewer }), agency);
    const registered = await digestOf(database);
    await expect(applied(nextEdition(DAY, LATER))).rejects.toThrow(
      /row 5, column valid_to: .* ends it before its agency 01288\.2025\/phong-moi begins, on 2028-01-01/,
    );
    expect(await digestOf(database)).toEqual(registered);
  });

  it("the command prints one line and exits with 1", async () => {
    const { path, remove } = await folderOf({ ...nextEdition(DAY, LATER), "successions.csv": [`x,y,${DAY},WHOLE,,,`] });
    const { code, out, err } = await run("units", database, ["apply", path]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^cchc-graph: .*successions\.csv, row 2, column predecessor_id: "x" is not a unit of unit-versions\.csv\n$/);
    await remove();
    const missing = await run("units", database, ["apply", path]);
    expect([missing.code, missing.err]).toEqual([1, `cchc-graph: ${path} does not exist\n`]);
    const help = await run("units", database, ["apply", "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("--dry-run");
  });
});
