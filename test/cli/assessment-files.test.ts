import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CycleRoom, type SeenCycle, sheetOf } from "../assessments/cycle-room.ts";
import { temporaryFolder } from "../lib/files/folder.ts";
import { run } from "../support/command.ts";

const file = temporaryFolder();
let room: CycleRoom;
let cycle: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
  await room.advance(cycle.id, "SURVEY");
});
afterAll(() => room.service.close());

const importRows = (name: string, rows: readonly string[]) =>
  run("import", room.service.database, [
    "survey",
    file(name, ["unit,criterion,respondents,weight,count", ...rows, ""].join("\n")),
    "--cycle",
    cycle.id,
  ]);
const surveyed = async () => {
  const { sheets } = (await room.seeCycle("admin", cycle.id))!;
  return ["01273", "01279", "01288"].map(
    (code) => sheetOf({ ...cycle, sheets }, code).items.find(({ criterion }) => criterion.code === "2.2")!.finalScore,
  );
};

describe("a file of a survey", () => {
  it("stores the sums of each group of respondents, and replaces those that were sent before", async () => {
    const first = await importRows("a.csv", [
      "01273,2.2,Người dân,1,3",
      "01273,2.2,Người dân,0.6,1",
      "01273,2.2,Doanh nghiệp,0.2,1",
      "01279,2.2,Người dân,1,9",
    ]);
    expect(first).toMatchObject({ code: 0, out: "3 groups of answers were stored\n" });
    // (3 + 0.6 + 0.2) / 5 = 0.76, of 20 points on a straight line.
    expect(await surveyed()).toEqual([15.2, 20, null]);
    expect((await importRows("b.csv", ["01273,2.2,Doanh nghiệp,1,1"])).code).toBe(0);
    expect(await surveyed()).toEqual([18.4, 20, null]);
  });

  it("is refused as a whole, with each fault at its row and column", async () => {
    const refused = await importRows("c.csv", [
      "01288,2.2,Người dân,1,3",
      "01288,2.1,Người dân,1,3",
      "01300,2.2,Người dân,1.5,3",
      "01288,2.2,Cán bộ,1,một",
    ]);
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining("nothing was stored") });
    expect(refused.err).toMatch(/row 5.*count/);
    const again = await importRows("d.csv", ["01288,2.2,Người dân,1,3", "01288,2.1,Người dân,1,3", "01300,2.2,Người dân,1.5,3"]);
    expect(again.code).toBe(1);
    for (const expected of [/row 3.*criterion/, /row 4.*unit/, /row 4.*weight/]) expect(again.err).toMatch(expected);
    expect(await surveyed()).toEqual([18.4, 20, null]);
  });
});

describe("a file for the meeting", () => {
  it("has the sheet of a unit, and the standings of the block", async () => {
    const sheet = await run("export", room.service.database, ["sheet", sheetOf(cycle, "01273").id]);
    expect(sheet).toMatchObject({ code: 0, err: "" });
    expect(sheet.out).toContain("2.2,Hài lòng,20,,,,18.4,");
    const path = file("standings.csv");
    const standings = await run("export", room.service.database, ["standings", cycle.id, "--out", path]);
    expect(standings).toMatchObject({ code: 0, out: "" });
    expect((await run("export", room.service.database, ["sheet", "nothing"])).err).toContain("there is no sheet");
  });
});
