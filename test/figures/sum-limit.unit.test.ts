import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_COUNT } from "../../src/figures/int-range.ts";
import { DOSSIER } from "../../src/figures/measure.ts";
import { type StatedTile, tooLargeSums } from "../../src/figures/sum-limit.ts";
import { type Member, treeOf } from "../../src/figures/tree.ts";
import { type Tier, TIERS } from "../../src/hierarchy/unit.entity.ts";
import { type Measure, Oracle, type Statement } from "../rollups/oracle.ts";
import { type Draw, History } from "../rollups/random-history.ts";
import { runs, seed } from "../support/property.ts";

const SEED = seed(20_251_107);
const RUNS = runs(300);
const DAY = "2025-12-31";
const NAMES = ["received", "resolved", "resolvedEarly", "resolvedOnTime", "resolvedOverdue"] as const satisfies readonly Measure[];

const drawStatements = (draw: Draw, oracle: Oracle): Statement[] =>
  oracle.unitsOn(DAY).flatMap((unit) => {
    const own = oracle.on(unit, DAY)!.tier;
    const tiers: (Tier | null)[] = [own, null, ...TIERS.slice(TIERS.indexOf(own) + 1)];
    return tiers.flatMap((tier): Statement[] => {
      if (draw(fc.integer, { min: 0, max: 9 }) >= 4) return [];
      const kept = NAMES.filter(() => draw(fc.boolean));
      return [
        {
          unit,
          tier,
          numbers: Object.fromEntries(kept.map((name) => [name, draw(fc.integer, { min: 0, max: Math.floor(MAX_COUNT / 3) })])),
        },
      ];
    });
  });

describe("sums of published figures", () => {
  it("that an answer could not hold are foretold, of the country and of each tier, whatever is stated by whom", () => {
    let large = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const world = new History(draw).play();
        const statements = drawStatements(draw, new Oracle(world, [], DAY));
        const oracle = new Oracle(world, statements, DAY);
        const units = oracle.unitsOn(DAY);
        const numbers = new Map(units.map((unit, n) => [unit, n + 1]));
        const members = units.map((unit): Member => {
          const { parentKey, tier, kind } = oracle.on(unit, DAY)!;
          return { id: numbers.get(unit)!, parentId: parentKey === null ? null : numbers.get(parentKey)!, tier, kind };
        });
        const tiles = statements.map(({ unit, tier, numbers: known }): StatedTile => ({
          ...{ unitId: numbers.get(unit)!, scope: tier, from: "2025-01-01", to: DAY },
          known: new Map(Object.entries(known)),
        }));
        const tiers = new Set(members.flatMap(({ tier }) => tier ?? []));
        const foretold = tooLargeSums(DOSSIER, tiles, treeOf(members), tiers);
        for (const name of NAMES)
          for (const tier of [null, ...TIERS]) {
            const sum = oracle.rollup("VN", DAY, tier, name).certain ?? 0;
            if (sum <= MAX_COUNT) continue;
            large++;
            expect(foretold.find(({ measure }) => measure === name)?.sum ?? 0, `${name}, ${tier}`).toBeGreaterThanOrEqual(sum);
          }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(large, "sums that are too large among the drawn ones").toBeGreaterThan(RUNS / 10);
  });

  /** A country of one province with two communes. */
  const TREE = treeOf([
    { id: 1, parentId: null, tier: "COUNTRY", kind: "COUNTRY" },
    { id: 2, parentId: 1, tier: "PROVINCE", kind: "PROVINCE" },
    { id: 3, parentId: 2, tier: "COMMUNE", kind: "COMMUNE" },
    { id: 4, parentId: 2, tier: "COMMUNE", kind: "COMMUNE" },
  ]);
  const tile = (unitId: number, scope: Tier | null, from: string, to: string, value: number, name = "received"): StatedTile => ({
    ...{ unitId, scope, from: `2024-${from}`, to: `2024-${to}` },
    known: new Map([[name, value]]),
  });
  const foretold = (tiles: readonly StatedTile[]) => tooLargeSums(DOSSIER, tiles, TREE, new Set(["COUNTRY", "PROVINCE", "COMMUNE"]));
  const BILLION = 960_000_000;

  it("include those of the whole country by all tiers, for months, quarters and the year", () => {
    const months = Array.from(
      { length: 12 },
      (_, n) => [`${`${n + 1}`.padStart(2, "0")}-01`, `${`${n + 1}`.padStart(2, "0")}-28`] as const,
    );
    const spans = [...months, ["01-01", "03-31"], ["04-01", "06-30"], ["07-01", "09-30"], ["10-01", "12-31"], ["01-01", "12-31"]] as const;
    const weight = (n: number) => (n < 12 ? 1 / 12 : n < 16 ? 1 / 4 : 1);
    const tiles = spans.flatMap(([from, to], n) => [
      tile(1, null, from, to, 2 * BILLION * weight(n)),
      tile(2, "COMMUNE", from, to, 2 * BILLION * weight(n)),
      ...[3, 4].map((unit) => tile(unit, "COMMUNE", from, to, BILLION * weight(n))),
    ]);
    expect(foretold(tiles)).toEqual([]);
    const more = foretold([...tiles, tile(2, "PROVINCE", "01-01", "12-31", BILLION / 2)]);
    expect(more).toEqual([{ measure: "received", sum: expect.closeTo(2.5 * BILLION, 3) }]);
  });

  it("are of tiles that do not overlap, and of one tile where a stock is counted", () => {
    const halves = [tile(3, "COMMUNE", "01-01", "06-30", 1.5 * BILLION), tile(3, "COMMUNE", "07-01", "12-31", 1.5 * BILLION)];
    expect(foretold(halves)).toEqual([{ measure: "received", sum: 3 * BILLION }]);
    expect(foretold([halves[0]!, tile(3, "COMMUNE", "06-30", "12-31", 1.5 * BILLION)])).toEqual([]);
    const stock = (of: StatedTile) => ({ ...of, known: new Map([["inProcess", 1.5 * BILLION]]) });
    expect(foretold(halves.map(stock))).toEqual([]);
  });

  it("include values that the identities imply", () => {
    const channels = ["receivedOnline", "receivedDirect", "receivedPostal"].map((name) => [name, BILLION] as const);
    expect(foretold([{ ...tile(3, "COMMUNE", "01-01", "12-31", 0), known: new Map(channels) }])).toEqual([
      { measure: "received", sum: 3 * BILLION },
    ]);
  });
});
