import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importDossiers } from "../../src/dossiers/import/dossier-import.service.ts";
import type { ProcedureRow } from "../../src/procedures/procedure-check.ts";
import { SERVICE_LEVELS } from "../../src/procedures/procedure.entity.ts";
import { loadProcedures } from "../../src/procedures/procedure-load.service.ts";
import { carryToDossiers } from "../../src/dossiers/procedure-carry.store.ts";
import { retractDossiers } from "../../src/dossiers/import/dossier-retract.service.ts";
import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";
import { cutsOn } from "../../src/counters/cut.ts";
import { DOSSIER, enumValue } from "../../src/figures/measure.ts";
import { incompleteMeasures, type Rollup } from "../../src/rollups/rollup.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { rollupLoaders } from "../../src/rollups/rollup.loaders.ts";
import { addDays, type Day, dayOf } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { readWorkCalendar } from "../../src/calendar/work-calendar-file.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";
import { type AgencyKind, TIERS } from "../../src/hierarchy/unit.entity.ts";
import { Oracle } from "../rollups/oracle.ts";
import { load } from "../rollups/stored-history.ts";
import { type Draw, FIRST, History, type UnitHistory } from "../rollups/random-history.ts";
import { expectRecounted } from "../faults/importing.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { fillCatalogue } from "../support/dossiers.ts";
import { storedCounters } from "../counters/counters.ts";
import { drawAgencies, storeAgencies } from "./random-agencies.ts";
import { chance, drawPeriods, drawRanges, LIMITS, numberOf, oneOf, Rows } from "./random-rows.ts";
import { Ledger } from "./ledger.ts";
import { administrator, type Caller, CALLERS, daysOf } from "../counters/callers.ts";
import type { Range } from "../counters/record-oracle.ts";
import { NUMBERS, type Numbers, Recount } from "../counters/recount.ts";
import { END_ON_FAILURE, runs } from "../support/property.ts";

const RUNS = runs(4);
const SEED = Number(process.env["RECORD_SEED"] ?? 20_260_303);
const DAY = 86_400_000;
const SOURCES = ["one", "two"];
const RECORDS = sql`dossier, dossier_pause, dossier_count, dossier_unit_count, dossier_tree_count, record_unit, record_import`;

let database: TestDatabase;
let seeded: readonly CalendarDay[];
beforeAll(async () => {
  database = await createDatabase("EMPTY");
  await fillCatalogue(database);
  seeded = await readWorkCalendar(new URL("../../seeds/work-calendar.csv", import.meta.url));
});
afterAll(() => database.close());

const db = () => database.orm.em.fork().getKysely();

const contextAt = async (now: number) =>
  new RequestContext(database.pools, new Date(now), { viewer: await administrator(database, dayOf(new Date(now))) });

interface Story {
  readonly draw: Draw;
  readonly world: UnitHistory;
  readonly oracle: Oracle;
  readonly calendar: readonly CalendarDay[];
  readonly start: Day;
  readonly ledger: Ledger;
  readonly rows: Rows;
  ranges: readonly Range[];
  now: number;
}

/** A random world, in which nothing has been sent yet. */
const drawStory = async (draw: Draw, kinds: readonly AgencyKind[] = ["DEPARTMENT", "VERTICAL_AGENCY"]): Promise<Story> => {
  const land = new History(draw).play();
  const agencies = drawAgencies(draw, land, kinds);
  const world = { ...land, versions: [...land.versions, ...agencies] };
  await load(database.orm.em.fork(), land);
  await storeAgencies(database.orm.em.fork(), agencies);
  await sql`truncate ${RECORDS}, work_calendar_day`.execute(db());
  const calendar = chance(draw, 70) ? seeded : [];
  await sql`
    insert into work_calendar_day (day, kind, status) select * from unnest(${calendar.map(({ day }) => day)}::date[],
      ${calendar.map(({ kind }) => kind)}::text[], ${calendar.map(({ status }) => status)}::text[])`.execute(db());
  // About a day on which units changed, often with such days still ahead.
  const near = addDays(oneOf(draw, world.days), numberOf(draw, -150, 60));
  const start = near < FIRST ? FIRST : near;
  const now = Date.parse(`${addDays(start, numberOf(draw, 2, 200))}T00:00:00+07:00`) + numberOf(draw, 0, DAY - 1);
  const oracle = new Oracle(world, [], world.days.at(-1)!);
  return { draw, world, oracle, calendar, start, now, ranges: [], ledger: new Ledger(), rows: new Rows(draw, oracle, start) };
};

const send = async ({ ledger, rows, draw, now }: Story): Promise<void> => {
  const source = oneOf(draw, SOURCES);
  const context = await contextAt(now);
  const known = ledger.known(source).map(({ code }) => code);
  if (known.length > 3 && chance(draw, 20)) {
    const codes = known.filter(() => chance(draw, 25));
    if (codes.length > 0) await retractDossiers(context, { source, codes, reason: "sent by mistake" });
    ledger.retract(source, codes);
  }
  const batch = rows.batch(source, now);
  const { created, updated, unchanged, stale, rejected, problems } = await importDossiers(context, {
    ...{ source, dossiers: batch, partial: true, dryRun: false },
  });
  expect(
    problems.filter(({ code }) => code !== "CONFLICT"),
    JSON.stringify(batch),
  ).toEqual([]);
  expect({ created, updated, unchanged, stale, rejected }).toEqual(ledger.send(source, batch));
};

const FIELDS: Readonly<Record<string, string>> = { HT: "Hộ tịch", CT: "Chứng thực", DD: "Đất đai", MOI: "Mới" };

/** A procedure gets another field, fee and level, as when a first guess is corrected; its limit stays. */
const correct = async ({ draw, now }: Story): Promise<void> => {
  const code = oneOf(draw, Object.keys(LIMITS));
  const field = oneOf(draw, Object.keys(FIELDS));
  const row: ProcedureRow = {
    ...{ code, name: code, field, fieldName: FIELDS[field]!, competence: "COMMUNE", workingDays: LIMITS[code]! },
    ...{ serviceLevel: oneOf(draw, SERVICE_LEVELS), hasFee: chance(draw, 50) },
  };
  await loadProcedures(database.orm.em.fork(), [row], { actor: "command:test", actorName: "test", at: new Date(now) }, carryToDossiers);
  await expectRecounted(database);
};

const declare = async (story: Story): Promise<void> => {
  const { draw, world, start, now } = story;
  story.ranges = drawRanges(draw, world, start, dayOf(new Date(now)));
  await sql`delete from record_range`.execute(db());
  await sql`
    insert into record_range (unit_id, kind, since, through) select u.id, 'DOSSIERS', r.since, r.through
    from unnest(${story.ranges.map(({ unit }) => unit)}::text[], ${story.ranges.map(({ since }) => since)}::date[],
      ${story.ranges.map(({ through }) => through)}::date[]) r(key, since, through) join unit u on u.key = r.key`.execute(db());
};

const recountOf = ({ world, oracle, calendar, ledger, ranges }: Story): Recount =>
  new Recount(world, oracle, { dossiers: ledger.all(), ranges, calendar, limits: LIMITS });

const readRollups = async (
  { now }: Pick<Story, "now">,
  caller: Caller,
  units: readonly string[],
  asOf: Day,
  periods: readonly string[],
) => {
  const cut = cutsOn(dayOf(new Date(now)))[caller];
  const context = await contextAt(now);
  const { unitByReference } = context.use(unitLoaders);
  const { dossierRollup, expectedUnits, coverageOfRollup } = context.use(rollupLoaders);
  const views = await Promise.all(units.map((id) => unitByReference.load({ id, asOf })));
  const keys = views.flatMap((unit) =>
    periods.flatMap((name) => [null, ...TIERS].map((handledBy) => ({ unit: unit!, period: parsePeriod("period", name), handledBy, cut }))),
  );
  const rollups = await Promise.all(keys.map((key) => dossierRollup.load(key)));
  const expected = await Promise.all(rollups.map((rollup) => expectedUnits.load(rollup)));
  const known = await Promise.all(rollups.map((rollup) => coverageOfRollup.load(rollup)));
  return rollups.map((rollup, n) => ({ rollup, expected: expected[n]?.expected ?? 0, known: known[n]! }));
};

const boundsOf = (certain: Numbers | null, possible: Numbers | null, name: keyof Numbers) =>
  certain === null && possible === null
    ? { low: null, high: null }
    : { low: certain?.[name] ?? 0, high: (certain?.[name] ?? 0) + (possible?.[name] ?? 0) };

const LISTED = NUMBERS.filter((name) => DOSSIER.measures.some((measure) => measure.name === name));

const shown = (rollup: Rollup) => ({
  ...Object.fromEntries(NUMBERS.map((name) => [name, rollup.sum(name)])),
  bounds: Object.fromEntries(LISTED.map((name) => [name, rollup.bounds(enumValue(name))])),
  exact: rollup.exact,
});

/** Values, bounds and measureCoverage of random units, hierarchies and periods are those of the recount. */
const compare = async (story: Story, recount: Recount): Promise<void> => {
  const { draw, world, oracle, start, now } = story;
  const today = dayOf(new Date(now));
  const periods = drawPeriods(draw, start, today);
  for (const asOf of new Set([oneOf(draw, world.days), oneOf(draw, world.days), today])) {
    const all = oracle.unitsOn(asOf);
    const units = ["VN", ...Array.from({ length: 6 }, () => oneOf(draw, all))];
    const caller = oneOf(draw, CALLERS);
    for (const { rollup, expected, known } of await readRollups(story, caller, [...new Set(units)], asOf, periods)) {
      const { unit, handledBy, period } = rollup;
      const place = `${unit.id} on ${asOf}, ${period.name}, ${handledBy ?? "all tiers"}, today ${today}, for ${caller}`;
      const days = daysOf(period.name, today, caller);
      const { certain, possible } = days ? recount.rollup(unit.id, asOf, handledBy, days) : { certain: null, possible: null };
      expect(shown(rollup), place).toEqual({
        ...Object.fromEntries(NUMBERS.map((name) => [name, certain?.[name] ?? null])),
        bounds: Object.fromEntries(LISTED.map((name) => [name, boundsOf(certain, possible, name)])),
        exact: possible === null,
      });
      if (!days) continue;
      const coverage = recount.coverage(unit.id, asOf, handledBy, days);
      expect({ expected, covered: known.covered }, `coverage of ${place}`).toEqual({
        ...{ expected: coverage.expected, covered: coverage.covered },
      });
      const told = DOSSIER.measures.filter(({ isOptional }) => !isOptional || certain !== null);
      const missing = coverage.covered > 0 && !coverage.isKnown ? told.map(({ name }) => enumValue(name)) : [];
      expect(incompleteMeasures(rollup, known), `incomplete of ${place}`).toEqual(missing);
    }
  }
};

/** Plays batches, with a look at random roll-ups after each few of them. */
const play = async (
  story: Story,
  look: (recount: Recount) => Promise<void>,
  meanwhile: (story: Story) => Promise<void> = async () => undefined,
): Promise<void> => {
  const { draw } = story;
  for (let round = numberOf(draw, 1, 3); round > 0; round--) {
    for (let batch = numberOf(draw, 1, 3); batch > 0; batch--) {
      await send(story);
      await meanwhile(story);
      story.now += numberOf(draw, 0, 40 * DAY);
    }
    await declare(story);
    await look(recountOf(story));
  }
};

const holdsForAll = (property: (draw: Draw) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(fc.gen(), property), {
    numRuns: RUNS,
    seed: SEED,
    endOnFailure: END_ON_FAILURE,
  });

/** Units under the root of which none holds another and which together hold its territory. */
const drawCut = (draw: Draw, oracle: Oracle, root: string, day: Day): string[] => {
  const under = oracle.under(root, day);
  return under.flatMap((child) => (oracle.under(child, day).length > 0 && chance(draw, 50) ? drawCut(draw, oracle, child, day) : [child]));
};

describe("roll-ups of records", () => {
  it("equal a recount of all dossiers in their last update, on every edition, in every period and tier", async () => {
    await holdsForAll(async (draw) => {
      const story = await drawStory(draw);
      await play(story, (recount) => compare(story, recount));
    });
  });

  it("conserve every dossier: the parts of the country and its own remainder sum to the country", async () => {
    await holdsForAll(async (draw) => {
      // What agencies do that only sit in a unit counts nowhere above it.
      const story = await drawStory(draw, ["DEPARTMENT"]);
      await play(story, async (recount) => {
        const asOf = oneOf(draw, story.world.days);
        const today = dayOf(new Date(story.now));
        const period = oneOf(draw, drawPeriods(draw, story.start, today));
        const caller = oneOf(draw, CALLERS);
        const days = daysOf(period, today, caller);
        if (!days) return;
        const cut = drawCut(draw, story.oracle, "VN", asOf);
        const read = (await readRollups(story, caller, ["VN", ...cut], asOf, [period])).filter(({ rollup }) => rollup.handledBy === null);
        const above = recount.between("VN", cut, asOf, days);
        const [whole, ...parts] = read.map(({ rollup }) => rollup);
        for (const name of NUMBERS) {
          const sum = parts.reduce((total, part) => total + (part.sum(name) ?? 0), above[name]);
          expect(sum, `${name} of ${period} on ${asOf}`).toBe(whole!.sum(name) ?? 0);
        }
      });
    });
  });

  it("depend on counters that do not depend on the order of imports", async () => {
    await holdsForAll(async (draw) => {
      const story = await drawStory(draw);
      await maintainTrees(story);
      await play(story, async () => undefined);
      await compareWithCleanImport(story);
    });
  });

  it("do not depend on fields, fees and levels before a correction of the catalogue", async () => {
    await holdsForAll(async (draw) => {
      const story = await drawStory(draw);
      await maintainTrees(story);
      await play(story, async () => undefined, correct);
      await compareWithCleanImport(story);
    });
  });
});

/** Trees of some editions are there from the start, and kept with each change. */
const maintainTrees = async (story: Story): Promise<void> => {
  for (const asOf of story.world.days) if (chance(story.draw, 50)) await readRollups(story, "viewers", ["VN"], asOf, ["2021"]);
};

const compareWithCleanImport = async ({ ledger, now }: Story): Promise<void> => {
  const kept = new Map<string, readonly DossierRow[]>(SOURCES.map((source) => [source, ledger.known(source)]));
  const before = await storedCounters(database);
  await sql`truncate ${RECORDS}`.execute(db());
  for (const [source, rows] of kept)
    if (rows.length > 0) await importDossiers(await contextAt(now), { source, dossiers: rows, partial: false, dryRun: false });
  expect(before).toEqual(await storedCounters(database));
};
