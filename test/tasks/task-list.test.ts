import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCalendar } from "../../src/calendar/work-calendar.store.ts";
import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { foldName } from "../../src/hierarchy/fold.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { taskIdOf } from "../../src/tasks/task-id.ts";
import { RUNNING, TASK_PROGRESS, type TaskProgress } from "../../src/tasks/task-steps.ts";
import { TASK_TIMELINESS } from "../../src/tasks/task-timeliness.ts";
import { TODAY } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { insertTasks, naiveTimeliness, type TaskDraft, workingDaysLeft } from "./task-rows.ts";
import { TaskRoom, UNITS } from "./task-room.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(25);
const SEED = seed(20_261_130);
/** Where the tasks of the test are: a province with its departments and communes, another one, and what was before. */
const PLACES = ["04", UNITS.interior, UNITS.building, UNITS.one, UNITS.two, UNITS.three, "48", "20194"] as const;
const TITLES = ["Rà soát thủ tục", "Số hóa hồ sơ", "Đơn giản hóa", "Báo cáo quý"] as const;
const SEARCHES = ["ra soat", "SO HOA", "hóa", "quy bao", "don gian h", "khong co"] as const;
const KEYS = { province: "04", interior: UNITS.interior, commune: UNITS.one, stranger: "48", country: "VN" } as const;
type Caller = keyof typeof KEYS;

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface Filter {
  readonly within?: string;
  readonly assignedBy?: string;
  readonly coordinator?: string;
  readonly progress?: readonly TaskProgress[];
  readonly timeliness?: readonly string[];
  readonly assigned?: string;
  readonly deadline?: string;
  readonly dueWithin?: number;
  readonly search?: string;
  readonly rootsOnly?: boolean;
}

const LIST = `query ($filter: TaskFilter!, $orderBy: TaskOrder!, $first: Int!, $after: String) {
  tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;

let room: TaskRoom;
let calendar: WorkCalendar;
let tasks: TaskDraft[];
const keys = new Map<string, string>();
const numbers = new Map<string, number>();
const within = new Map<string, ReadonlySet<number>>();

const db = () => room.service.database.orm.em.fork();

/** Days around today. */
const dayNear = fc.integer({ min: -12, max: 12 }).map((days): Day => addDays(TODAY, days));
const drawnTask = (n: number) =>
  fc
    .record({
      title: fc.constantFrom(...TITLES),
      lead: fc.constantFrom(...PLACES),
      assigner: fc.constantFrom(...PLACES),
      coordinators: fc.uniqueArray(fc.constantFrom(...PLACES), { maxLength: 3 }),
      isPart: fc.boolean(),
      assignedOn: dayNear.map((day) => (day > TODAY ? TODAY : day)),
      deadline: fc.option(dayNear, { nil: null }),
      progress: fc.constantFrom(...TASK_PROGRESS),
      endedOn: dayNear.map((day) => (day > TODAY ? TODAY : day)),
      stoodStill: fc.option(
        dayNear.map((day) => (day > TODAY ? TODAY : day)),
        { nil: null },
      ),
      sourceNo: fc.constantFrom(1, 2),
    })
    .map((one): TaskDraft => {
      const { progress, endedOn, stoodStill } = one;
      const isDone = progress === "COMPLETED" || progress === "AWAITING_CONFIRMATION";
      const from = progress === "POSTPONED" ? endedOn : stoodStill;
      return {
        ...{ code: `T.${n}`, sourceNo: one.sourceNo, provinceNo: 1, title: one.title, parentCode: one.isPart ? "T.0" : null },
        ...{
          leadNo: numbers.get(one.lead)!,
          assignerNo: numbers.get(one.assigner)!,
          coordinatorNos: one.coordinators.map((code) => numbers.get(code)!),
        },
        ...{ assignedOn: one.assignedOn, deadline: one.deadline, progress, doneOn: isDone ? endedOn : null },
        ...{ completedOn: progress === "COMPLETED" ? endedOn : null, cancelledOn: progress === "CANCELLED" ? endedOn : null },
        postponed: from === null ? [] : [{ from, to: progress === "POSTPONED" ? null : endedOn < from ? from : endedOn }],
      };
    });

beforeAll(async () => {
  room = await TaskRoom.start();
  for (const [name, unit] of Object.entries(KEYS)) keys.set(name, await issueKey(room.service.database, name, { [unit]: "VIEWER" }));
  calendar = await readCalendar(rowsOf(db()));
  const codes = [...new Set<string>([...PLACES, ...Object.values(KEYS)])];
  const { rows } = await sql<{ code: string; no: number }>`
    select code, unit_id as no from unit_version where code = any(${codes}::text[]) and valid_from <= ${TODAY} and (valid_to is null or valid_to > ${TODAY})`.execute(
    db().getKysely(),
  );
  for (const { code, no } of rows) numbers.set(code, no);
  for (const { code, no } of rows) {
    const found = await sql<{ no: number }>`
      select c.unit_id as no from contribution c where c.target_id = ${no} and c.certain
        and c.edition_id = (select id from edition where starts_on <= ${TODAY} order by starts_on desc limit 1)`.execute(db().getKysely());
    within.set(code, new Set(found.rows.map((row) => row.no)));
  }
  tasks = fc.sample(fc.tuple(...Array.from({ length: 300 }, (_, n) => drawnTask(n))), { numRuns: 1, seed: SEED })[0]!;
  await insertTasks(db(), tasks);
});
afterAll(() => room.service.close());

const isSeen = (task: TaskDraft, caller: Caller): boolean =>
  [task.leadNo, task.assignerNo, ...task.coordinatorNos].some((no) => within.get(KEYS[caller])!.has(no));
const searched = (task: TaskDraft, search: string): boolean =>
  foldName(search)
    .trim()
    .split(" ")
    .every((word) => foldName(task.title).includes(` ${word}`));
const liesIn = (day: Day | null, month: string): boolean => day !== null && day.startsWith(month);

const matches = (task: TaskDraft, filter: Filter): boolean =>
  (filter.within === undefined || within.get(filter.within)!.has(task.leadNo)) &&
  (filter.assignedBy === undefined || numbers.get(filter.assignedBy) === task.assignerNo) &&
  (filter.coordinator === undefined || task.coordinatorNos.includes(numbers.get(filter.coordinator)!)) &&
  (filter.progress === undefined || filter.progress.includes(task.progress)) &&
  (filter.timeliness === undefined || filter.timeliness.includes(naiveTimeliness(task, TODAY, calendar))) &&
  (filter.assigned === undefined || liesIn(task.assignedOn, filter.assigned)) &&
  (filter.deadline === undefined || liesIn(task.deadline, filter.deadline)) &&
  (filter.dueWithin === undefined ||
    (task.deadline !== null && RUNNING.includes(task.progress) && workingDaysLeft(TODAY, task.deadline, calendar) <= filter.dueWithin)) &&
  (filter.search === undefined || searched(task, filter.search)) &&
  (filter.rootsOnly !== true || task.parentCode === null);

const inOrder = (orderBy: string) => (one: TaskDraft, other: TaskDraft) => {
  const [a, b] = orderBy === "DEADLINE" ? [one.deadline ?? "~", other.deadline ?? "~"] : [other.assignedOn, one.assignedOn];
  if (a !== b) return a < b ? -1 : 1;
  const [c, d] = orderBy === "DEADLINE" ? [one, other] : [other, one];
  return c.sourceNo - d.sourceNo || (c.code < d.code ? -1 : 1);
};

const ask = async (caller: Caller, filter: Filter, orderBy = "DEADLINE", first = 1000, after?: string | null): Promise<Page> => {
  const variables = { filter, orderBy, first, ...(after != null && { after }) };
  const { data, errors } = await room.service.ask<{ tasks: Page }, object>(LIST, variables, keys.get(caller));
  if (errors) throw new Error(errors[0]!.message);
  return data.tasks;
};

const drawnFilter: fc.Arbitrary<Filter> = fc.record(
  {
    within: fc.constantFrom("04", "48", "VN", UNITS.one, UNITS.interior),
    assignedBy: fc.constantFrom(...PLACES),
    coordinator: fc.constantFrom(...PLACES),
    progress: fc.uniqueArray(fc.constantFrom(...TASK_PROGRESS), { maxLength: 4 }),
    timeliness: fc.uniqueArray(fc.constantFrom(...TASK_TIMELINESS), { maxLength: 3 }),
    assigned: fc.constant("2026-11"),
    deadline: fc.constantFrom("2026-11", "2026-12"),
    dueWithin: fc.integer({ min: 0, max: 8 }),
    search: fc.constantFrom(...SEARCHES),
    rootsOnly: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe("the list of tasks", () => {
  it("holds for each caller what it may see, each once, to which all that is given applies, in order and by pages", async () => {
    const drawn = fc.record({
      caller: fc.constantFrom(...(Object.keys(KEYS) as Caller[])),
      filter: fc.oneof(fc.constant<Filter>({}), drawnFilter),
      orderBy: fc.constantFrom("DEADLINE", "ASSIGNED_ON_DESC"),
      first: fc.integer({ min: 1, max: 40 }),
    });
    let found = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async ({ caller, filter, orderBy, first }) => {
        const expected = tasks
          .filter((task) => isSeen(task, caller) && matches(task, filter))
          .toSorted(inOrder(orderBy))
          .map(taskIdOf);
        found += expected.length;
        const whole = await ask(caller, filter, orderBy);
        expect(whole.nodes.map(({ id }) => id)).toEqual(expected);
        expect(whole.totalCount).toBe(expected.length);
        const ids: string[] = [];
        for (let after: string | null = null, n = 0; n < 4; n++) {
          const page: Page = await ask(caller, filter, orderBy, first, after);
          ids.push(...page.nodes.map(({ id }) => id));
          expect(page.totalCount).toBe(expected.length);
          expect(page.pageInfo.hasNextPage).toBe(ids.length < expected.length);
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor;
        }
        expect(ids).toEqual(expected.slice(0, ids.length));
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    expect(found).toBeGreaterThan(RUNS);
  });

  it("says of each task the timeliness by which it is found", async () => {
    const { data } = await room.service.ask<{ tasks: { nodes: { code: string; timeliness: string; source: { id: string } }[] } }, object>(
      "{ tasks(filter: {}, first: 1000) { nodes { code timeliness source { id } } } }",
      {},
      keys.get("country"),
    );
    const expected = tasks.toSorted(inOrder("DEADLINE")).map((task) => naiveTimeliness(task, TODAY, calendar));
    expect(data.tasks.nodes.map(({ timeliness }) => timeliness)).toEqual(expected);
    expect(new Set(expected)).toEqual(new Set(TASK_TIMELINESS));
  });

  it("is read by as many statements for a hundred tasks as for one, with all that hangs on them", async () => {
    const fields = `id lead { code } assignedBy { code } coordinators { code } parent { code } subtasks { code } timeliness viewerCan source { id }
      events { totalCount nodes { action unit { code } } }`;
    const sent = async (first: number) => {
      const query = `{ tasks(filter: {}, first: ${first}) { totalCount nodes { ${fields} } } }`;
      const send = async () => expect((await room.service.ask(query, {} as never, room.keyOf("province"))).errors).toBeUndefined();
      await send();
      return (await statementsOf(send)).length;
    };
    expect(await sent(100)).toBeLessThanOrEqual(await sent(2));
  });
});

describe("the list of tasks refuses", () => {
  it.each([
    ["nobody's question", undefined, {}, "UNAUTHENTICATED"],
    ["an unknown unit", "province", { within: "x" }, "BAD_USER_INPUT"],
    ["a day without a unit", "province", { asOf: "2026-01-01" }, "BAD_USER_INPUT"],
    ["a period that is none", "province", { deadline: "2026-13" }, "BAD_USER_INPUT"],
    ["tasks assigned in a period to come", "province", { assigned: "2027" }, "BAD_USER_INPUT"],
    ["working days below none", "province", { dueWithin: -1 }, "BAD_USER_INPUT"],
    ["a search without a letter", "province", { search: "--" }, "BAD_USER_INPUT"],
  ] as const)("%s", async (_what, caller, filter, code) => {
    const variables = { filter, orderBy: "DEADLINE", first: 10 };
    const { errors } = await room.service.ask(LIST, variables as never, caller && keys.get(caller));
    expect(errors?.[0]?.extensions["code"]).toBe(code);
  });

  it.each(["x", "LTE6MTpU", "OTk5OTk5OTk6MTpU"])("the cursor %s", async (after) => {
    await expect(ask("province", {}, "DEADLINE", 10, after)).rejects.toThrow("after");
  });
});
