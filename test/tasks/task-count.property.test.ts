import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RequestContext } from "../../src/access/request-context.ts";
import { ensureCounted } from "../../src/counters/count-tree.service.ts";
import { cutsOn } from "../../src/counters/cut.ts";
import { Reader } from "../../src/database/reader.ts";
import { enumValue } from "../../src/figures/measure.ts";
import { TIERS } from "../../src/hierarchy/unit.entity.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import type { Rollup } from "../../src/rollups/rollup.ts";
import { rollupLoaders } from "../../src/rollups/rollup.loaders.ts";
import type { DayRange } from "../../src/tasks/task-timeliness.ts";
import { administrator, CALLERS, daysOf } from "../counters/callers.ts";
import type { Range } from "../counters/record-oracle.ts";
import { drawAgencies, storeAgencies } from "../dossiers/random-agencies.ts";
import { chance, drawPeriods, drawRanges, numberOf, oneOf } from "../dossiers/random-rows.ts";
import { expectRecounted } from "../faults/importing.ts";
import { Oracle } from "../rollups/oracle.ts";
import { type Draw, FIRST, History, type UnitHistory } from "../rollups/random-history.ts";
import { load } from "../rollups/stored-history.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";
import { SOURCE_NO, type StoredTask, writeTasks } from "./stored-tasks.ts";
import { TASK_NUMBERS, type TaskNumbers, TaskRecount } from "./task-recount.ts";

const RUNS = runs(5);
const SEED = seed(20_261_201);
const CODES = 40;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase("EMPTY");
});
afterAll(() => database.close());

const db = () => database.orm.em.fork().getKysely();

interface Story {
  readonly draw: Draw;
  readonly world: UnitHistory;
  readonly oracle: Oracle;
  readonly start: Day;
  readonly today: Day;
  readonly tasks: Map<string, StoredTask>;
  ranges: readonly Range[];
}

/** A random world without tasks. */
const drawStory = async (draw: Draw): Promise<Story> => {
  const land = new History(draw).play();
  const agencies = drawAgencies(draw, land, ["DEPARTMENT", "VERTICAL_AGENCY"]);
  const world = { ...land, versions: [...land.versions, ...agencies] };
  await load(database.orm.em.fork(), land);
  await storeAgencies(database.orm.em.fork(), agencies);
  await sql`truncate task, task_unit_count, task_tree_count, record_unit, record_range`.execute(db());
  await sql`
    insert into source (id, key, kind, title, name, unit_id, state, submitted_at, state_at)
    select ${SOURCE_NO}, 'tasks', 'RECORDS', 'tasks', 'tasks', min(id), 'PUBLISHED', now(), now() from unit`.execute(db());
  // About a day on which units changed, often with such days still ahead.
  const near = addDays(oneOf(draw, world.days), numberOf(draw, -150, 60));
  const start = near < FIRST ? FIRST : near;
  const today = addDays(start, numberOf(draw, 2, 300));
  return { draw, world, oracle: new Oracle(world, [], world.days.at(-1)!), start, today, tasks: new Map(), ranges: [] };
};

const drawPostponed = (draw: Draw, assignedOn: Day, today: Day, isOpen: boolean): DayRange[] => {
  const ranges: DayRange[] = [];
  let from = assignedOn;
  while (ranges.length < 2 && chance(draw, 30)) {
    from = addDays(from, numberOf(draw, 1, 60));
    const to = addDays(from, numberOf(draw, 0, 40));
    if (to > today) break;
    ranges.push({ from, to });
    from = addDays(to, 1);
  }
  const last = addDays(from, numberOf(draw, 1, 60));
  return isOpen && last <= today ? [...ranges, { from: last, to: null }] : ranges;
};

/** A task of any unit of any time: its lead may have begun after the assignment, or have ended long ago. */
const drawTask = ({ draw, world, start, today }: Story): StoredTask => {
  const day = (from: Day, most: number): Day => {
    const drawn = addDays(from, numberOf(draw, 0, most));
    return drawn < today ? drawn : today;
  };
  const assignedOn = day(addDays(start, -100), 380);
  const deadline = chance(draw, 75) ? addDays(assignedOn, numberOf(draw, 0, 120)) : null;
  const originalDeadline = chance(draw, 70) ? deadline : chance(draw, 70) ? addDays(assignedOn, numberOf(draw, 0, 60)) : null;
  const progress = oneOf(draw, [
    "IN_PROGRESS",
    "COMPLETED",
    "COMPLETED",
    "AWAITING_CONFIRMATION",
    "CANCELLED",
    "POSTPONED",
    "DECLINED",
  ] as const);
  const isDone = progress === "COMPLETED" || progress === "AWAITING_CONFIRMATION" || (progress === "CANCELLED" && chance(draw, 30));
  return {
    ...{ code: `t-${numberOf(draw, 1, CODES)}`, lead: oneOf(draw, world.versions).key, isDelegated: chance(draw, 30), assignedOn },
    ...{ deadline, originalDeadline, progress, doneOn: isDone ? day(assignedOn, 150) : null },
    completedOn: progress === "COMPLETED" ? day(assignedOn, 150) : null,
    cancelledOn: progress === "CANCELLED" ? day(assignedOn, 150) : null,
    postponed: drawPostponed(draw, assignedOn, today, progress === "POSTPONED"),
  };
};

/** New tasks, corrections that move some to another lead, and retractions. */
const write = async (story: Story): Promise<void> => {
  const { draw, tasks } = story;
  const sent = new Map(Array.from({ length: numberOf(draw, 5, 25) }, () => drawTask(story)).map((task) => [task.code, task]));
  const removed = [...tasks.keys()].filter((code) => !sent.has(code) && chance(draw, 15));
  await writeTasks(database.orm.em.fork(), [...sent.values()], removed);
  for (const code of removed) tasks.delete(code);
  for (const task of sent.values()) tasks.set(task.code, task);
  await expectRecounted(database);
};

const declare = async (story: Story): Promise<void> => {
  const { draw, world, start, today } = story;
  story.ranges = drawRanges(draw, world, start, today);
  await sql`delete from record_range`.execute(db());
  await sql`
    insert into record_range (unit_id, kind, since, through) select u.id, 'TASKS', r.since, r.through
    from json_to_recordset(${JSON.stringify(story.ranges)}) r(unit text, since date, through date) join unit u on u.key = r.unit`.execute(
    db(),
  );
};

interface Asked {
  readonly caller: (typeof CALLERS)[number];
  readonly units: readonly string[];
  readonly asOf: Day;
  readonly periods: readonly string[];
}

const readRollups = async ({ today }: Story, { caller, units, asOf, periods }: Asked) => {
  const context = new RequestContext(database.pools, new Date(`${today}T12:00:00+07:00`), { viewer: await administrator(database, today) });
  const { unitByReference } = context.use(unitLoaders);
  const { taskRollup, expectedUnits, coverageOfRollup } = context.use(rollupLoaders);
  const cut = cutsOn(today)[caller];
  const views = await Promise.all(units.map(async (id) => unitByReference.load({ id, asOf })));
  const keys = views.flatMap((unit) =>
    periods.flatMap((name) => [null, ...TIERS].map((handledBy) => ({ unit: unit!, period: parsePeriod("period", name), handledBy, cut }))),
  );
  const rollups = await Promise.all(keys.map(async (key) => taskRollup.load(key)));
  const expected = await Promise.all(rollups.map((rollup) => expectedUnits(rollup)));
  const coverage = await Promise.all(rollups.map(async (rollup) => coverageOfRollup.load(rollup)));
  return rollups.map((rollup, n) => ({ rollup, expected: expected[n]!, covered: coverage[n]!.covered }));
};

const shown = (rollup: Rollup) => ({
  ...Object.fromEntries(TASK_NUMBERS.map((name) => [name, rollup.sum(name)])),
  bounds: Object.fromEntries(TASK_NUMBERS.map((name) => [name, rollup.bounds(enumValue(name))])),
  ...{ exact: rollup.exact, dataThrough: rollup.dataThrough },
});

const boundsOf = (certain: TaskNumbers | null, possible: TaskNumbers | null, name: keyof TaskNumbers) =>
  certain === null && possible === null
    ? { low: null, high: null }
    : { low: certain?.[name] ?? 0, high: (certain?.[name] ?? 0) + (possible?.[name] ?? 0) };

/** Random units, hierarchies, periods and tiers show what a count of all tasks says. */
const compare = async (story: Story): Promise<void> => {
  const { draw, world, oracle, start, today } = story;
  const recount = new TaskRecount(world, oracle, [...story.tasks.values()], story.ranges);
  const periods = drawPeriods(draw, start, today).slice(0, 6);
  for (const asOf of new Set([oneOf(draw, world.days), today])) {
    const units = new Set(["VN", ...Array.from({ length: 5 }, () => oneOf(draw, oracle.unitsOn(asOf)))]);
    const caller = oneOf(draw, CALLERS);
    for (const { rollup, expected, covered } of await readRollups(story, { caller, units: [...units], asOf, periods })) {
      const { unit, handledBy, period } = rollup;
      const place = `${unit.id} on ${asOf}, ${period.name}, ${handledBy ?? "all tiers"}, today ${today}, for ${caller}`;
      const days = daysOf(period.name, today, caller);
      const { certain, possible } = days ? recount.rollup(unit.id, asOf, handledBy, days) : { certain: null, possible: null };
      const coverage = days ? recount.coverage(unit.id, asOf, handledBy, days) : null;
      const isWithheld = possible !== null && unit.tier !== null && coverage!.covered === 0;
      expect(shown(rollup), place).toEqual({
        ...Object.fromEntries(TASK_NUMBERS.map((name) => [name, isWithheld ? null : (certain?.[name] ?? null)])),
        bounds: Object.fromEntries(TASK_NUMBERS.map((name) => [name, boundsOf(certain, possible, name)])),
        ...{ exact: possible === null, dataThrough: certain === null && possible === null ? null : days!.to },
      });
      if (coverage)
        expect({ expected, covered }, `coverage of ${place}`).toEqual({ expected: coverage.expected, covered: coverage.covered });
    }
  }
};

it("equals a count of all tasks, in every hierarchy, period and tier, whatever was corrected, moved and retracted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const story = await drawStory(draw);
      const { rows } = await sql<{ id: number }>`select id from edition order by id`.execute(db());
      // Some hierarchies have trees from the start, and others none.
      await ensureCounted(
        new Reader(database.pools),
        rows.flatMap(({ id }) => (chance(draw, 50) ? [id] : [])),
      );
      for (let round = numberOf(draw, 1, 2); round > 0; round--) {
        await write(story);
        await write(story);
        await declare(story);
        await compare(story);
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
  );
});
