import { afterAll, beforeAll, expect, it } from "vitest";
import { taskIdOf } from "../../src/tasks/task-id.ts";
import { statementsOf } from "../support/statements.ts";
import { type SeenTask, TaskRoom, UNITS, type Who } from "./task-room.ts";

let room: TaskRoom;
let tasks: SeenTask[];
beforeAll(async () => {
  room = await TaskRoom.start();
  tasks = [
    await room.assign({ coordinators: [UNITS.two] }),
    await room.assign({ lead: UNITS.building }),
    await room.assign({ lead: UNITS.one }),
  ];
});
afterAll(() => room.service.close());

const refer = async (who: Who | null, ids: readonly string[]): Promise<readonly unknown[]> => {
  const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Task { id code } } }";
  const variables = { r: ids.map((id) => ({ __typename: "Task", id })) };
  const { data } = await room.service.ask<{ _entities: unknown[] }, object>(query, variables, who === null ? undefined : room.keyOf(who));
  return data._entities;
};

it("a reference to a task is answered to those who see it, in its place, and null to all others", async () => {
  const ids = tasks.map(({ id }) => id);
  const seen = tasks.map(({ id, code }) => ({ id, code }));
  expect(await refer("province", [ids[1]!, ids[0]!, ids[1]!, "x", ids[2]!])).toEqual([seen[1], seen[0], seen[1], null, seen[2]]);
  expect(await refer("interior", ids)).toEqual([seen[0], null, null]);
  expect(await refer("two", ids)).toEqual([seen[0], null, null]);
  for (const who of ["three", "stranger", null] as const) expect(await refer(who, ids)).toEqual([null, null, null]);
});

it("references are answered by as many statements for fifty as for one", async () => {
  const sent = async (count: number) => {
    const ids = Array.from({ length: count }, (_, n) => [tasks[0]!.id, taskIdOf({ sourceNo: 1, code: `x${n}` })][n % 2]!);
    await refer("province", ids);
    return (await statementsOf(() => refer("province", ids))).length;
  };
  expect(await sent(50)).toBe(await sent(1));
});
