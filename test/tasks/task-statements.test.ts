import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statementsOf } from "../support/statements.ts";
import { TaskRoom, UNITS } from "./task-room.ts";

let room: TaskRoom;
beforeAll(async () => {
  room = await TaskRoom.start();
});
afterAll(() => room.service.close());

const inputOf = (mutation: string) => `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

/** Sends the mutation as the province. @returns the id of the task, and the number of messages to PostgreSQL. */
const counted = async (mutation: string, input: object): Promise<{ readonly task: string; readonly sent: number }> => {
  let task = "";
  const sent = await statementsOf(async () => {
    const { data, errors } = await room.service.ask<Record<string, { task: { id: string } }>, object>(
      `mutation ($input: ${inputOf(mutation)}!) { ${mutation}(input: $input) { task { id } } }`,
      { input },
      room.keyOf("province"),
    );
    expect(errors).toBeUndefined();
    task = data[mutation]!.task.id;
  });
  return { task, sent: sent.length };
};

const assign = (key: string) =>
  counted("assignTask", {
    idempotencyKey: key,
    ...{ assignedBy: UNITS.province, lead: UNITS.one, title: "Rà soát thủ tục", deadline: "2026-12-31" },
  });

/** With the statement that finds the caller of the request. */
const MOST = { assignTask: 5, reportTaskProgress: 4, completeTask: 5, confirmTask: 4 };

describe("a write of a task with its counters", () => {
  it("sends few messages, however many tasks there are", async () => {
    await assign("first");
    for (const tasks of [1, 20]) {
      for (let n = 1; n < tasks; n++) await assign(`more-${n}`);
      const { task, sent } = await assign(`last-${tasks}`);
      const steps = [
        sent,
        (await counted("reportTaskProgress", { task, percent: 50 })).sent,
        (await counted("completeTask", { task })).sent,
        (await counted("confirmTask", { task })).sent,
      ];
      for (const [n, [mutation, most]] of Object.entries(MOST).entries()) expect(steps[n], mutation).toBeLessThanOrEqual(most);
    }
  });
});
