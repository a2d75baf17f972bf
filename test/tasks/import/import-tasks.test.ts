import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TASK, type SeenTask, TaskRoom, UNITS, type Who } from "../task-room.ts";
import { IMPORT_TASKS, on, RETRACT_TASKS, type SentReport, type SentTask, sentTask } from "./sent-tasks.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

const COMMUNE = { one: "01273", two: "01279", three: "01288" };

const ask = async (who: Who | null, text: string, variables: object, name: string): Promise<SentReport> => {
  const bearer = who === null ? undefined : room.keyOf(who);
  const { data, errors } = await room.service.ask<Record<string, { report: SentReport }>, object>(text, variables, bearer);
  if (errors) throw new Error(`${String(errors[0]!.extensions["code"])} ${errors[0]!.message}`);
  return data[name]!.report;
};
const send = (source: string, tasks: readonly SentTask[], options: object = {}, who: Who | null = "province") =>
  ask(who, IMPORT_TASKS, { source, tasks: tasks.map(sentTask), ...options }, "importTasks");
const retract = (source: string, codes: readonly string[], who: Who = "province") =>
  ask(who, RETRACT_TASKS, { source, codes }, "retractTasks");
const problemsOf = ({ problems }: SentReport) => problems.map(({ record, field, code }) => `${record} ${field} ${code}`);

/** The tasks of a search, by code. */
const found = async (search: string, who: Who = "province"): Promise<SeenTask[]> => {
  const { data, errors } = await room.service.ask<{ tasks: { nodes: SeenTask[] } }, object>(
    `query ($search: String) { tasks(filter: { search: $search }, first: 200) { nodes { source { title } ${TASK} } } }`,
    { search },
    room.keyOf(who),
  );
  if (errors) throw new Error(errors[0]!.message);
  return data.tasks.nodes.toSorted((a, b) => (a.code < b.code ? -1 : 1));
};

describe("importing tasks", () => {
  it("is refused without a key, without the role, for a lead outside of it and for a foreign owner", async () => {
    await expect(send("x", [{ code: "1" }], {}, null)).rejects.toThrow("UNAUTHENTICATED");
    expect(problemsOf(await send("x", [{ code: "1" }], {}, "stranger"))).toEqual(["1 lead OUTSIDE_SCOPE"]);
    expect(problemsOf(await send("x", [{ code: "1", lead: COMMUNE.two }], {}, "one"))).toEqual(["1 lead OUTSIDE_SCOPE"]);
    await expect(send("x", [{ code: "1" }], { owner: "04" }, "stranger")).rejects.toThrow("FORBIDDEN owner");
    expect(await found("nhiem vu 1")).toEqual([]);
  });

  it("stores the whole present state of each, as lists and search show it", async () => {
    const document = { number: "123/UBND-NC", signedOn: "2026-02-27", issuer: "UBND tỉnh", url: "https://example.org/123" };
    const given: SentTask = {
      ...{ code: "QĐ-1", title: "Số hóa sổ hộ tịch", product: "Báo cáo", document, coordinators: [COMMUNE.two, COMMUNE.three] },
      ...{ deadline: "2026-10-31", originalDeadline: "2026-09-30", progress: "COMPLETED", percent: 90, doneOn: "2026-11-02" },
      ...{ completedOn: "2026-11-03", postponements: [{ from: "2026-05-04", to: "2026-05-08" }], updatedAt: on(4) },
    };
    expect(await send("whole", [given])).toMatchObject({ isKept: true, created: 1, rejected: 0, problems: [] });
    const [task] = await found("so hoa ho tich 123");
    expect(task).toMatchObject({
      ...{ code: "QĐ-1", title: "Số hóa sổ hộ tịch", product: "Báo cáo", document, source: { title: "whole" } },
      ...{ assignedBy: { code: "04" }, lead: { code: "01558" }, coordinators: [{ code: COMMUNE.two }, { code: COMMUNE.three }] },
      ...{ assignedOn: "2026-03-02", deadline: "2026-10-31", originalDeadline: "2026-09-30", progress: "COMPLETED", percent: 100 },
      ...{ doneOn: "2026-11-02", completedOn: "2026-11-03", timeliness: "OVERDUE", parent: null, subtasks: [], viewerCan: [] },
    });
    expect(task!.events).toMatchObject({
      totalCount: 1,
      nodes: [{ action: "IMPORTED", unit: { code: "04" }, percent: 90, deadline: "2026-10-31", doneOn: "2026-11-03", formerLead: null }],
    });
    expect((await found("so hoa ho tich", "two")).map(({ code }) => code)).toEqual(["QĐ-1"]);
    expect(await found("so hoa ho tich", "stranger")).toEqual([]);
  });

  it("changes nothing when sent again, takes the later word, and ignores the earlier one", async () => {
    const [first, later] = [
      { code: "a", updatedAt: on(1) },
      { code: "a", updatedAt: on(2), lead: COMMUNE.one, percent: 50, deadline: "2027-01-15" },
    ];
    expect(await send("again", [first])).toMatchObject({ created: 1 });
    expect(await send("again", [first])).toMatchObject({ created: 0, updated: 0, unchanged: 1, stale: 0 });
    expect(await send("again", [later])).toMatchObject({ updated: 1 });
    expect(await send("again", [first])).toMatchObject({ updated: 0, stale: 1 });
    expect(problemsOf(await send("again", [{ ...later, percent: 60 }]))).toEqual(["a updatedAt CONFLICT"]);
    const [task] = await found("nhiem vu a");
    expect(task).toMatchObject({ lead: { code: COMMUNE.one }, percent: 50, deadline: "2027-01-15", events: { totalCount: 2 } });
    expect(task!.events.nodes[1]).toMatchObject({ action: "IMPORTED", formerLead: { code: "01558" }, deadline: "2027-01-15" });
    // The present lead sees all that happened, the former one nothing.
    expect((await room.see("one", task!.id))!.events.nodes).toHaveLength(2);
  });

  it("counts at once at the lead and in all units above it, until it is retracted", async () => {
    const totals = async () => {
      const { data } = await room.service.ask<Record<string, { tasks: { total: number | null; runningOverdue: number | null } }>, object>(
        '{ lead: unit(code: "01288") { tasks(period: "2026-03") { total runningOverdue } } above: unit(code: "04") { tasks(period: "2026-03", leadBy: COMMUNE) { total } } }',
        {},
        room.keyOf("province"),
      );
      return [data["lead"]!.tasks.total, data["lead"]!.tasks.runningOverdue, data["above"]!.tasks.total];
    };
    const [, , before] = await totals();
    await send("counted", [{ code: "c-1", lead: COMMUNE.three, deadline: "2026-03-15" }]);
    expect(await totals()).toEqual([1, 1, before! + 1]);
    const done = { progress: "COMPLETED" as const, completedOn: "2026-03-10", updatedAt: on(2) };
    await send("counted", [{ code: "c-1", lead: COMMUNE.three, deadline: "2026-03-15", ...done }]);
    expect(await totals()).toEqual([1, 0, before! + 1]);
    await retract("counted", ["c-1"]);
    expect((await totals())[2]).toBe(before);
  });

  it("links parents of the same source, sent before or with it in any order", async () => {
    const chain = [
      { code: "leaf", parent: "middle", lead: COMMUNE.one },
      { code: "middle", parent: "root" },
      { code: "root", lead: "04" },
    ];
    expect(await send("chain", chain)).toMatchObject({ created: 3, problems: [] });
    expect(await send("chain", [{ code: "later", parent: "leaf" }])).toMatchObject({ created: 1 });
    const tasks = new Map((await found("nhiem vu")).map((task) => [task.code, task]));
    expect(tasks.get("leaf")!.parent).toEqual({ id: tasks.get("middle")!.id });
    expect(tasks.get("root")!.subtasks).toMatchObject([{ code: "middle" }]);
    expect(tasks.get("later")!.parent).toEqual({ id: tasks.get("leaf")!.id });
  });

  it("refuses a parent that is unknown, refused or endless, and with it what is new below", async () => {
    const rows = [
      { code: "good" },
      { code: "lost", parent: "nowhere" },
      { code: "below", parent: "lost" },
      { code: "own", parent: "own" },
      { code: "one", parent: "two" },
      { code: "two", parent: "one" },
      { code: "bad", progress: "COMPLETED" as const },
      { code: "of-bad", parent: "bad" },
    ];
    const report = await send("parents", rows, { partial: true });
    expect(report).toMatchObject({ isKept: true, created: 1, rejected: 7 });
    expect(problemsOf(report)).toEqual([
      ...["lost parent PARENT_UNKNOWN", "below parent PARENT_UNKNOWN", "own parent PARENT_ENDLESS", "one parent PARENT_ENDLESS"],
      ...["two parent PARENT_ENDLESS", "bad completedOn COMPLETED_MISSING", "of-bad parent PARENT_UNKNOWN"],
    ]);
    await send("parents", [{ code: "top" }, { code: "low", parent: "top" }]);
    expect(problemsOf(await send("parents", [{ code: "top", parent: "low", updatedAt: on(2) }]))).toEqual(["top parent PARENT_ENDLESS"]);
    // The other way round it is a chain again.
    const turned = [
      { code: "top", parent: "low", updatedAt: on(2) },
      { code: "low", updatedAt: on(2) },
    ];
    expect(await send("parents", turned)).toMatchObject({ updated: 2 });
  });

  it("is atomic, stores the valid rows with partial, and nothing in a dry run", async () => {
    const rows = [{ code: "good" }, { code: "bad", deadline: "2026-03-01" }];
    expect(await send("rows", rows)).toMatchObject({ isKept: false, created: 1, rejected: 1 });
    expect(await send("rows", [rows[0]!], { dryRun: true })).toMatchObject({ isKept: false, created: 1 });
    const partial = await send("rows", rows, { partial: true });
    expect(partial).toMatchObject({ isKept: true, created: 1 });
    expect(problemsOf(partial)).toEqual(["bad deadline BEFORE_ASSIGNED"]);
  });
});

describe("an imported task", () => {
  it("is changed by its source alone, may be delegated here, and keeps what was delegated", async () => {
    await send("steps", [{ code: "s", lead: "04/so-noi-vu" }]);
    const [task] = await found("nhiem vu s");
    expect((await room.see("interior", task!.id))!.viewerCan).toEqual(["DELEGATE"]);
    expect(await room.refused("interior", "reportTaskProgress", { task: task!.id, percent: 10 })).toMatchObject({ code: "CONFLICT" });
    expect(await room.refused("province", "cancelTask", { task: task!.id, note: "x" })).toMatchObject({ code: "CONFLICT" });
    const part = await room.delegate("interior", task!.id, "one");
    expect(part.parent).toEqual({ id: task!.id });
    expect(problemsOf(await retract("steps", ["s"]))).toEqual(["s codes HAS_SUBTASKS"]);
    // It is put below another task; what was delegated from it follows, and can be worked on.
    await send("steps", [{ code: "above" }, { code: "s", lead: "04/so-noi-vu", parent: "above", updatedAt: on(2) }]);
    expect((await room.change("one", "completeTask", { task: part.id })).progress).toBe("AWAITING_CONFIRMATION");
    expect((await room.see("interior", task!.id))!.subtasks).toMatchObject([{ code: part.code }]);
    const families = await room.service.database.orm.em
      .getConnection()
      .execute<{ family: string }[]>(
        "select distinct family from task where source_id in (select id from source where name = 'steps') or code = ?",
        [part.code],
      );
    expect(families).toHaveLength(1);
  });

  it("is retracted with its events, atomically, and can be sent again", async () => {
    await send("wrong", [{ code: "w-1" }, { code: "w-2", parent: "w-1" }, { code: "w-3" }]);
    await expect(retract("wrong", ["w-1"], "stranger")).rejects.toThrow("FORBIDDEN");
    expect(problemsOf(await retract("wrong", ["w-1", "w-3", "nothing"]))).toEqual(["w-1 codes HAS_SUBTASKS", "nothing codes UNKNOWN_TASK"]);
    expect(await retract("wrong", ["w-1", "w-2"])).toMatchObject({ isKept: true, updated: 2, problems: [] });
    expect((await found("nhiem vu w")).map(({ code }) => code)).toEqual(["w-3"]);
    const left = await room.service.database.orm.em
      .getConnection()
      .execute("select code from task_event where code like 'w-%' union all select code from task_stage");
    expect(left).toEqual([{ code: "w-3" }]);
    const trail = await room.service.database.orm.em
      .getConnection()
      .execute("select subject from audit_entry where operation = 'retractTasks' and subject like 'wrong %' order by 1");
    expect(trail).toEqual([{ subject: "wrong w-1" }, { subject: "wrong w-2" }]);
    expect(await send("wrong", [{ code: "w-1" }])).toMatchObject({ created: 1 });
  });
});

describe("a caller who means harm", () => {
  it("changes no task of another unit, not by its code, its source or its parent", async () => {
    await send("shared", [{ code: "mine" }, { code: "theirs", lead: COMMUNE.two, coordinators: [] }]);
    // A source of its own of the same name, and a task of its own of the same code.
    expect(await send("shared", [{ code: "theirs", lead: COMMUNE.one }], {}, "one")).toMatchObject({ created: 1, updated: 0 });
    expect(await send("desk", [{ code: "d-1", lead: COMMUNE.one }], { owner: COMMUNE.one })).toMatchObject({ created: 1 });
    expect(await send("desk", [{ code: "d-2", lead: COMMUNE.two }])).toMatchObject({ created: 1 });
    // The owner of the source does not lead that task.
    const taken = await send("desk", [{ code: "d-2", lead: COMMUNE.one, updatedAt: on(9) }], {}, "one");
    expect(problemsOf(taken)).toEqual(["d-2 lead OUTSIDE_SCOPE"]);
    const below = await send("desk", [{ code: "d-3", lead: COMMUNE.one, parent: "d-2" }], {}, "one");
    expect(problemsOf(below)).toEqual(["d-3 parent PARENT_UNKNOWN"]);
    expect(problemsOf(await retract("desk", ["d-2"], "one"))).toEqual(["d-2 codes UNKNOWN_TASK"]);
    expect((await found("nhiem vu d")).map(({ code, lead }) => [code, lead.code])).toEqual([
      ["d-1", COMMUNE.one],
      ["d-2", COMMUNE.two],
    ]);
  });

  it("sends nothing as the source of tasks that are assigned here", async () => {
    await room.assign();
    const [{ key }] = (await room.service.database.orm.em
      .getConnection()
      .execute<{ key: string }[]>("select key from source where name = '@tasks' limit 1")) as [{ key: string }];
    for (const source of ["@tasks", key]) {
      await expect(send(source, [{ code: "NV-2026-000001" }])).rejects.toThrow("BAD_USER_INPUT source");
      await expect(retract(source, ["NV-2026-000001"])).rejects.toThrow("BAD_USER_INPUT source");
    }
  });

  it("learns from warnings of tasks that it may write, and of no others", async () => {
    await send("first", [{ code: "twice", lead: COMMUNE.two }]);
    const again = await send("second", [{ code: "twice" }]);
    expect(again.warnings).toMatchObject([{ row: 1, record: "twice", message: expect.stringContaining("first") as string }]);
    expect((await send("third", [{ code: "twice", lead: COMMUNE.one }], {}, "one")).warnings).toEqual([]);
    expect(UNITS.one).toBe(COMMUNE.one);
  });
});
