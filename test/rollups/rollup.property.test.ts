import type { EntityManager } from "@mikro-orm/postgresql";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOTHING_COUNTED } from "../../src/counters/cut.ts";
import { DOSSIER, enumValue, measureCode } from "../../src/figures/measure.ts";
import { incompleteMeasures, type Rollup } from "../../src/rollups/rollup.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { rollupLoaders } from "../../src/rollups/rollup.loaders.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { type Tier, TIERS } from "../../src/hierarchy/unit.entity.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { empty } from "../support/empty.ts";
import { MEASURES, Oracle, type Statement } from "./oracle.ts";
import { load } from "./stored-history.ts";
import { type Draw, History, type UnitHistory } from "./random-history.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";

const NOW = new Date("2026-11-22T12:00:00+07:00");
const RUNS = runs(5);
const SEED = seed(20_251_107);
const YEARS = ["2016", "2019", "2022", "2025"];

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase("EMPTY");
});
afterAll(() => database.close());

const state = async (em: EntityManager, statements: readonly Statement[], year: string): Promise<void> => {
  const { from, to } = parsePeriod("period", year);
  const rows = statements.flatMap(({ unit, tier, numbers }) =>
    Object.entries(numbers).map(([name, value]) => ({ unit, tier, measure: measureCode(DOSSIER, name), value })),
  );
  await sql`
    with src as (insert into source (key, kind, title, unit_id) values ('s', 'REPORT', 's', 1) returning id)
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
    select src.id, 1, u.id, r.scope, ${from}, ${to}, r.measure, r.value, '{}', 'q'
    from src, unnest(${rows.map(({ unit }) => unit)}::text[], ${rows.map(({ tier }) => tier)}::text[], ${rows.map(({ measure }) => measure)}::text[],
      ${rows.map(({ value }) => value)}::float8[]) r(key, scope, measure, value) join unit u on u.key = r.key`.execute(em.getKysely());
};

/** Random figures of units of the day: mostly of their own tier, some of a lower one or of all tiers, each with some measures hidden. */
const drawStatements = (draw: Draw, oracle: Oracle, day: Day): Statement[] =>
  oracle.unitsOn(day).flatMap((unit) => {
    const own = oracle.on(unit, day)!.tier;
    const tiers: (Tier | null)[] = [own, null, ...TIERS.slice(TIERS.indexOf(own) + 1)];
    return tiers.flatMap((tier): Statement[] => {
      if (draw(fc.integer, { min: 0, max: 9 }) >= (tier === own && own !== "COUNTRY" ? 6 : 2)) return [];
      const [early, onTime, overdue] = [0, 0, 0].map(() => draw(fc.integer, { min: 0, max: 50 })) as [number, number, number];
      const all = {
        received: draw(fc.integer, { min: 1, max: 200 }),
        resolved: early + onTime + overdue,
        resolvedEarly: early,
        resolvedOnTime: onTime,
      };
      const chosen = Object.entries(all).filter(() => draw(fc.integer, { min: 0, max: 9 }) < 7);
      return chosen.length === 0 ? [] : [{ unit, tier, numbers: Object.fromEntries(chosen) }];
    });
  });

const shown = (value: number | null): number | null => (value === null ? null : Math.max(value, 0));

/** value = part / of over matched cells; every unmatched dossier counts against (low) or for (high), and so does what is possible. */
const expectRate = (rollup: Rollup, oracle: Oracle, asOf: Day, place: string): void => {
  const [part, of, whole] = (["part", "of", "resolved"] as const).map((measure) =>
    oracle.rollup(rollup.unit.id, asOf, rollup.handledBy, measure),
  );
  const rate = rollup.rate("onTimeRate");
  if (rate.numerator === null && !rate.quoted) expect(rate.value, `rate of ${place}`).toBeNull();
  const rateShown = { numerator: rate.numerator, denominator: rate.denominator, coverage: rate.coverage, low: rate.low, high: rate.high };
  const all = Math.max(shown(whole!.certain) ?? 0, shown(of!.certain) ?? 0);
  if (whole!.certain === null || of!.certain === null) {
    const [coverage, low, high] = whole!.certain === null ? [null, null, null] : [0, 0, 1];
    expect(rateShown, `rate of ${place}`).toEqual({ numerator: null, denominator: null, coverage, low, high });
    return;
  }
  const isWithheld = oracle.isWithheld(rollup.unit.id, asOf, rollup.handledBy);
  const [matched, matchedOf] = [shown(part!.certain)!, shown(of!.certain)!];
  const unmatched = Math.max((whole!.possible ?? 0) - (of!.possible ?? 0), 0);
  const inFavour = (part!.possible ?? 0) + unmatched;
  const against = Math.max((whole!.possible ?? 0) - (part!.possible ?? 0), 0);
  expect(rateShown, `rate of ${place}`).toEqual({
    numerator: isWithheld ? null : matched,
    denominator: isWithheld ? null : matchedOf,
    coverage: isWithheld ? 0 : all === 0 ? 1 : matchedOf / all,
    low: all + against === 0 ? null : matched / (all + against),
    high: all + inFavour === 0 ? null : (matched + all - matchedOf + inFavour) / (all + inFavour),
  });
};

/** Every value, bound, rate and coverage of every unit of the day is that of the oracle. */
const compare = async (oracle: Oracle, year: string, asOf: Day): Promise<void> => {
  const context = new RequestContext(database.pools, NOW);
  const { unitByReference } = context.use(unitLoaders);
  const { dossierRollup, expectedUnits } = context.use(rollupLoaders);
  const period = parsePeriod("period", year);
  const views = await Promise.all(oracle.unitsOn(asOf).map(async (key) => unitByReference.load({ id: key, asOf })));
  const slots = [null, ...TIERS];
  const rollups = await Promise.all(
    views.flatMap((unit) => slots.map(async (handledBy) => dossierRollup.load({ unit: unit!, period, handledBy, cut: NOTHING_COUNTED }))),
  );
  const expected = await Promise.all(rollups.map((rollup) => expectedUnits(rollup)));
  for (const [n, rollup] of rollups.entries()) {
    const { unit, handledBy } = rollup;
    const place = `${unit.id} on ${asOf}, ${year}, ${handledBy ?? "all tiers"}`;
    const exact = MEASURES.every((measure) => oracle.rollup(unit.id, asOf, handledBy, measure).possible === null);
    for (const measure of MEASURES) {
      const { certain, possible } = oracle.rollup(unit.id, asOf, handledBy, measure);
      const isWithheld = oracle.isWithheld(unit.id, asOf, handledBy);
      expect(rollup.sum(measure), `${measure} of ${place}`).toBe(isWithheld ? null : shown(certain));
      const bounds = certain === null && possible === null ? [null, null] : [shown(certain) ?? 0, (shown(certain) ?? 0) + (possible ?? 0)];
      expect(Object.values(rollup.bounds(enumValue(measure))), `bounds of ${measure} of ${place}`).toEqual(bounds);
    }
    expectRate(rollup, oracle, asOf, place);
    expect(rollup.exact, `exact of ${place}`).toBe(exact);
    expect(rollup.measureCoverage.covered, `covered of ${place}`).toBe(oracle.covered(unit.id, asOf, handledBy).length);
    expect(expected[n]!, `expected of ${place}`).toBe(oracle.expected(unit.id, asOf, handledBy).length);
    expect(
      incompleteMeasures(rollup, rollup.measureCoverage).filter((measure) => MEASURES.some((name) => enumValue(name) === measure)),
      `incomplete of ${place}`,
    ).toEqual(oracle.incomplete(unit.id, asOf, handledBy).map(enumValue));
  }
};

/** Stores a random history with random statements. */
const drawn = async (draw: Draw) => {
  const history = new History(draw).play();
  const em = database.orm.em.fork();
  await load(em, history);
  const year = YEARS[draw(fc.integer, { min: 0, max: YEARS.length - 1 })]!;
  const day = parsePeriod("period", year).to;
  const statements = drawStatements(draw, new Oracle(history, [], day), day);
  await state(em, statements, year);
  return { history, em, year, day, statements, oracle: new Oracle(history, statements, day) };
};

const holdsForAll = (property: (draw: Draw) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(fc.gen(), property), {
    numRuns: RUNS,
    seed: SEED,
    endOnFailure: END_ON_FAILURE,
  });

const rollupsOf = async (units: readonly string[], asOf: Day, year: string) => {
  const context = new RequestContext(database.pools, NOW);
  const { unitByReference } = context.use(unitLoaders);
  const { dossierRollup } = context.use(rollupLoaders);
  const views = await Promise.all(units.map(async (id) => unitByReference.load({ id, asOf })));
  const period = parsePeriod("period", year);
  return Promise.all(views.map(async (unit) => dossierRollup.load({ unit: unit!, period, handledBy: null, cut: NOTHING_COUNTED })));
};

/** Draws units below the root that do not contain each other and together cover its territory. */
const drawCut = (draw: Draw, oracle: Oracle, root: string, day: Day): string[] => {
  const under = oracle.under(root, day);
  return under.flatMap((child) => (oracle.under(child, day).length > 0 && draw(fc.boolean) ? drawCut(draw, oracle, child, day) : [child]));
};

/** Everything that is stored of the roll-ups, as text. */
const stored = async (em: EntityManager): Promise<string> => {
  const { rows } = await sql`
    select s.edition_id, s.period_from, u.key, r.slot, r.covered, r.reported, r.exact, r.possible, r.received, r.resolved, r.resolved_early,
      r.on_time_rate_part, r.on_time_rate_of, r.on_time_rate_whole
    from dossier_rollup r join rollup_set s on s.id = r.set_id join unit u on u.id = r.unit_id order by 1, 2, 3, 4`.execute(em.getKysely());
  return JSON.stringify(rows);
};

const ownOnly = (oracle: Oracle, statements: readonly Statement[], day: Day): Statement[] =>
  statements.filter(({ unit, tier }) => tier === oracle.on(unit, day)!.tier);

describe("roll-ups over random hierarchies", () => {
  it("equal those of a naive oracle, on every edition", async () => {
    await holdsForAll(async (draw) => {
      const { history, oracle, year } = await drawn(draw);
      for (const asOf of history.days) await compare(oracle, year, asOf);
    });
  });

  it("conserve every dossier: the parts of a unit and its own remainder sum to the unit", async () => {
    await holdsForAll(async (draw) => {
      const { history, oracle, year } = await drawn(draw);
      for (const asOf of history.days) {
        const roots = oracle.unitsOn(asOf).filter((unit) => oracle.under(unit, asOf).length > 0);
        const root = roots[draw(fc.integer, { min: 0, max: roots.length - 1 })]!;
        const cut = drawCut(draw, oracle, root, asOf);
        const [whole, ...parts] = await rollupsOf([root, ...cut], asOf, year);
        for (const measure of MEASURES) {
          // Figures that contradict each other leave less than nothing somewhere, which is shown as 0.
          if ([root, ...cut].some((unit) => (oracle.rollup(unit, asOf, null, measure).certain ?? 0) < 0)) continue;
          const sum = parts.reduce((total, part) => total + (part.sum(measure) ?? 0), 0);
          expect(whole!.sum(measure) ?? 0, `${measure} of ${root} on ${asOf}`).toBe(sum + oracle.between(root, cut, asOf, measure));
        }
      }
      const country = await Promise.all(history.days.map(async (asOf) => (await rollupsOf(["VN"], asOf, year))[0]!.sum("received")));
      expect(new Set(country).size, "values of the country over all editions").toBe(1);
    });
  });

  it("do not depend on the order in which figures came in", async () => {
    await holdsForAll(async (draw) => {
      const { history, em, year, statements } = await drawn(draw);
      for (const asOf of history.days) await rollupsOf(["VN"], asOf, year);
      const before = await stored(em);
      await empty(em, ["source", "figure", "rollup_set"]);
      await state(
        em,
        fc.sample(fc.shuffledSubarray([...statements], { minLength: statements.length }), { numRuns: 1, seed: SEED })[0]!,
        year,
      );
      for (const asOf of history.days) await rollupsOf(["VN"], asOf, year);
      expect(await stored(em)).toBe(before);
    });
  });

  it("are not changed by a unit without values", async () => {
    await holdsForAll(async (draw) => {
      const { history, em, year, day, statements, oracle } = await drawn(draw);
      const asOf = history.days.at(-1)!;
      const figures = ownOnly(oracle, statements, day);
      const parent = [...oracle.unitsOn(day)].find((unit) => oracle.on(unit, day)!.tier === "PROVINCE" && oracle.on(unit, asOf))!;
      if (!parent) return;
      const read = async (changed: UnitHistory) => {
        await load(em, changed);
        await state(em, figures, year);
        return (await rollupsOf(oracle.unitsOn(asOf), asOf, year)).map((rollup) => [
          rollup.unit.id,
          ...MEASURES.map((name) => rollup.sum(name)),
          rollup.measureCoverage.covered,
        ]);
      };
      const life = history.versions.filter(({ key }) => key === parent);
      const twin = {
        ...life[0]!,
        key: "empty",
        code: "empty",
        name: "Empty",
        fullName: "Empty",
        parentKey: parent,
        tier: "COMMUNE" as const,
        kind: "COMMUNE" as const,
      };
      const versions = [...history.versions, { ...twin, validTo: life.at(-1)!.validTo }];
      expect(await read({ ...history, versions })).toEqual(await read(history));
    });
  });
});
