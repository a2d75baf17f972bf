import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { run } from "../support/command.ts";
import { issueKey } from "../support/key.ts";

let service: TestService;
let admin: string;
let folder: string;
beforeAll(async () => {
  service = await startService();
  admin = await issueKey(service.database, "admin", { "22": "ADMIN" });
  folder = await mkdtemp(join(tmpdir(), "cchc-rubric-"));
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

const OPTIONS = [
  "--organiser",
  "22",
  "--index",
  "PAR",
  "--block",
  "WARDS",
  "--block-name",
  "Khối phường",
  "--year",
  "2026",
  "--name",
  "Bộ tiêu chí cấp xã",
];
const BANDS = ["--bands", "YEU=...50; KHA=50...80; TOT=80..."];
const SEED = "seeds/rubrics/communes.csv";
const importFile = (path: string, ...more: readonly string[]) => run("import", service.database, ["rubric", path, ...OPTIONS, ...more]);
const write = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
const ask = async <T>(text: string, variables: object = {}) => (await service.ask<T, object>(text, variables, admin)).data;

describe("a file of a rubric", () => {
  it("comes back as it was imported, and becomes the next version without a change", async () => {
    const first = await importFile(SEED, ...BANDS, "--bonus-max", "2.5");
    expect(first).toMatchObject({ code: 0, err: "" });
    const [, id] = /^(\S+): version 1, a draft, 34 criteria\n$/.exec(first.out)!;
    const exported = await run("export", service.database, ["rubric", id!]);
    expect(exported.err).toBe(
      `${id}: version 1, DRAFT; it is imported with --organiser 22 --index PAR --block WARDS --block-name 'Khối phường' --year 2026 --name 'Bộ tiêu chí cấp xã' --bonus-max 2.5 --penalty-max 0 --bands 'YEU=...50; KHA=50...80; TOT=80...'\n`,
    );
    const again = await importFile(await write("again.csv", exported.out), ...BANDS, "--bonus-max", "2.5", "--publish");
    const [, second] = /^(\S+): version 2, published, 34 criteria\n$/.exec(again.out)!;
    expect(await ask(`query ($from: ID!, $to: ID!) { rubricDiff(from: $from, to: $to) { code } }`, { from: id, to: second })).toEqual({
      rubricDiff: [],
    });
    expect((await run("export", service.database, ["rubric", second!])).out).toBe(exported.out);
    expect(
      await ask(
        "query ($id: ID!) { rubric(id: $id) { maxScore bonusMax state bands { classification { code } from to } domains { code maxScore } } }",
        { id: second },
      ),
    ).toMatchObject({
      rubric: {
        ...{
          maxScore: 100,
          bonusMax: 2.5,
          state: "PUBLISHED",
          bands: [
            { from: null, to: 50 },
            { from: 50, to: 80 },
            { from: 80, to: null },
          ],
        },
        domains: [20.5, 10, 10, 6, 10.5, 6, 14, 9, 14].map((maxScore, n) => ({ code: String(n + 1), maxScore })),
      },
    });
    const trail = await ask<{ auditTrail: { nodes: { operation: string; actor: string }[] } }>(
      '{ auditTrail(unit: "22") { nodes { operation actor } } }',
    );
    const own = trail.auditTrail.nodes.filter(({ operation }) => operation !== "createAccessKey");
    expect(own.map(({ operation }) => operation).toSorted()).toEqual(["import rubric", "import rubric", "publishRubric"]);
    expect(own[0]!.actor).toMatch(/^command:/);
  });

  it("keeps texts that a spreadsheet would take for formulas, in both forms", async () => {
    const scale = '"- Đủ 4 quý: 2 điểm\n\n- Thiếu 1 quý; -1 điểm\n+ Không: 0"';
    const rows = ["code,name,maxScore,scale,scoring", `1,"-Ban hành kế hoạch",2,${scale},MANUAL`, ""];
    const { out } = await importFile(await write("scale.csv", rows.join("\n")), "--block", "SCALES");
    const first = out.split(":")[0]!;
    const read = async (id: string) =>
      (await ask<{ rubric: unknown }>("query ($id: ID!) { rubric(id: $id) { domains { name scale } } }", { id })).rubric;
    const before = await read(first);
    expect(before).toEqual({
      domains: [{ name: "-Ban hành kế hoạch", scale: "- Đủ 4 quý: 2 điểm\n\n- Thiếu 1 quý; -1 điểm\n+ Không: 0" }],
    });
    for (const name of ["guarded.csv", "guarded.xlsx"]) {
      await run("export", service.database, ["rubric", first, "--out", join(folder, name)]);
      const again = await importFile(join(folder, name), "--block", "SCALES");
      expect(await read(again.out.split(":")[0]!), name).toEqual(before);
    }
  });

  it("may be written to a file or a workbook, which an import reads as well", async () => {
    const { out } = await importFile(SEED);
    const path = join(folder, "out.csv");
    const exported = await run("export", service.database, ["rubric", out.split(":")[0]!, "--out", path]);
    expect(exported).toMatchObject({ code: 0, out: "" });
    expect((await readFile(path, "utf8")).split("\n")[0]).toBe("code,name,maxScore,scale,scoring,indicator,steps,appraiser,evidence");
    const workbook = join(folder, "out.xlsx");
    await run("export", service.database, ["rubric", out.split(":")[0]!, "--out", workbook]);
    const [, next] = /^(\S+): version \d, a draft, 34 criteria\n$/.exec((await importFile(workbook)).out)!;
    const texts = await Promise.all(
      [out.split(":")[0]!, next!].map(async (id) => (await run("export", service.database, ["rubric", id])).out),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(await run("export", service.database, ["rubric", "x"])).toMatchObject({ code: 1, err: 'cchc-graph: There is no rubric "x"\n' });
  });

  it("is stored whole or not at all, and problems name row and column", async () => {
    const header = "code,name,maxScore,scoring,indicator,steps,evidence\n";
    const cells = await importFile(await write("cells.csv", `${header}1,A,x,MANUAL,,,\n2,B,5,GUESS,,,maybe\n3,C,5,SURVEY,,0:0,\n`));
    expect(cells.code).toBe(1);
    expect(cells.out).toBe("nothing was stored\n");
    const found = async (name: string) =>
      (await readFile(join(folder, `${name}.csv.problems.csv`), "utf8"))
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(",").slice(0, 3).join());
    expect(await found("cells")).toEqual([
      "2,maxScore,NUMBER_EXPECTED",
      "3,scoring,SCORING_UNKNOWN",
      "3,evidence,BAD_FLAG",
      "4,steps,STEPS_MALFORMED",
    ]);
    await importFile(await write("tree.csv", `${header}1,A,5,,,,\n1.1,B,4,MANUAL,,,\n1.1,C,4,INDICATOR,x,0=1,\n`), "--bands", "TOT=0...");
    expect(await found("tree")).toEqual([
      ...["1,,BAND_GAP", "4,code,CODE_TWICE", "4,indicator,INDICATOR_UNKNOWN", "2,maxScore,MAXIMA_DIFFER"],
    ]);
    expect((await importFile(SEED, "--index", "X")).err).toContain("must be an index");
    expect((await importFile(SEED, "--bands", "TOT")).err).toContain("must be classes");
    expect((await importFile(SEED, "--organiser", "nobody")).err).toContain("must be the code or id of a unit");
  });
});
