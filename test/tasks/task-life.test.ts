import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SeenTask, TaskRoom, UNITS, type Who } from "./task-room.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

type Taken = readonly [who: Who, mutation: string, input?: Readonly<Record<string, unknown>>];
const take = async (start: SeenTask, ...steps: readonly Taken[]): Promise<SeenTask> => {
  let task = start;
  for (const [who, mutation, input = {}] of steps) task = await room.change(who, mutation, { task: start.id, ...input });
  return task;
};
const NOTE = { note: "Lý do" };
const newKey = (): string => crypto.randomUUID();
const inputOf = (more: object = {}) => ({
  ...{ idempotencyKey: newKey(), assignedBy: UNITS.province, lead: UNITS.interior, title: "Rà soát" },
  ...more,
});

describe("assignTask", () => {
  it("is refused to all but OFFICERs of the assigning unit", async () => {
    expect(await room.refused(null, "assignTask", inputOf())).toMatchObject({ code: "UNAUTHENTICATED" });
    for (const who of ["interior", "one", "stranger"] as const)
      expect(await room.refused(who, "assignTask", inputOf())).toMatchObject({ code: "FORBIDDEN" });
  });

  it.each([
    ["a lead in another province", { lead: "01" }, "lead"],
    ["a lead that does not exist on the day of assignment", { assignedOn: "2025-07-31" }, "lead"],
    ["an unknown assigner", { assignedBy: "x" }, "assignedBy"],
    ["a day to come", { assignedOn: "2026-11-23" }, "assignedOn"],
    ["a deadline before the day of assignment", { deadline: "2026-11-21" }, "deadline"],
    ["no title", { title: " " }, "title"],
    ["the lead among those who help it", { coordinators: [UNITS.interior] }, "coordinators[0]"],
    ["a unit twice among those who help", { coordinators: [UNITS.one, UNITS.one] }, "coordinators[1]"],
    ["a document signed on a day to come", { document: { number: "1", signedOn: "2026-12-01" } }, "document.signedOn"],
    ["an address that is none", { document: { number: "1", url: "javascript:alert(1)" } }, "document.url"],
    ["a key with a blank", { idempotencyKey: "a b" }, "idempotencyKey"],
  ])("refuses %s", async (_what, more, argument) => {
    expect(await room.refused("province", "assignTask", inputOf(more))).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  it("makes a task with all that was said of it, and one event", async () => {
    const document = { number: "123/UBND-NC", signedOn: "2026-11-20", issuer: "UBND tỉnh", url: "https://caobang.example/123" };
    const task = await room.assign({
      ...{ title: "Rà soát thủ tục", product: "Báo cáo", deadline: "2026-12-15", coordinators: [UNITS.two, UNITS.building], document },
    });
    expect(task).toMatchObject({
      ...{ title: "Rà soát thủ tục", product: "Báo cáo", deadline: "2026-12-15", originalDeadline: "2026-12-15", assignedOn: "2026-11-22" },
      ...{ document, assignedBy: { code: UNITS.province }, lead: { code: UNITS.interior }, parent: null, subtasks: [] },
      coordinators: [{ code: UNITS.two }, { code: UNITS.building }],
      ...{ progress: "NOT_STARTED", percent: null, doneOn: null, completedOn: null, timeliness: "IN_TIME" },
    });
    const event = { action: "ASSIGNED", unit: { code: UNITS.province }, deadline: "2026-12-15" };
    expect(task.events).toMatchObject({ totalCount: 1, nodes: [event] });
  });

  it("counts codes by the assigning unit and the year of assignment, without a gap", async () => {
    const number = (task: SeenTask) => Number(/^NV-(?:2025|2026)-(\d{6})$/.exec(task.code)![1]);
    const [first, second] = [await room.assign(), await room.assign()];
    await room.refused("province", "assignTask", inputOf({ deadline: "2020-01-01" }));
    const third = await room.assign();
    expect([second, third].map(number)).toEqual([number(first) + 1, number(first) + 2]);
    expect((await room.assign({ assignedOn: "2025-12-31" })).code).toBe("NV-2025-000001");
    expect((await room.assign({ assignedBy: UNITS.one, lead: UNITS.one }, "one")).code).toBe("NV-2026-000001");
  });

  it("makes one task under a key, and refuses another content under it", async () => {
    const input = inputOf({ product: null });
    const made = await Promise.all([1, 2, 3].map(() => room.change("province", "assignTask", input)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await take(made[0]!, ["interior", "reportTaskProgress", { percent: 10 }]);
    const again = await room.change("province", "assignTask", { ...input, product: undefined });
    expect(again).toMatchObject({ id: made[0]!.id, progress: "IN_PROGRESS" });
    const refusal = await room.refused("province", "assignTask", { ...input, title: "Việc khác" });
    expect(refusal).toMatchObject({ code: "CONFLICT", extensions: { argument: "idempotencyKey" } });
    expect((await room.change("one", "assignTask", { ...input, assignedBy: UNITS.one, lead: UNITS.one })).id).not.toBe(made[0]!.id);
  });
});

describe("a task", () => {
  it("goes from the first word of its lead to the confirmation", async () => {
    const evidence = [{ name: "Văn bản", url: "https://caobang.example/1" }];
    const done = await take(
      await room.assign({ assignedOn: "2026-10-01", deadline: "2026-11-20" }),
      ["interior", "reportTaskProgress", { percent: 40, note: "Đã lấy ý kiến", evidence }],
      ["interior", "reportTaskProgress", NOTE],
      ["interior", "completeTask", { doneOn: "2026-11-19" }],
    );
    expect(done).toMatchObject({ progress: "AWAITING_CONFIRMATION", percent: 40, doneOn: "2026-11-19", timeliness: "IN_TIME" });
    const confirmed = await take(done, ["province", "confirmTask"]);
    expect(confirmed).toMatchObject({ progress: "COMPLETED", percent: 100, doneOn: "2026-11-19", completedOn: "2026-11-19" });
    expect(confirmed.events.nodes.map(({ action, unit }) => `${action} ${unit.code}`)).toEqual([
      ...[`ASSIGNED ${UNITS.province}`, `REPORTED ${UNITS.interior}`, `REPORTED ${UNITS.interior}`, `DONE ${UNITS.interior}`],
      `CONFIRMED ${UNITS.province}`,
    ]);
    expect(confirmed.events.nodes[1]).toMatchObject({ percent: 40, note: "Đã lấy ý kiến", evidence });
  });

  it("is overdue where it was done late, and in time where the assigner accepts an earlier day", async () => {
    const late = await take(await room.assign({ assignedOn: "2026-10-01", deadline: "2026-11-18" }), ["interior", "completeTask"]);
    expect(late).toMatchObject({ doneOn: "2026-11-22", timeliness: "OVERDUE" });
    expect(await take(late, ["province", "confirmTask", { completedOn: "2026-11-18" }])).toMatchObject({ timeliness: "IN_TIME" });
  });

  it("is sent back, which takes the reported day away, and opened again, which takes the confirmed one", async () => {
    const returned = await take(
      await room.assign(),
      ...([
        ["interior", "reportTaskProgress", { percent: 90 }],
        ["interior", "completeTask"],
        ["province", "returnTask", NOTE],
      ] as const),
    );
    expect(returned).toMatchObject({ progress: "IN_PROGRESS", percent: 90, doneOn: null });
    const again = await take(returned, ["interior", "completeTask"], ["province", "confirmTask"], ["province", "reopenTask", NOTE]);
    expect(again).toMatchObject({ progress: "IN_PROGRESS", percent: 90, doneOn: null, completedOn: null });
  });

  it("is declined, and returned to its start", async () => {
    const declined = await take(await room.assign(), ["interior", "declineTask", NOTE]);
    expect(declined).toMatchObject({ progress: "DECLINED" });
    expect(await take(declined, ["province", "returnTask", NOTE])).toMatchObject({ progress: "NOT_STARTED" });
  });

  it("gets the deadline that the assigner sets, whatever the lead asks for", async () => {
    const asked = await take(await room.assign({ deadline: "2026-12-01" }), [
      ...(["interior", "requestTaskExtension", { deadline: "2027-01-01", ...NOTE }] as const),
    ]);
    expect(asked).toMatchObject({ progress: "NOT_STARTED", deadline: "2026-12-01" });
    const extended = await take(asked, ["province", "extendTask", { deadline: "2026-12-20", ...NOTE }]);
    expect(extended).toMatchObject({ deadline: "2026-12-20", originalDeadline: "2026-12-01" });
    const without = await take(extended, ["province", "extendTask", { removeDeadline: true, ...NOTE }]);
    expect(without).toMatchObject({ deadline: null, originalDeadline: "2026-12-01", timeliness: "NO_DEADLINE" });
    expect(without.events.nodes.slice(1).map(({ action, deadline }) => [action, deadline])).toEqual([
      ["EXTENSION_REQUESTED", "2027-01-01"],
      ["EXTENDED", "2026-12-20"],
      ["EXTENDED", null],
    ]);
    for (const input of [{}, { deadline: "2026-12-20", removeDeadline: true }, { deadline: "2026-11-21" }])
      expect(await room.refused("province", "extendTask", { task: asked.id, ...input, ...NOTE })).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("goes on where it was postponed, in time on the days on which it stood still", async () => {
    const overdue = await room.assign({ assignedOn: "2026-10-01", deadline: "2026-11-18" });
    expect(overdue).toMatchObject({ timeliness: "OVERDUE" });
    const postponed = await take(overdue, ["province", "postponeTask", NOTE]);
    expect(postponed).toMatchObject({ progress: "POSTPONED", timeliness: "IN_TIME" });
    expect(await take(postponed, ["province", "resumeTask", NOTE])).toMatchObject({ progress: "NOT_STARTED", timeliness: "IN_TIME" });
    const later = await take(
      overdue,
      ...([
        ["interior", "reportTaskProgress", { percent: 5 }],
        ["province", "postponeTask", NOTE],
        ["province", "resumeTask", { deadline: "2026-12-31", ...NOTE }],
      ] as const),
    );
    expect(later).toMatchObject({ progress: "IN_PROGRESS", percent: 5, deadline: "2026-12-31" });
  });

  it("is put right in its text and in who helps", async () => {
    const task = await room.assign({ product: "Báo cáo", coordinators: [UNITS.one] });
    const amended = await take(task, ["province", "amendTask", { title: "Tên mới", coordinators: [UNITS.two], ...NOTE }]);
    expect(amended).toMatchObject({ title: "Tên mới", product: "Báo cáo", coordinators: [{ code: UNITS.two }] });
    expect([await room.see("one", task.id), (await room.see("two", task.id))?.title]).toEqual([null, "Tên mới"]);
    expect(await take(task, ["province", "amendTask", { product: null, ...NOTE }])).toMatchObject({ title: "Tên mới", product: null });
    for (const input of [{}, { coordinators: [UNITS.interior] }, { title: "" }])
      expect(await room.refused("province", "amendTask", { task: task.id, ...input, ...NOTE })).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("begins anew with another lead, and its former one sees it no more", async () => {
    const task = await take(await room.assign({ coordinators: [UNITS.building] }), ["interior", "reportTaskProgress", { percent: 50 }]);
    const moved = await take(task, ["province", "reassignTask", { lead: UNITS.building, deadline: "2026-12-31", ...NOTE }]);
    expect(moved).toMatchObject({ progress: "NOT_STARTED", percent: null, deadline: "2026-12-31", lead: { code: UNITS.building } });
    expect(moved.coordinators).toEqual([]);
    expect(moved.events.nodes.at(-1)).toMatchObject({ action: "REASSIGNED", formerLead: { code: UNITS.interior }, deadline: "2026-12-31" });
    expect(await room.see("interior", task.id)).toBeNull();
    expect(await room.see("building", task.id)).toMatchObject({ events: { totalCount: 3 } });
    for (const lead of [UNITS.building, UNITS.stranger])
      expect(await room.refused("province", "reassignTask", { task: task.id, lead, ...NOTE })).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("is taken back for good", async () => {
    const task = await take(await room.assign(), ["province", "postponeTask", NOTE], ["province", "cancelTask", NOTE]);
    expect(task).toMatchObject({ progress: "CANCELLED", viewerCan: [] });
    expect(await room.refused("province", "amendTask", { task: task.id, title: "x", ...NOTE })).toMatchObject({ code: "CONFLICT" });
  });

  it("refuses days on which nothing can have been done", async () => {
    const task = await room.assign({ assignedOn: "2026-11-01" });
    for (const doneOn of ["2026-10-31", "2026-11-23"])
      expect(await room.refused("interior", "completeTask", { task: task.id, doneOn })).toMatchObject({ code: "BAD_USER_INPUT" });
    await take(task, ["interior", "completeTask", { doneOn: "2026-11-01" }]);
    expect(await room.refused("province", "confirmTask", { task: task.id, completedOn: "2026-10-31" })).toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  it("refuses a report that says nothing, and a percentage that is none", async () => {
    const task = await room.assign();
    for (const input of [{}, { percent: 101 }, { percent: -1 }, { note: "" }])
      expect(await room.refused("interior", "reportTaskProgress", { task: task.id, ...input })).toMatchObject({ code: "BAD_USER_INPUT" });
  });
});
