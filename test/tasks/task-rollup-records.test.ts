import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { TaskRoom, UNITS, type Who } from "./task-room.ts";

let room: TaskRoom;
let admin: string;
let now = NOW;

/** Today is 22 November; what is public ends on the 14th. */
beforeAll(async () => {
  room = await TaskRoom.start({ clock: () => now });
  admin = await issueKey(room.service.database, "Cao Bằng", { "04": "ADMIN" });
  const assign = (lead: Who, assignedOn: string, deadline: string | null) => room.assign({ lead: UNITS[lead], assignedOn, deadline });
  const confirm = async (who: Who, task: string, doneOn: string) => {
    await room.change(who, "completeTask", { task, doneOn });
    await room.change("province", "confirmTask", { task });
  };
  await confirm("interior", (await assign("interior", "2026-10-05", "2026-10-20")).id, "2026-10-19");
  await assign("one", "2026-10-10", "2026-10-31");
  await assign("two", "2026-11-16", null);
  await confirm("three", (await assign("three", "2026-10-01", "2026-11-10")).id, "2026-11-18");
  const { id } = await assign("interior", "2026-10-20", "2026-12-15");
  await room.delegate("interior", id, "two", { deadline: "2026-12-01" });
});
afterAll(() => room.service.close());

const tasksOf = async (code: string, args: string, fields: string, bearer: string | undefined = admin): Promise<unknown> => {
  const text = `query ($code: ID!) { unit(code: $code) { tasks(${args}) { ${fields} } } }`;
  const { data, errors } = await room.service.ask<{ unit: { tasks: unknown } }, object>(text, { code }, bearer);
  expect(errors).toBeUndefined();
  return data.unit.tasks;
};

const COUNTS =
  "total withDeadline withoutDeadline completedOnTime completedLate runningNotDue runningOverdue delegated due dueCompletedOnTime";

describe("roll-ups of tasks from records", () => {
  it("counts the tasks of a month as they were at its end", async () => {
    expect(await tasksOf("04", 'period: "2026-10"', `${COUNTS} dataThrough`)).toEqual({
      ...{ total: 4, withDeadline: 4, withoutDeadline: 0, completedOnTime: 1, completedLate: 0, runningNotDue: 3, runningOverdue: 0 },
      ...{ delegated: 0, due: 2, dueCompletedOnTime: 1, dataThrough: "2026-10-31" },
    });
  });

  it("counts a running month through today for VIEWERs, and through the last half-month for everybody else", async () => {
    expect(await tasksOf("04", 'period: "2026-11"', `${COUNTS} dataThrough`)).toEqual({
      ...{ total: 5, withDeadline: 4, withoutDeadline: 1, completedOnTime: 0, completedLate: 1, runningNotDue: 2, runningOverdue: 1 },
      ...{ delegated: 1, due: 1, dueCompletedOnTime: 0, dataThrough: "2026-11-22" },
    });
    const everybody = {
      ...{ total: 3, withDeadline: 3, withoutDeadline: 0, completedOnTime: 0, completedLate: 0, runningNotDue: 1, runningOverdue: 2 },
      ...{ delegated: 0, due: 1, dueCompletedOnTime: 0, dataThrough: "2026-11-14" },
    };
    const text = `{ unit(code: "04") { tasks(period: "2026-11") { ${COUNTS} dataThrough } split: tasks(period: "2026-11-02/2026-11-10") { total dataThrough } } }`;
    for (const bearer of [undefined, room.keyOf("stranger")]) {
      const { data } = await room.service.ask<unknown, object>(text, {}, bearer);
      expect(data).toEqual({ unit: { tasks: everybody, split: { total: null, dataThrough: null } } });
    }
  });

  it("has a rate of all tasks with a deadline, and one of those that fell due", async () => {
    const rates = "withDeadline: onTimeRate { numerator denominator } due: onTimeRate(basis: DUE) { numerator denominator value }";
    expect(await tasksOf("04", 'period: "2026-10"', rates)).toEqual({
      withDeadline: { numerator: 4, denominator: 4 },
      due: { numerator: 1, denominator: 2, value: 0.5 },
    });
  });

  it("adds up over parts, tiers and the months of a series, and names its source", async () => {
    const fields = `parts { unit { code } counts { total delegated onTimeRate(basis: DUE) { denominator } } isRemainder } byTier { tier rollup { total } }
      coverage { unitsCovered } sources { kind title } exact bounds(measure: TOTAL) { low high } incomplete`;
    const part = (code: string, total: number, due: number | null, isRemainder = false) => ({
      ...{ unit: { code }, counts: { total, delegated: 0, onTimeRate: { denominator: due } }, isRemainder },
    });
    const found = (await tasksOf("04", 'period: "2026-10"', fields)) as { readonly incomplete: readonly string[] };
    expect(found).toMatchObject({
      parts: [part("01273", 1, 1), part("01288", 1, 0), part(UNITS.interior, 2, 1), part("04", 0, 0, true)],
      byTier: [
        { tier: "PROVINCE", rollup: { total: 2 } },
        { tier: "COMMUNE", rollup: { total: 2 } },
      ],
      ...{ coverage: { unitsCovered: 3 }, sources: [{ kind: "RECORDS", title: "Nhiệm vụ được giao" }], exact: true },
      bounds: { low: 4, high: 4 },
    });
    expect(found.incomplete).toHaveLength(15);
    expect(await tasksOf("04", 'period: "2026-Q4"', "series(grain: MONTH) { total dataThrough }")).toEqual({
      series: [
        { total: 4, dataThrough: "2026-10-31" },
        { total: 5, dataThrough: "2026-11-22" },
        { total: null, dataThrough: null },
      ],
    });
  });

  it("needs as many statements for the tree of a large province as for that of a small one", async () => {
    const fields = (period: string) => `tasks(period: "${period}") { total onTimeRate { value } coverage { unitsCovered } }`;
    const tree = (code: string, period: string) => `{ unit(code: "${code}") { ${fields(period)} children { code ${fields(period)} } } }`;
    const key = await issueKey(room.service.database, "reader", { VN: "VIEWER" });
    const sent = async (code: string, period: string): Promise<readonly [units: number, statements: number]> => {
      const ask = () => room.service.ask<{ unit: { children: { code: string }[] } }, object>(tree(code, period), {}, key);
      // What is made when first asked for is made.
      const { data } = await ask();
      return [data.unit.children.length, (await statementsOf(ask)).length];
    };
    const { data } = await room.service.ask<{ unit: { children: { code: string }[] } }, object>(
      '{ unit(code: "48") { children { code } } }',
    );
    const lead = data.unit.children[0]!.code;
    await room.change("stranger", "assignTask", {
      ...{ idempotencyKey: "one", assignedBy: "48", lead, title: "Một", assignedOn: "2026-10-05" },
    });
    for (const period of ["2026-10", "2026-10-03/2026-11-20"]) {
      const [small, large] = [await sent("04", period), await sent("48", period)];
      expect(large[0]).toBeGreaterThan(small[0]);
      expect(large[1]).toBe(small[1]);
    }
  });
});

describe("tasks beside reported figures", () => {
  const figure = "total withDeadline reconciliation { measure reported recorded difference source { kind } }";

  it("stand behind a figure until they are complete, and are compared with it", async () => {
    const figures = [{ measure: "task.total", value: 10, scope: "PROVINCE", period: "2026-10", quote: "trong tháng" }];
    const input = { idempotencyKey: "tasks", title: "Báo cáo nhiệm vụ", unit: "04", figures };
    const submit = "mutation ($input: SubmitReportInput!) { submitReport(input: $input) { report { id } problems { message } } }";
    const made = await room.service.ask<{ submitReport: { report: { id: string } } }, object>(submit, { input }, admin);
    const publish = "mutation ($id: ID!) { publishReport(input: { id: $id }) { report { state } } }";
    expect((await room.service.ask(publish, { id: made.data.submitReport.report.id } as never, admin)).errors).toBeUndefined();
    const compared = [{ measure: "TOTAL", reported: 10, recorded: 2, difference: -8, source: { kind: "REPORT" } }];
    expect(await tasksOf("04", 'period: "2026-10", leadBy: PROVINCE', figure)).toEqual({
      total: 10,
      withDeadline: 2,
      reconciliation: compared,
    });
    expect(await tasksOf("04", 'period: "2026-10"', "total")).toEqual({ total: 12 });
    expect(await tasksOf("VN", 'period: "2026-10"', "total")).toEqual({ total: 12 + 1 });
    const declare = `mutation { declareComplete(input: { kind: TASKS, units: ["04"], since: "2026-10-01", through: "2026-10-31" }) { records { kind completeThrough } } }`;
    expect((await room.service.ask(declare, {} as never, admin)).errors).toBeUndefined();
    expect(await tasksOf("04", 'period: "2026-10", leadBy: PROVINCE', figure)).toEqual({
      total: 2,
      withDeadline: 2,
      reconciliation: compared,
    });
    expect(await tasksOf("04", 'period: "2026-10"', "total")).toEqual({ total: 4 });
  });

  it("change the answer with the next step", async () => {
    await room.assign({ lead: UNITS.one, assignedOn: "2026-10-15" });
    expect(await tasksOf("04", 'period: "2026-10"', "total withoutDeadline")).toEqual({ total: 5, withoutDeadline: 1 });
  });

  it("are no import, and say nothing of the unit's records", async () => {
    const { data } = await room.service.ask<unknown, object>('{ unit(code: "01273") { records { kind lastImportAt } } }', {}, admin);
    expect(data).toEqual({ unit: { records: [] } });
  });
});

describe("a task that waits for confirmation", () => {
  it("is overdue from the day on which it was done late, also where that day is one of a postponement", async () => {
    const { id } = await room.assign({ lead: UNITS.building, deadline: "2026-11-23" });
    const on = async (day: string, who: Who, mutation: string, more: object = {}) => {
      now = new Date(`${day}T09:00:00+07:00`);
      await room.change(who, mutation, { task: id, ...more });
    };
    await on("2026-11-24", "province", "postponeTask", { note: "n" });
    await on("2026-11-28", "province", "resumeTask", { note: "n" });
    await on("2026-11-30", "building", "completeTask", { doneOn: "2026-11-26" });
    const overdueOn = (day: string) => tasksOf(UNITS.building, `period: "2026-11-22/${day}"`, "runningOverdue");
    for (const day of ["2026-11-23", "2026-11-25"]) expect(await overdueOn(day), day).toEqual({ runningOverdue: 0 });
    for (const day of ["2026-11-26", "2026-11-30"]) expect(await overdueOn(day), day).toEqual({ runningOverdue: 1 });
    // Done in time as confirmed in the end, it never was overdue.
    await on("2026-11-30", "province", "confirmTask", { completedOn: "2026-11-23" });
    expect(await overdueOn("2026-11-30")).toEqual({ runningOverdue: 0 });
  });
});
