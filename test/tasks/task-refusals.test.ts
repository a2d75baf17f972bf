import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "../support/key.ts";
import { type SeenTask, TaskRoom, UNITS, type Who } from "./task-room.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

const NOTE = { note: "Lý do" };
/** Each action with what it is asked with. */
const ASKED: Readonly<Record<string, readonly [mutation: string, input: Readonly<Record<string, unknown>>]>> = {
  REPORT: ["reportTaskProgress", { percent: 10 }],
  COMPLETE: ["completeTask", {}],
  DECLINE: ["declineTask", NOTE],
  DELEGATE: ["delegateTask", { idempotencyKey: "d", lead: UNITS.one, title: "Một phần" }],
  REQUEST_EXTENSION: ["requestTaskExtension", { deadline: "2027-01-01", ...NOTE }],
  CONFIRM: ["confirmTask", {}],
  RETURN: ["returnTask", NOTE],
  REOPEN: ["reopenTask", NOTE],
  AMEND: ["amendTask", { title: "Tên mới", ...NOTE }],
  EXTEND: ["extendTask", { deadline: "2027-01-01", ...NOTE }],
  POSTPONE: ["postponeTask", NOTE],
  RESUME: ["resumeTask", NOTE],
  REASSIGN: ["reassignTask", { lead: UNITS.building, ...NOTE }],
  CANCEL: ["cancelTask", NOTE],
};
const LEADS = ["REPORT", "COMPLETE", "DECLINE", "DELEGATE", "REQUEST_EXTENSION"];
const refusalOf = (who: Who, action: string, task: SeenTask) => {
  const [mutation, input] = ASKED[action]!;
  return room.refused(who, mutation, { task: task.id, ...input });
};

/** How a task comes to each progress. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  NOT_STARTED: [],
  IN_PROGRESS: ["REPORT"],
  AWAITING_CONFIRMATION: ["COMPLETE"],
  COMPLETED: ["COMPLETE", "CONFIRM"],
  POSTPONED: ["POSTPONE"],
  DECLINED: ["DECLINE"],
  CANCELLED: ["CANCEL"],
};
const taskIn = async (progress: string): Promise<SeenTask> => {
  let task = await room.assign({ deadline: "2026-12-31", coordinators: [UNITS.two] });
  for (const action of WAYS[progress]!) {
    const [mutation, input] = ASKED[action]!;
    task = await room.change(LEADS.includes(action) ? "interior" : "province", mutation, { task: task.id, ...input });
  }
  expect(task.progress).toBe(progress);
  return (await room.see("province", task.id))!;
};

describe("an action", () => {
  it.each(Object.keys(WAYS))("that is not possible while a task is %s is refused, naming what is", async (progress) => {
    const task = await taskIn(progress);
    const asLead = await room.see("interior", task.id);
    for (const action of Object.keys(ASKED)) {
      // The province covers its department, too, and may act for both.
      if (task.viewerCan.includes(action)) continue;
      const refusal = await refusalOf("province", action, task);
      expect(refusal, action).toMatchObject({ code: "CONFLICT", extensions: { argument: "task", progress, possible: task.viewerCan } });
      for (const named of [action, progress, ...task.viewerCan]) expect(refusal.message).toContain(named);
    }
    expect(asLead!.viewerCan).toEqual(task.viewerCan.filter((action) => LEADS.includes(action)));
    expect((await room.see("province", task.id))!.events.totalCount).toBe(WAYS[progress]!.length + 1);
  });

  it("of the assigner is refused to the lead, and every action to those who help", async () => {
    const task = await taskIn("NOT_STARTED");
    for (const action of Object.keys(ASKED)) {
      if (!LEADS.includes(action)) expect(await refusalOf("interior", action, task), action).toMatchObject({ code: "FORBIDDEN" });
      expect(await refusalOf("two", action, task), action).toMatchObject({ code: "FORBIDDEN" });
    }
    expect(await room.see("two", task.id)).toMatchObject({ viewerCan: [], events: { totalCount: 1 } });
  });

  it("of the lead is refused to an assigner that does not cover it", async () => {
    const parent = await room.assign();
    const task = await room.delegate("interior", parent.id, "one");
    for (const action of LEADS) expect(await refusalOf("interior", action, task), action).toMatchObject({ code: "FORBIDDEN" });
    expect((await room.see("interior", task.id))!.viewerCan).toEqual(["AMEND", "EXTEND", "POSTPONE", "REASSIGN", "CANCEL"]);
  });

  it("is refused to VIEWERs of either side, who see the task", async () => {
    const task = await taskIn("NOT_STARTED");
    const viewer = await issueKey(room.service.database, "viewer", { "04": "VIEWER" });
    const text = "mutation ($input: TaskNoteInput!) { declineTask(input: $input) { task { id } } }";
    const { errors } = await room.service.ask(text, { input: { task: task.id, ...NOTE } } as never, viewer);
    expect(errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    const seen = await room.service.ask<{ task: SeenTask }, object>(`{ task(id: "${task.id}") { code viewerCan } }`, {}, viewer);
    expect(seen.data.task).toEqual({ code: task.code, viewerCan: [] });
  });

  it("finds no task for those who see none, whatever the id", async () => {
    const task = await taskIn("NOT_STARTED");
    for (const id of [task.id, "x", "MTpOVi0yMDI2LTAwMDAwMQ==", ""]) {
      for (const who of ["stranger", "three"] as const) {
        const refusal = await room.refused(who, "declineTask", { task: id, ...NOTE });
        expect(refusal).toMatchObject({ code: "NOT_FOUND", message: `task: there is no task ${JSON.stringify(id)}` });
      }
    }
  });
});

describe("the audit trail", () => {
  const entries = async (subject: string) =>
    (
      await sql<{ operation: string; unit: string; before: object | null; after: object }>`
        select a.operation, v.code as unit, a.before, a.after from audit_entry a join unit_version v on v.unit_id = a.unit_id and v.valid_to is null
        where a.subject = ${subject} order by a.id`.execute(room.service.database.orm.em.fork().getKysely())
    ).rows;

  it("has each step with the unit that took it, and what it changed", async () => {
    const task = await taskIn("COMPLETED");
    expect(await entries(task.id)).toMatchObject([
      {
        operation: "assignTask",
        unit: UNITS.province,
        before: null,
        after: { code: task.code, deadline: "2026-12-31", coordinators: ["01279.2025"] },
      },
      {
        ...{ operation: "completeTask", unit: UNITS.interior },
        ...{ before: { progress: "NOT_STARTED", doneOn: null }, after: { progress: "AWAITING_CONFIRMATION", doneOn: "2026-11-22" } },
      },
      { operation: "confirmTask", unit: UNITS.province, after: { progress: "COMPLETED", completedOn: "2026-11-22" } },
    ]);
  });

  it("has nothing of what was refused", async () => {
    const task = await taskIn("CANCELLED");
    await refusalOf("province", "CANCEL", task);
    await refusalOf("interior", "REPORT", task);
    expect((await entries(task.id)).map(({ operation }) => operation)).toEqual(["assignTask", "cancelTask"]);
  });
});

describe("steps at the same time", () => {
  it("are taken one after the other: of two that exclude each other one is refused", async () => {
    for (let n = 0; n < 3; n++) {
      const task = await taskIn("NOT_STARTED");
      const outcomes = await Promise.all([
        room.try("interior", "declineTask", { task: task.id, ...NOTE }),
        room.try("province", "postponeTask", { task: task.id, ...NOTE }),
        room.try("interior", "completeTask", { task: task.id }),
      ]);
      const refused = outcomes.flatMap(({ refusal }) => (refusal ? [refusal.code] : []));
      expect(refused).toEqual(["CONFLICT", "CONFLICT"]);
      expect((await room.see("province", task.id))!.events.totalCount).toBe(2);
    }
  });
});
