import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowScope } from "../../src/access/scope.ts";
import { grantsFor, type Viewer } from "../../src/access/viewer.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { enterScope, type RowScope } from "../../src/database/row-scope.ts";
import { countOfTasks, pageOfTasks, type TaskList, taskPage } from "../../src/tasks/task-list.ts";
import { viewerOf } from "../access/support.ts";
import { TODAY } from "../support/client.ts";
import { type SeenTask, TaskRoom, UNITS } from "./task-room.ts";

let room: TaskRoom;
let task: SeenTask;
let part: SeenTask;
const viewers = new Map<string, Viewer>();
beforeAll(async () => {
  room = await TaskRoom.start();
  task = await room.assign({ coordinators: [UNITS.two] });
  part = await room.delegate("interior", task.id, "one");
  for (const [who, unit] of Object.entries(UNITS)) viewers.set(who, await viewerOf(room.service.database, [unit, "OFFICER"]));
});
afterAll(() => room.service.close());

const NOTHING: RowScope = { reads: "", writes: "" };
const scopeOf = (who: keyof typeof UNITS): RowScope => rowScope(viewers.get(who)!, "OFFICER");
const readingOf = (who: keyof typeof UNITS): RowScope => rowScope(viewers.get(who)!);

/** Row-level security checks rows one by one in a transaction of a few; both ways must pass the same rows. */
let isOfFewRows = false;
class Undone extends Error {}
/** As a request's transaction runs it in which every check of our own was forgotten; nothing of it stays. */
const run = async (scope: RowScope, text: string): Promise<unknown[]> => {
  let rows: unknown[] = [];
  const work = async (em: EntityManager) => {
    await enterScope(em, { ...scope, isOfFewRows });
    ({ rows } = await sql.raw(text).execute(em.getKysely()));
    throw new Undone();
  };
  await room.service.database.pools.requests.em
    .fork()
    .transactional(work)
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return rows;
};
const DENIED = { code: "42501" };
const codesOf = (rows: unknown[]) => (rows as { code: string }[]).map(({ code }) => code).toSorted();
const COUNT = "select (select count(*)::int from task) as tasks, (select count(*)::int from task_event) as events";

describe.each([
  { name: "many rows", few: false },
  { name: "a few rows", few: true },
])("a statement of the service in which a check was forgotten, in a transaction of $name,", ({ few }) => {
  beforeAll(() => {
    isOfFewRows = few;
  });

  it("sees no task outside of the scope of its lead, its assigner and those who help", async () => {
    for (const scope of [NOTHING, scopeOf("stranger"), scopeOf("three"), scopeOf("building")])
      expect(await run(scope, COUNT)).toEqual([{ tasks: 0, events: 0 }]);
    expect(await run(readingOf("province"), COUNT)).toEqual([{ tasks: 2, events: 3 }]);
    expect(await run(readingOf("interior"), COUNT)).toEqual([{ tasks: 2, events: 3 }]);
    expect(await run(readingOf("one"), COUNT)).toEqual([{ tasks: 1, events: 1 }]);
    expect(await run(readingOf("two"), COUNT)).toEqual([{ tasks: 1, events: 2 }]);
    expect(codesOf(await run(readingOf("two"), "select code from task_coordinator"))).toEqual([task.code]);
    expect(await run(scopeOf("three"), "select from task_coordinator")).toEqual([]);
    expect(await run(scopeOf("three"), "select from task_number")).toEqual([]);
  });

  it("changes no task of which the scope covers neither the lead nor the assigner", async () => {
    const change = "update task set title = 'x' returning code";
    for (const scope of [NOTHING, scopeOf("stranger"), scopeOf("two"), readingOf("province"), readingOf("interior")])
      expect(await run(scope, change)).toEqual([]);
    expect(codesOf(await run(scopeOf("one"), change))).toEqual([part.code]);
    expect(codesOf(await run(scopeOf("interior"), change))).toEqual([task.code, part.code].toSorted());
    for (const text of ["delete from task_coordinator returning code", "update task_number set last = 0 returning source_id"])
      for (const scope of [scopeOf("two"), scopeOf("stranger"), readingOf("province")]) expect(await run(scope, text), text).toEqual([]);
  });

  it("gives no task away: its lead cannot make another unit's task of it, nor become its assigner", async () => {
    const foreign = `(select unit_id from unit_version where code = '48' and valid_to is null)`;
    await expect(run(scopeOf("one"), `update task set lead_id = ${foreign}`)).rejects.toMatchObject(DENIED);
    for (const column of [
      "assigner_id",
      "province_id",
      "source_id",
      "code",
      "parent_code",
      "assigned_on",
      "original_deadline",
      "is_imported",
      "made_by",
    ])
      await expect(run(scopeOf("province"), `update task set ${column} = ${column}`), column).rejects.toMatchObject(DENIED);
  });

  it("takes nothing out of a task's history, and adds nothing to that of others", async () => {
    for (const text of ["delete from task returning code", "delete from task_event returning code"])
      expect(await run(scopeOf("province"), text), text).toEqual([]);
    for (const text of ["update task_event set note = 'x'", "update task_event set unit_id = 1"])
      await expect(run(scopeOf("province"), text), text).rejects.toMatchObject(DENIED);
    const add = `insert into task_event select province_id, source_id, code, position + 100, at, action, unit_id, former_lead_id, note, percent, deadline, done_on,
      evidence, seen_by from jsonb_populate_recordset(null::task_event, '[{"province_id": 1, "source_id": 1, "code": "x", "position": 1, "at": "2026-01-01T00:00:00Z",
      "action": 1, "unit_id": 1, "evidence": [], "seen_by": []}]')`;
    for (const scope of [NOTHING, scopeOf("stranger"), readingOf("province")]) await expect(run(scope, add)).rejects.toMatchObject(DENIED);
  });

  it("makes no task that another unit assigned", async () => {
    const make = `insert into task (province_id, source_id, code, is_imported, title, words, assigner_id, lead_id, coordinator_ids, family, assigned_on, deadline,
      original_deadline, progress, is_running, postponed, events) select province_id, source_id, code || 'x', is_imported, title, words, assigner_id, lead_id, coordinator_ids,
      family, assigned_on, deadline, original_deadline, progress, is_running, postponed, events from task where code = '${task.code}' and parent_code is null`;
    await expect(run(scopeOf("interior"), make)).rejects.toMatchObject(DENIED);
    expect(await run(scopeOf("province"), `${make} returning code`)).toEqual([{ code: `${task.code}x` }]);
  });
});

describe("the statements of lists, for a role that row-level security does not bind,", () => {
  it("show and count the same tasks", async () => {
    const none = { within: null, assignerNo: null, coordinatorNo: null, progress: null, timeliness: null, assigned: null, deadline: null };
    const owner = rowsOf(room.service.database.orm.em.fork());
    for (const [who, codes] of [
      ["stranger", []],
      ["three", []],
      ["two", [task.code]],
      ["one", [part.code]],
      ["province", [task.code, part.code]],
    ] as const)
      for (const orderBy of ["DEADLINE", "ASSIGNED_ON_DESC"] as const) {
        const condition = { ...none, dueBy: null, words: [], rootsOnly: false, today: TODAY, nearUntil: null };
        const list: TaskList = { grants: grantsFor(viewers.get(who)!, "VIEWER"), condition, orderBy };
        const rows = await owner.rows(pageOfTasks(list, taskPage(10, null, orderBy).from));
        expect(rows.map(({ code }) => code).toSorted(), who).toEqual([...codes].toSorted());
        expect(await owner.rows(countOfTasks(list))).toEqual([{ total: codes.length }]);
      }
  });
});
