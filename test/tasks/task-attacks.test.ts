import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role } from "../../src/access/viewer.ts";
import { issueKey } from "../support/key.ts";
import { IMPORT_TASKS, RETRACT_TASKS, sentTask } from "./import/sent-tasks.ts";
import { type SeenTask, TaskRoom, UNITS } from "./task-room.ts";

let room: TaskRoom;
let task: SeenTask;
beforeAll(async () => {
  room = await TaskRoom.start();
  task = await room.assign({ lead: UNITS.one, deadline: "2026-12-31" });
  await answerOf(room.keyOf("province"), IMPORT_TASKS, { source: "system", tasks: [sentTask({ code: "1", lead: UNITS.one })] });
});
afterAll(() => room.service.close());

const answerOf = async (bearer: string | undefined, query: string, variables: object) => {
  const { data, errors } = await room.service.ask<unknown, object>(query, variables, bearer);
  return { data, errors };
};
type Answer = Awaited<ReturnType<typeof answerOf>>;
const codesOf = ({ errors }: Answer) => (errors ?? []).map(({ extensions }) => extensions["code"]);

const note = "Lý do";
const noted = (mutation: string) => ["TaskNoteInput", mutation, { note }] as const;
const given = (mutation: string, input: object) => [`${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`, mutation, input] as const;

/** Every step of a task. */
const STEPS = [
  ...["declineTask", "returnTask", "reopenTask", "postponeTask"].map(noted),
  given("reportTaskProgress", { percent: 10 }),
  given("completeTask", {}),
  given("delegateTask", { idempotencyKey: "attack", lead: UNITS.two, title: "x" }),
  given("requestTaskExtension", { deadline: "2027-01-01", note }),
  given("confirmTask", {}),
  given("amendTask", { title: "x", note }),
  given("extendTask", { deadline: "2027-01-01", note }),
  given("resumeTask", { note }),
  given("reassignTask", { lead: UNITS.building, note }),
  given("cancelTask", { note, withSubtasks: true }),
];
const step = (bearer: string | undefined, [type, mutation, input]: (typeof STEPS)[number], id: string) =>
  answerOf(bearer, `mutation ($input: ${type}!) { ${mutation}(input: $input) { task { id code } } }`, { input: { ...input, task: id } });

/** The form of an id of which there is no task. */
const NONE = Buffer.from("987654:NV-2026-000001").toString("base64url");

/** Writes that name no task. */
const assign = (bearer: string | undefined, assignedBy: string, lead: string) =>
  answerOf(bearer, "mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { id } } }", {
    input: { idempotencyKey: `attack-${assignedBy}`, assignedBy, lead, title: "x" },
  });

/** Units that do not see the task: of another province, beside the lead, and beside those who assign. */
const OUTSIDE: readonly (readonly [Role, readonly string[]])[] = [
  ["VIEWER", [UNITS.stranger]],
  ["OFFICER", [UNITS.stranger, UNITS.three, UNITS.building]],
  ["ADMIN", [UNITS.stranger]],
];
/** A key with the role on the unit. */
const keyOf = (role: Role, unit: string) => issueKey(room.service.database, `${role} ${unit}`, { [unit]: role });

const untouched = async () => {
  expect(await room.see("province", task.id)).toMatchObject({ progress: "NOT_STARTED", deadline: "2026-12-31", events: { totalCount: 1 } });
};

describe("a task, for those outside of it,", () => {
  it.each(OUTSIDE)("is to a caller with the role %s as one that there is not, by each mutation and each field", async (role, units) => {
    for (const unit of units) {
      const key = await keyOf(role, unit);
      for (const asked of STEPS) {
        const [there, none] = await Promise.all([step(key, asked, task.id), step(key, asked, NONE)]);
        expect(codesOf(there), asked[1]).toEqual([role === "VIEWER" ? "FORBIDDEN" : "NOT_FOUND"]);
        expect(JSON.stringify(there).replaceAll(task.id, "id"), asked[1]).toBe(JSON.stringify(none).replaceAll(NONE, "id"));
      }
      const questions = `query ($id: ID!) { task(id: $id) { code } _entities(representations: [{ __typename: "Task", id: $id }]) { ... on Task { code } } }`;
      const seen = await Promise.all([task.id, NONE].map((id) => answerOf(key, questions, { id })));
      expect(seen[0]).toEqual(seen[1]);
    }
    await untouched();
  });

  it("is refused to anonymous callers like any other", async () => {
    for (const asked of STEPS) {
      const [there, none] = await Promise.all([step(undefined, asked, task.id), step(undefined, asked, NONE)]);
      expect(codesOf(there), asked[1]).toEqual(["UNAUTHENTICATED"]);
      expect(there).toEqual(none);
    }
    expect(codesOf(await assign(undefined, UNITS.province, UNITS.one))).toEqual(["UNAUTHENTICATED"]);
    await untouched();
  });

  it("is not counted, searched or reached by the cursor of somebody who sees it", async () => {
    const list = (after: string | null) => ({
      query: `query ($after: String) { tasks(filter: { search: "ra soat" }, first: 1, after: $after) { totalCount nodes { code } pageInfo { hasNextPage endCursor } } }`,
      variables: { after },
    });
    await room.assign({ lead: UNITS.one });
    const inside = await answerOf(room.keyOf("province"), list(null).query, list(null).variables);
    const { tasks } = inside.data as { tasks: { totalCount: number; pageInfo: { endCursor: string } } };
    expect(tasks.totalCount).toBe(2);
    for (const unit of [UNITS.stranger, UNITS.three]) {
      const key = await keyOf("ADMIN", unit);
      for (const after of [null, tasks.pageInfo.endCursor]) {
        const { data, errors } = await answerOf(key, list(after).query, list(after).variables);
        expect(errors).toBeUndefined();
        expect(data).toEqual({ tasks: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
      }
    }
  });
});

describe("a write of tasks", () => {
  it("needs more than the role VIEWER, on every unit that sees the task", async () => {
    for (const unit of [UNITS.province, UNITS.one]) {
      const key = await keyOf("VIEWER", unit);
      for (const asked of STEPS) expect(codesOf(await step(key, asked, task.id)), asked[1]).toEqual(["FORBIDDEN"]);
      expect(codesOf(await assign(key, unit, UNITS.one))).toEqual(["FORBIDDEN"]);
    }
    await untouched();
  });

  it.each(["OFFICER", "ADMIN"] as const)(
    "is refused to an %s for a unit that it does not cover, above it, beside it and elsewhere",
    async (role) => {
      for (const [unit, assigner] of [
        [UNITS.stranger, UNITS.province],
        [UNITS.one, UNITS.province],
        [UNITS.two, UNITS.one],
        [UNITS.province, UNITS.stranger],
      ] as const) {
        const key = await keyOf(role, unit);
        expect(codesOf(await assign(key, assigner, assigner)), `${unit} for ${assigner}`).toEqual(["FORBIDDEN"]);
      }
      const commune = await keyOf(role, UNITS.two);
      const sent = await answerOf(commune, IMPORT_TASKS, { source: "own", tasks: [sentTask({ code: "1", lead: UNITS.one })] });
      expect(sent.data).toMatchObject({ importTasks: { report: { isKept: false, rejected: 1, problems: [{ code: "OUTSIDE_SCOPE" }] } } });
      const retracted = await Promise.all(
        ["1", "there is none"].map((code) => answerOf(commune, RETRACT_TASKS, { source: "system", codes: [code] })),
      );
      expect(JSON.stringify(retracted[0]).replaceAll('"1"', "code")).toBe(
        JSON.stringify(retracted[1]).replaceAll('"there is none"', "code"),
      );
      await untouched();
    },
  );
});
