import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../lib/files/folder.ts";
import { run } from "../../support/command.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";

const file = temporaryFolder();
const task = (code: string, more: object = {}) => ({
  ...{ code, title: `Nhiệm vụ ${code}`, assignedBy: "04", lead: "01558", assignedOn: "2026-03-02", deadline: "2026-12-31" },
  ...{ progress: "IN_PROGRESS", updatedAt: "2026-11-20T08:00:00+07:00" },
  ...more,
});
// 1 December 2026 is a Tuesday; the three working days after it end on Friday.
const ON = "2026-12-01";
const TASKS = [
  task("late", { deadline: "2026-11-27" }),
  task("today", { deadline: ON }),
  task("friday", { deadline: "2026-12-04", lead: "01273" }),
  task("saturday", { deadline: "2026-12-05", lead: "01273" }),
  task("monday", { deadline: "2026-12-07" }),
  task("open", { deadline: null }),
  task("done", { deadline: "2026-11-27", progress: "COMPLETED", completedOn: "2026-11-20" }),
  task("postponed", { deadline: "2026-11-27", progress: "POSTPONED", postponements: [{ from: "2026-11-19" }] }),
  task("waiting", { deadline: "2026-11-27", progress: "AWAITING_CONFIRMATION", doneOn: "2026-11-19" }),
  task("declined", { deadline: "2026-12-02", progress: "DECLINED", lead: "01273" }),
  // Xã Hạ Lang has followed the one lead; huyện Hạ Lang, the other one, was split.
  task("merged", { deadline: "2026-11-30", assignedBy: "048", lead: "01573", assignedOn: "2025-03-03" }),
  task("split", { deadline: "2026-11-30", lead: "048", assignedOn: "2025-03-03" }),
  task("elsewhere", { deadline: ON, assignedBy: "48", lead: "48" }),
];

describe("npm run notices", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    const path = file("tasks.ndjson", TASKS.map((one) => JSON.stringify(one)).join("\n"));
    expect(await run("import", database, ["tasks", path, "--source", "all"])).toMatchObject({ code: 0 });
  });
  afterAll(() => database.close());

  const notices = (...args: string[]) => run("notices", database, args);
  const listed = async (...args: string[]) => {
    const { code, out, err } = await notices(...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const rows: Readonly<Record<string, string>>[] = parse(out, { columns: true });
    return rows.map((one) => [one["unit"], one["notice"], one["code"], one["daysLeft"], one["daysLate"]].join(" "));
  };

  it("prints what falls due, is overdue or waits for confirmation, by unit", async () => {
    expect(await listed("--unit", "04", "--on", ON)).toEqual([
      "01273 DUE declined 1 ",
      "01273 DUE friday 3 ",
      "01273 DUE saturday 3 ",
      "01558 OVERDUE late  2",
      "01558 OVERDUE merged  1",
      "01558 DUE today 0 ",
      "04 AWAITING_CONFIRMATION waiting  ",
      "048 OVERDUE split  1",
    ]);
    expect(await listed("--unit", "01558", "--on", ON, "--within", "4")).toEqual([
      "01558 OVERDUE late  2",
      "01558 OVERDUE merged  1",
      "01558 DUE today 0 ",
      "01558 DUE monday 4 ",
    ]);
    expect(await listed("--unit", "48", "--on", ON, "--within", "0")).toEqual(["48 DUE elsewhere 0 "]);
    expect(await listed("--unit", "22", "--on", ON)).toEqual([]);
  });

  it("has all that a reader needs in each line", async () => {
    const { out } = await notices("--unit", "01558", "--on", ON, "--within", "0");
    expect(out).toBe(
      "unit,unitName,notice,code,title,deadline,daysLeft,daysLate,progress,doneOn,assignedBy,lead\n" +
        "01558,Xã Hạ Lang,OVERDUE,late,Nhiệm vụ late,2026-11-27,,2,IN_PROGRESS,,Tỉnh Cao Bằng,Xã Hạ Lang\n" +
        "01558,Xã Hạ Lang,OVERDUE,merged,Nhiệm vụ merged,2026-11-30,,1,IN_PROGRESS,,Huyện Hạ Lang,Xã Hạ Lang\n" +
        "01558,Xã Hạ Lang,DUE,today,Nhiệm vụ today,2026-12-01,0,,IN_PROGRESS,,Tỉnh Cao Bằng,Xã Hạ Lang\n",
    );
  });

  it("prints a letter to each office", async () => {
    expect((await notices("--unit", "04", "--on", ON, "--format", "text")).out).toContain(`Xã Hạ Lang (01558), ngày 01/12/2026
  Quá hạn (2):
    late  Nhiệm vụ late (hạn 27/11/2026, quá 2 ngày làm việc; giao: Tỉnh Cao Bằng)
    merged  Nhiệm vụ merged (hạn 30/11/2026, quá 1 ngày làm việc; giao: Huyện Hạ Lang)
  Sắp đến hạn (1):
    today  Nhiệm vụ today (hạn 01/12/2026, hôm nay; giao: Tỉnh Cao Bằng)
`);
    expect((await notices("--unit", "22", "--on", ON, "--format", "text")).out).toBe("Ngày 01/12/2026: không có nhiệm vụ cần nhắc.\n");
  });

  it.each([
    [["--on", ON], "required option '--unit <unit>' not specified"],
    [["--unit", "nowhere", "--on", ON], '--unit: no unit has the code or id "nowhere" on 2026-12-01'],
    [["--unit", "04", "--on", "1/12/2026"], "must be a day from 2015-08-31 on as YYYY-MM-DD"],
    [["--unit", "04", "--within", "-1"], "must be a whole number from 0 to 250"],
    [["--unit", "04", "--format", "pdf"], "Allowed choices are csv, text"],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await notices(...args);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(message) as string });
  });
});
