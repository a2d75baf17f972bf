import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "../support/key.ts";
import { type SeenTask, TaskRoom, UNITS } from "./task-room.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

const NOTE = { note: "Lý do" };
const lists = (tasks: readonly { readonly code: string }[]) => tasks.map(({ code }) => code);

/** The province gives a task to a department, which gives a part to a commune. */
const family = async (deadline: string | null = "2026-12-31"): Promise<{ parent: SeenTask; child: SeenTask }> => {
  const parent = await room.assign({ deadline });
  return { parent, child: await room.delegate("interior", parent.id, "one") };
};
const close = async (task: SeenTask, lead: "one" | "two", assigner: "interior" | "one" = "interior"): Promise<void> => {
  await room.change(lead, "completeTask", { task: task.id });
  await room.change(assigner, "confirmTask", { task: task.id });
};

describe("delegateTask", () => {
  it("makes the lead the assigner of a task of its own, with the deadline of the parent unless said", async () => {
    const { parent, child } = await family();
    expect(child).toMatchObject({
      ...{ assignedBy: { code: UNITS.interior }, lead: { code: UNITS.one }, parent: { id: parent.id }, progress: "NOT_STARTED" },
      ...{ assignedOn: "2026-11-22", deadline: "2026-12-31", originalDeadline: "2026-12-31", document: null },
    });
    const seen = await room.see("province", parent.id);
    expect(seen).toMatchObject({ progress: "IN_PROGRESS", subtasks: [{ id: child.id }] });
    expect(seen!.events.nodes.at(-1)).toMatchObject({ action: "DELEGATED", unit: { code: UNITS.interior }, note: null, deadline: null });
    const sooner = await room.delegate("interior", parent.id, "two", { deadline: "2026-12-01" });
    expect(sooner).toMatchObject({ deadline: "2026-12-01" });
    expect((await room.see("interior", parent.id))!.subtasks.map(({ id }) => id)).toEqual([child.id, sooner.id]);
  });

  it("shows each unit what concerns it: the parent not to the lead of a part, and the part not to who has nothing to do with it", async () => {
    const { parent, child } = await family();
    expect(await room.see("one", child.id)).toMatchObject({
      parent: null,
      viewerCan: ["REPORT", "COMPLETE", "DECLINE", "DELEGATE", "REQUEST_EXTENSION"],
    });
    for (const id of [parent.id, child.id]) expect(await room.see("building", id)).toBeNull();
    expect(await room.see("one", parent.id)).toBeNull();
  });

  it.each([
    ["a unit elsewhere", { lead: "01" }, "lead"],
    ["the lead itself", { lead: UNITS.interior }, "lead"],
    ["a deadline after that of the parent", { deadline: "2027-01-01" }, "deadline"],
    ["a deadline that has passed", { deadline: "2026-11-21" }, "deadline"],
    ["no title", { title: "" }, "title"],
  ])("refuses %s", async (_what, more, argument) => {
    const parent = await room.assign({ deadline: "2026-12-31" });
    const input = { idempotencyKey: crypto.randomUUID(), task: parent.id, lead: UNITS.one, title: "Một phần", ...more };
    expect(await room.refused("interior", "delegateTask", input)).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  it("lets an agency delegate within the unit that it serves, other agencies included, and a commune to nobody outside", async () => {
    const parent = await room.assign();
    expect(await room.delegate("interior", parent.id, "building")).toMatchObject({ lead: { code: UNITS.building } });
    const { child } = await family();
    const input = { idempotencyKey: crypto.randomUUID(), task: child.id, lead: UNITS.two, title: "Một phần" };
    expect(await room.refused("one", "delegateTask", input)).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "lead" } });
  });

  it("makes one task under a key, and one event of its parent", async () => {
    const parent = await room.assign();
    const input = { idempotencyKey: "once", task: parent.id, lead: UNITS.one, title: "Một phần" };
    const made = await Promise.all([1, 2, 3].map(() => room.change("interior", "delegateTask", input)));
    expect(new Set(lists(made)).size).toBe(1);
    expect(await room.see("interior", parent.id)).toMatchObject({ events: { totalCount: 2 }, subtasks: [{ id: made[0]!.id }] });
    expect(await room.refused("interior", "delegateTask", { ...input, lead: UNITS.two })).toMatchObject({ code: "CONFLICT" });
  });

  it("goes to any depth", async () => {
    await room.service.ask(
      `mutation { registerAgency(input: { unit: "${UNITS.one}", kind: DIVISION, name: "Phòng Kinh tế", validFrom: "2025-08-01" }) { agency { code } } }`,
      {} as never,
      await issueKey(room.service.database, "keeper", { "04": "ADMIN" }),
    );
    const { parent, child } = await family();
    const grandchild = await room.change("one", "delegateTask", {
      ...{ idempotencyKey: "deep", task: child.id, lead: `${UNITS.one}/phong-kinh-te`, title: "Phần nhỏ", deadline: "2026-12-10" },
    });
    expect(grandchild).toMatchObject({ parent: { id: child.id }, assignedBy: { code: UNITS.one } });
    expect(await room.see("interior", grandchild.id)).toBeNull();
    expect((await room.see("interior", child.id))!.subtasks).toEqual([]);

    // What a caller may not see is open all the same, and is not named.
    const hidden = await room.refused("interior", "reassignTask", { task: child.id, lead: UNITS.two, ...NOTE });
    expect(hidden).toMatchObject({ code: "CONFLICT", extensions: { subtasks: [] } });
    expect(hidden.message).not.toContain(grandchild.code);
    const earlier = await room.refused("interior", "extendTask", { task: child.id, deadline: "2026-12-09", ...NOTE });
    expect(earlier).toMatchObject({ code: "CONFLICT", extensions: { subtasks: [] } });
    expect(await room.change("interior", "extendTask", { task: child.id, deadline: "2026-12-10", ...NOTE })).toMatchObject({
      deadline: "2026-12-10",
    });

    await room.change("province", "cancelTask", { task: parent.id, withSubtasks: true, ...NOTE });
    expect(await room.see("one", grandchild.id)).toMatchObject({ progress: "CANCELLED", events: { totalCount: 2 } });
  });
});

describe("while delegated tasks are open", () => {
  it("their parent is neither completed nor reassigned, and each refusal names them", async () => {
    const { parent, child } = await family();
    const other = await room.delegate("interior", parent.id, "two");
    expect((await room.see("province", parent.id))!.viewerCan).toEqual([
      ...["REPORT", "DELEGATE", "REQUEST_EXTENSION", "AMEND", "EXTEND", "POSTPONE", "CANCEL"],
    ]);
    for (const [who, mutation, input] of [
      ["interior", "completeTask", {}],
      ["province", "reassignTask", { lead: UNITS.building, ...NOTE }],
      ["province", "cancelTask", NOTE],
    ] as const) {
      const refusal = await room.refused(who, mutation, { task: parent.id, ...input });
      expect(refusal).toMatchObject({ code: "CONFLICT", extensions: { argument: "task", subtasks: [child.id, other.id] } });
      for (const { code } of [child, other]) expect(refusal.message).toContain(code);
    }
    await close(child, "one");
    expect(await room.refused("interior", "completeTask", { task: parent.id })).toMatchObject({ extensions: { subtasks: [other.id] } });
    await room.change("interior", "cancelTask", { task: other.id, ...NOTE });
    expect(await room.change("interior", "completeTask", { task: parent.id })).toMatchObject({ progress: "AWAITING_CONFIRMATION" });
  });

  it("a task that waits for confirmation, is postponed or declined counts as open", async () => {
    const { parent, child } = await family();
    const isOpen = async () =>
      expect(await room.refused("interior", "completeTask", { task: parent.id })).toMatchObject({ extensions: { subtasks: [child.id] } });
    await room.change("one", "declineTask", { task: child.id, ...NOTE });
    await isOpen();
    await room.change("interior", "returnTask", { task: child.id, ...NOTE });
    await room.change("interior", "postponeTask", { task: child.id, ...NOTE });
    await isOpen();
    await room.change("interior", "resumeTask", { task: child.id, ...NOTE });
    await room.change("one", "completeTask", { task: child.id });
    await isOpen();
  });

  it("the deadline of their parent stays no earlier than theirs, and theirs no later than that of their parent", async () => {
    const { parent, child } = await family();
    for (const [mutation, input] of [
      ["extendTask", { deadline: "2026-12-30" }],
      ["extendTask", { deadline: "2026-12-01" }],
    ] as const)
      expect(await room.refused("province", mutation, { task: parent.id, ...NOTE, ...input })).toMatchObject({
        ...{ code: "CONFLICT", extensions: { subtasks: [child.id] } },
      });
    for (const input of [{ deadline: "2027-01-01" }, { removeDeadline: true }])
      expect(await room.refused("interior", "extendTask", { task: child.id, ...NOTE, ...input })).toMatchObject({
        ...{ code: "BAD_USER_INPUT", extensions: { argument: "deadline" } },
      });
    await room.change("interior", "extendTask", { task: child.id, deadline: "2026-12-01", ...NOTE });
    expect(await room.change("province", "extendTask", { task: parent.id, deadline: "2026-12-01", ...NOTE })).toMatchObject({
      deadline: "2026-12-01",
    });
    expect(await room.change("province", "extendTask", { task: parent.id, removeDeadline: true, ...NOTE })).toMatchObject({
      deadline: null,
    });
  });

  it("a part without a deadline keeps its parent from having one", async () => {
    const { parent, child } = await family(null);
    expect(child).toMatchObject({ deadline: null });
    const refusal = await room.refused("province", "extendTask", { task: parent.id, deadline: "2027-12-31", ...NOTE });
    expect(refusal).toMatchObject({ code: "CONFLICT", extensions: { subtasks: [child.id] } });
  });

  it("their parent is postponed without them, and cancelled with them where that is asked for", async () => {
    const { parent, child } = await family();
    const closed = await room.delegate("interior", parent.id, "two");
    await close(closed, "two");
    await room.change("province", "postponeTask", { task: parent.id, ...NOTE });
    expect(await room.see("one", child.id)).toMatchObject({ progress: "NOT_STARTED" });
    expect(await room.change("province", "cancelTask", { task: parent.id, withSubtasks: true, ...NOTE })).toMatchObject({
      progress: "CANCELLED",
    });
    expect(await room.see("one", child.id)).toMatchObject({ progress: "CANCELLED", viewerCan: [], events: { totalCount: 2 } });
    expect((await room.see("one", child.id))!.events.nodes.at(-1)).toMatchObject({ action: "CANCELLED", unit: { code: UNITS.province } });
    expect(await room.see("two", closed.id)).toMatchObject({ progress: "COMPLETED" });
  });

  it("a part is not made while its parent ends, nor the other way round", async () => {
    for (let n = 0; n < 5; n++) {
      const parent = await room.assign();
      const input = { idempotencyKey: crypto.randomUUID(), task: parent.id, lead: UNITS.one, title: "Một phần" };
      const outcomes = await Promise.all([
        room.try("interior", "delegateTask", input),
        room.try("interior", "completeTask", { task: parent.id }),
      ]);
      expect(outcomes.map(({ refusal }) => refusal?.code ?? "DONE").toSorted()).toEqual(["CONFLICT", "DONE"]);
    }
  });
});

describe("an imported task", () => {
  it("is delegated without a change of it, and changed by its source alone", async () => {
    const task = await room.assign();
    await sql`update task set is_imported = true where code = ${task.code} and assigner_id = (
      select unit_id from unit_version where code = ${UNITS.province} and valid_to is null)`.execute(
      room.service.database.orm.em.fork().getKysely(),
    );
    const child = await room.delegate("interior", task.id, "one");
    expect(await room.see("province", task.id)).toMatchObject({
      ...{ progress: "NOT_STARTED", viewerCan: ["DELEGATE"], events: { totalCount: 1 }, subtasks: [{ id: child.id }] },
    });
    const refusal = await room.refused("interior", "reportTaskProgress", { task: task.id, percent: 1 });
    expect(refusal).toMatchObject({ code: "CONFLICT", extensions: { possible: ["DELEGATE"] } });
  });
});
