import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SeenTask, TaskRoom, UNITS } from "./task-room.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

describe("a task is assigned", () => {
  it("by OFFICERs of the assigning unit alone", async () => {
    const input = { idempotencyKey: "k", assignedBy: UNITS.province, lead: UNITS.interior, title: "Rà soát" };
    expect(await room.refused(null, "assignTask", input)).toMatchObject({ code: "UNAUTHENTICATED" });
    for (const who of ["interior", "one", "stranger"] as const)
      expect(await room.refused(who, "assignTask", input)).toMatchObject({ code: "FORBIDDEN" });
  });

  it("with all that was said of it, and one event", async () => {
    const task = await room.assign({
      ...{ title: "Rà soát thủ tục", product: "Báo cáo", deadline: "2026-12-15", coordinators: [UNITS.two, UNITS.building] },
      document: { number: "123/UBND-NC", signedOn: "2026-11-20", issuer: "UBND tỉnh", url: "https://caobang.example/123" },
    });
    expect(task).toMatchObject({
      ...{ title: "Rà soát thủ tục", product: "Báo cáo", deadline: "2026-12-15", originalDeadline: "2026-12-15", assignedOn: "2026-11-22" },
      document: { number: "123/UBND-NC", signedOn: "2026-11-20", issuer: "UBND tỉnh", url: "https://caobang.example/123" },
      ...{ assignedBy: { code: UNITS.province }, lead: { code: UNITS.interior }, parent: null, subtasks: [] },
      coordinators: [{ code: UNITS.two }, { code: UNITS.building }],
      ...{ progress: "NOT_STARTED", percent: null, doneOn: null, completedOn: null, timeliness: "IN_TIME" },
    });
    expect(task.events).toMatchObject({
      totalCount: 1,
      nodes: [{ action: "ASSIGNED", unit: { code: UNITS.province }, deadline: "2026-12-15" }],
    });
    expect(task.code).toMatch(/^NV-2026-\d{6}$/);
  });
});

const steps = async (start: SeenTask, ...all: readonly (readonly [who: "interior" | "province", mutation: string, input?: object])[]) => {
  let task = start;
  for (const [who, mutation, input = {}] of all) task = await room.change(who, mutation, { task: start.id, ...input });
  return task;
};

describe("a task goes its way", () => {
  it("from the first word to its confirmation", async () => {
    const done = await steps(
      await room.assign({ assignedOn: "2026-10-01", deadline: "2026-11-20" }),
      [
        "interior",
        "reportTaskProgress",
        { percent: 40, note: "Đã lấy ý kiến", evidence: [{ name: "Văn bản", url: "https://caobang.example/1" }] },
      ],
      ["interior", "completeTask", { doneOn: "2026-11-19" }],
    );
    expect(done).toMatchObject({ progress: "AWAITING_CONFIRMATION", percent: 40, doneOn: "2026-11-19", timeliness: "IN_TIME" });
    const confirmed = await steps(done, ["province", "confirmTask"]);
    expect(confirmed).toMatchObject({ progress: "COMPLETED", percent: 100, doneOn: "2026-11-19", completedOn: "2026-11-19" });
    expect(confirmed.events.nodes.map(({ action, unit }) => `${action} ${unit.code}`)).toEqual([
      `ASSIGNED ${UNITS.province}`,
      `REPORTED ${UNITS.interior}`,
      `DONE ${UNITS.interior}`,
      `CONFIRMED ${UNITS.province}`,
    ]);
    expect(confirmed.events.nodes[1]).toMatchObject({ percent: 40, evidence: [{ name: "Văn bản", url: "https://caobang.example/1" }] });
  });
});
