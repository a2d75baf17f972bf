import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importDossiers } from "../../src/dossiers/import/dossier-import.service.ts";
import type { DossierRow } from "../../src/dossiers/import/dossier-stage.ts";
import { cutsOn } from "../../src/counters/cut.ts";
import { DOSSIER, enumValue } from "../../src/figures/measure.ts";
import { incompleteMeasures, type Rollup } from "../../src/rollups/rollup.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { rollupLoaders } from "../../src/rollups/rollup.loaders.ts";
import { type Day, dayOf } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { TIERS } from "../../src/hierarchy/unit.entity.ts";
import { Oracle } from "../rollups/oracle.ts";
import type { Draw } from "../rollups/random-history.ts";
import { storedCounters } from "../counters/counters.ts";
import { chance, drawPeriods, oneOf } from "./random-rows.ts";
import { type Caller, CALLERS, daysOf } from "../counters/callers.ts";
import { NUMBERS, type Numbers, Recount } from "../counters/recount.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";
import { contextAt, correct, drawStory, openStage, play, RECORDS, SOURCES, type Stage, type Story } from "./story.ts";

const RUNS = runs(2);
const SEED = seed(20_260_303);
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.database.close());

const readRollups = async (
  { now }: Pick<Story, "now">,
  caller: Caller,
  units: readonly string[],
  asOf: Day,
  periods: readonly string[],
) => {
  const cut = cutsOn(dayOf(new Date(now)))[caller];
  const context = await contextAt(stage.database, now);
  const { unitByReference } = context.use(unitLoaders);
  const { dossierRollup, expectedUnits, coverageOfRollup } = context.use(rollupLoaders);
  const views = await Promise.all(units.map(async (id) => unitByReference.load({ id, asOf })));
  const keys = views.flatMap((unit) =>
    periods.flatMap((name) => [null, ...TIERS].map((handledBy) => ({ unit: unit!, period: parsePeriod("period", name), handledBy, cut }))),
  );
  const rollups = await Promise.all(keys.map(async (key) => dossierRollup.load(key)));
  const expected = await Promise.all(rollups.map((rollup) => expectedUnits(rollup)));
  const measured = await Promise.all(rollups.map(async (rollup) => coverageOfRollup.load(rollup)));
  return rollups.map((rollup, n) => ({ rollup, expected: expected[n]!, measured: measured[n]! }));
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
  const { draw, history, oracle, start, now } = story;
  const today = dayOf(new Date(now));
  const periods = drawPeriods(draw, start, today);
  for (const asOf of new Set([oneOf(draw, history.days), oneOf(draw, history.days), today])) {
    const all = oracle.unitsOn(asOf);
    const units = ["VN", ...Array.from({ length: 6 }, () => oneOf(draw, all))];
    const caller = oneOf(draw, CALLERS);
    for (const { rollup, expected, measured } of await readRollups(story, caller, [...new Set(units)], asOf, periods)) {
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
      expect({ expected, covered: measured.covered }, `coverage of ${place}`).toEqual({
        ...{ expected: coverage.expected, covered: coverage.covered },
      });
      const reported = DOSSIER.measures.filter(({ isOptional }) => !isOptional || certain !== null);
      const missing = coverage.covered > 0 && !coverage.isKnown ? reported.map(({ name }) => enumValue(name)) : [];
      expect(incompleteMeasures(rollup, measured), `incomplete of ${place}`).toEqual(missing);
    }
  }
};

const holdsForAll = (property: (draw: Draw) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(fc.gen(), property), {
    numRuns: RUNS,
    seed: SEED,
    endOnFailure: END_ON_FAILURE,
  });

/** Draws units below the root that do not contain each other and together cover its territory. */
const drawCut = (draw: Draw, oracle: Oracle, root: string, day: Day): string[] => {
  const under = oracle.under(root, day);
  return under.flatMap((child) => (oracle.under(child, day).length > 0 && chance(draw, 50) ? drawCut(draw, oracle, child, day) : [child]));
};

describe("roll-ups of records", () => {
  it("equal a recount of all dossiers in their last update, on every edition, in every period and tier", async () => {
    await holdsForAll(async (draw) => {
      const story = await drawStory(stage, draw);
      await play(story, (recount) => compare(story, recount));
    });
  });

  it("conserve every dossier: the parts of the country and its own remainder sum to the country", async () => {
    await holdsForAll(async (draw) => {
      // What agencies do that only sit in a unit counts nowhere above it.
      const story = await drawStory(stage, draw, ["DEPARTMENT"]);
      await play(story, async (recount) => {
        const asOf = oneOf(draw, story.history.days);
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
      const story = await drawStory(stage, draw);
      await maintainTrees(story);
      await play(story, async () => undefined);
      await compareWithCleanImport(story);
    });
  });

  it("do not depend on fields, fees and levels before a correction of the catalogue", async () => {
    await holdsForAll(async (draw) => {
      const story = await drawStory(stage, draw);
      await maintainTrees(story);
      await play(story, async () => undefined, correct);
      await compareWithCleanImport(story);
    });
  });
});

/** Stores trees of some editions at the start, so that each change must update them. */
const maintainTrees = async (story: Story): Promise<void> => {
  for (const asOf of story.history.days) if (chance(story.draw, 50)) await readRollups(story, "viewers", ["VN"], asOf, ["2021"]);
};

const compareWithCleanImport = async ({ ledger, now }: Story): Promise<void> => {
  const latest = new Map<string, readonly DossierRow[]>(SOURCES.map((source) => [source, ledger.stored(source)]));
  const before = await storedCounters(stage.database);
  await sql`truncate ${RECORDS}`.execute(stage.database.orm.em.fork().getKysely());
  for (const [source, rows] of latest)
    if (rows.length > 0)
      await importDossiers(await contextAt(stage.database, now), { source, dossiers: rows, partial: false, dryRun: false });
  expect(before).toEqual(await storedCounters(stage.database));
};
