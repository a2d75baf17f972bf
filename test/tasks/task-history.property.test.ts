import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCalendar } from "../../src/calendar/work-calendar.store.ts";
import type { WorkCalendar } from "../../src/calendar/work-calendar.ts";
import { rowsOf } from "../../src/database/reader.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { TASK_ACTIONS } from "../../src/tasks/task-steps.ts";
import { NOW } from "../support/client.ts";
import { type NaiveTask, NaiveTasks, type Wish } from "./naive-task.ts";
import { expectRecounted } from "../faults/importing.ts";
import { countsSeen, TaskRoom, UNITS, type Who } from "./task-room.ts";
import { naiveTaskCounts } from "./task-recount.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const RUNS = runs(2);
const STEPS = 45;
const SEED = seed(20_261_130);
const MS_PER_DAY = 86_400_000;

let room: TaskRoom;
let calendar: WorkCalendar;
let now = NOW;
beforeAll(async () => {
  room = await TaskRoom.start({ clock: () => now });
  calendar = await readCalendar(rowsOf(room.service.database.orm.em.fork()));
});
afterAll(() => room.service.close());

const ACTORS: readonly Who[] = ["province", "interior", "one", "two", "stranger"];
const LEADS: readonly Who[] = ["interior", "building", "one", "two", "three", "stranger"];

const drawnStep = fc.record({
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...TASK_ACTIONS) },
    { weight: 2, arbitrary: fc.constantFrom("DELEGATE", "COMPLETE", "CONFIRM") },
  ),
  // Most wishes come from those who may.
  isMeant: fc.boolean(),
  who: fc.constantFrom(...ACTORS),
  target: fc.nat(1000),
  lead: fc.constantFrom(...LEADS),
  coordinators: fc.uniqueArray(fc.constantFrom<Who>("two", "three", "building"), { maxLength: 2 }),
  percent: fc.integer({ min: 0, max: 100 }),
  day: fc.integer({ min: -6, max: 1 }),
  deadline: fc.oneof(fc.constant(undefined), fc.constant(null), fc.integer({ min: -3, max: 20 })),
  withSubtasks: fc.boolean(),
  passes: fc.integer({ min: 0, max: 2 }),
});
type DrawnStep = typeof drawnStep extends fc.Arbitrary<infer T> ? T : never;

const MUTATIONS: Readonly<Record<string, string>> = {
  ...{ REPORT: "reportTaskProgress", COMPLETE: "completeTask", DECLINE: "declineTask", DELEGATE: "delegateTask" },
  ...{ REQUEST_EXTENSION: "requestTaskExtension", CONFIRM: "confirmTask", RETURN: "returnTask", REOPEN: "reopenTask" },
  ...{ AMEND: "amendTask", EXTEND: "extendTask", POSTPONE: "postponeTask", RESUME: "resumeTask", REASSIGN: "reassignTask" },
  CANCEL: "cancelTask",
};
const NOTE = { note: "Lý do" };

const inputOf = ({ id, lead }: NaiveTask, wish: Wish): Readonly<Record<string, unknown>> => {
  const deadline = wish.deadline === undefined ? {} : wish.deadline === null ? { removeDeadline: true } : { deadline: wish.deadline };
  const inputs: Readonly<Record<string, object>> = {
    REPORT: { percent: wish.percent },
    COMPLETE: { doneOn: wish.day },
    CONFIRM: { completedOn: wish.day },
    DELEGATE: { idempotencyKey: crypto.randomUUID(), lead: UNITS[wish.lead], title: "Một phần", deadline: wish.deadline ?? null },
    REQUEST_EXTENSION: { deadline: "2027-12-31", ...NOTE },
    AMEND: { coordinators: wish.coordinators.filter((unit) => unit !== lead).map((unit) => UNITS[unit]), ...NOTE },
    EXTEND: { ...deadline, ...NOTE },
    RESUME: { ...deadline, ...NOTE },
    REASSIGN: { lead: UNITS[wish.lead], ...deadline, ...NOTE },
    CANCEL: { withSubtasks: wish.withSubtasks, ...NOTE },
  };
  return { task: id, ...(inputs[wish.action] ?? NOTE) };
};

const wishOf = (step: DrawnStep, task: NaiveTask, tasks: NaiveTasks, today: Day): Wish => {
  const able = ACTORS.filter((who) => tasks.viewerCan(who, task).includes(step.action));
  const who = step.isMeant ? (able[step.target % Math.max(1, able.length)] ?? step.who) : step.who;
  const deadline = typeof step.deadline === "number" ? addDays(today, step.deadline) : step.deadline;
  // Without either deadline or its removal an extension is refused before anybody looks at the task.
  return { ...step, who, day: addDays(today, step.day), deadline: step.action === "EXTEND" ? (deadline ?? null) : deadline };
};

const compare = async (tasks: NaiveTasks, task: NaiveTask, today: Day): Promise<void> => {
  for (const who of new Set<Who>(["province", task.lead, task.assigner])) {
    if (!ACTORS.includes(who)) continue;
    const seen = await room.see(who, task.id);
    const fields = seen && {
      ...{ id: seen.id, progress: seen.progress, deadline: seen.deadline, originalDeadline: seen["originalDeadline"] },
      ...{ doneOn: seen["doneOn"], completedOn: seen["completedOn"], assignedOn: seen["assignedOn"], percent: seen["percent"] },
      ...{ timeliness: seen["timeliness"], parent: seen.parent, subtasks: seen.subtasks.map(({ id }) => id).toSorted() },
      ...{ events: seen.events.nodes.map(({ action }) => action), viewerCan: seen.viewerCan },
    };
    expect(fields).toEqual(tasks.seenBy(who, task, today, calendar));
  }
};

const OF_PROVINCE: readonly Who[] = ["interior", "building", "one", "two", "three"];

/** The counts of the units equal those of all tasks that they lead now; units without tasks have none. */
const compareCounts = async (tasks: NaiveTasks, earlier: readonly NaiveTask[], today: Day): Promise<void> => {
  await expectRecounted(room.service.database);
  const all = [...earlier, ...tasks.all].map((task) => ({ ...task, isDelegated: task.parent !== null }));
  const periods = ["2026-11", "2026-12", "2026-Q4", `${dayOf(NOW)}/${addDays(dayOf(NOW), 5)}`];
  for (const [who, leads] of [["province", OF_PROVINCE] as const, ...OF_PROVINCE.map((one) => [one, [one]] as const)]) {
    const seen = await countsSeen(room, who, periods);
    for (const [n, period] of periods.entries()) {
      const { from, to } = parsePeriod("period", period);
      const counted = naiveTaskCounts(
        all.filter(({ lead }) => leads.includes(lead)),
        { from, to: to < today ? to : today },
      );
      const isNone = from > today || Object.values(counted).every((count) => count === 0);
      const expected = isNone ? Object.fromEntries(Object.keys(counted).map((name) => [name, null])) : counted;
      expect(seen[n], `${who} in ${period}`).toEqual(expected);
    }
  }
};

it("does with tasks what the rules say, in any history of what anybody asks for", async () => {
  const counts = new Map<string, number>();
  const earlier: NaiveTask[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(drawnStep, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
      const tasks = new NaiveTasks();
      now = NOW;
      for (const [n, step] of steps.entries()) {
        now = new Date(now.getTime() + (step.passes === 2 ? MS_PER_DAY : 0));
        const today = dayOf(now);
        if (n % 9 === 0) {
          const deadline = typeof step.deadline === "number" ? addDays(today, Math.abs(step.deadline)) : null;
          const lead = step.lead === "stranger" ? "interior" : step.lead;
          const { id } = await room.assign({ lead: UNITS[lead], deadline });
          tasks.add({ id, parent: null, assigner: "province", lead, coordinators: [], assignedOn: today, deadline });
        }
        const task = tasks.all[step.target % tasks.all.length]!;
        const wish = wishOf(step, task, tasks, today);
        const refusals = tasks.refusals(task, wish, today);
        const { task: changed, refusal } = await room.try(wish.who, MUTATIONS[wish.action]!, inputOf(task, wish));
        const outcome = refusal?.code ?? "DONE";
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        if (refusals.length > 0) expect(refusals, JSON.stringify([wish, task.progress, refusal])).toContain(outcome);
        else {
          expect(refusal, JSON.stringify([wish, task.progress])).toBeUndefined();
          tasks.grant(task, wish, today, changed!.id);
        }
        await compare(tasks, task, today);
        if (task.parent !== null) await compare(tasks, task.parent, today);
      }
      for (const task of tasks.all) await compare(tasks, task, dayOf(now));
      await compareCounts(tasks, earlier, dayOf(now));
      earlier.push(...tasks.all);
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
  );
  expect([...counts.keys()].toSorted()).toEqual(["BAD_USER_INPUT", "CONFLICT", "DONE", "FORBIDDEN", "NOT_FOUND"]);
  expect(counts.get("DONE")!).toBeGreaterThan((RUNS * STEPS) / 5);
});
