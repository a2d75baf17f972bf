import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContributionRow, Lineage } from "../../src/hierarchy/lineage.ts";
import { type LineageSource, NEVER } from "../../src/hierarchy/hierarchy-content.ts";
import { SITTING_KINDS, type SuccessionKind, type Tier, type UnitKind } from "../../src/hierarchy/unit.entity.ts";
import type { Day } from "../../src/lib/time/date.ts";
import { FIRST, History, type UnitHistory } from "../rollups/random-history.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";
import { withAgencies } from "./agency-history.ts";
import { isAgency, NaiveLineage } from "./naive-lineage.ts";

const RUNS = runs(60);
const SEED = seed(20_261_130);

/** The day on which the units of the examples change. */
const CHANGE: Day = "2021-07-01";
const dayOf = (day: Day | null | undefined): number => (day == null ? NEVER : Number(day.replaceAll("-", "")));

const sourceOf = ({ versions, successions }: UnitHistory, numbers: ReadonlyMap<string, number>): LineageSource => ({
  // A source has no order.
  versions: versions.toReversed().map((version) => ({
    ...{ unitNo: numbers.get(version.key)!, parentNo: version.parentKey === null ? null : numbers.get(version.parentKey)! },
    ...{ tier: isAgency(version) ? null : version.tier, kind: version.kind, from: dayOf(version.validFrom), to: dayOf(version.validTo) },
  })),
  successions: successions.map(({ predecessor, successor, kind, effectiveOn }) => ({
    ...{ predecessor: numbers.get(predecessor)!, successor: numbers.get(successor)!, kind, effectiveOn: dayOf(effectiveOn) },
  })),
});

const numbered = (keys: readonly string[]): ReadonlyMap<string, number> => new Map(keys.map((key, n) => [key, n + 1]));

const rowsOf = (naive: NaiveLineage, numbers: ReadonlyMap<string, number>, units: readonly string[], day: Day): ContributionRow[] =>
  units
    .flatMap((key) =>
      naive.contributionsOf(key, day).map(({ target, ...row }) => ({ target: numbers.get(target)!, unit: numbers.get(key)!, ...row })),
    )
    .toSorted((a, b) => a.target - b.target || a.unit - b.unit);

const TIERS: Partial<Record<UnitKind, Tier>> = { COUNTRY: "COUNTRY", PROVINCE: "PROVINCE", COMMUNE: "COMMUNE" };

type Life = readonly [key: string, kind: UnitKind, parent: string | null, from: Day, to: Day | null];

const historyOf = (lives: readonly Life[], successions: readonly (readonly [string, string, Day, SuccessionKind])[]): UnitHistory => ({
  versions: lives.map(([key, kind, parentKey, validFrom, validTo]) => ({
    ...{ key, kind, tier: TIERS[kind] ?? "DISTRICT", parentKey, validFrom, validTo },
    ...{ code: key, name: key, fullName: key, nameEn: null, resolution: null },
  })),
  successions: successions.map(([predecessor, successor, effectiveOn, kind]) => ({
    ...{ predecessor, successor, effectiveOn, kind, share: null, resolution: null, note: null },
  })),
  days: [FIRST, CHANGE],
});

const PROVINCE: readonly Life[] = [
  ["VN", "COUNTRY", null, FIRST, null],
  ["p", "PROVINCE", "VN", FIRST, null],
  ["e", "RURAL_DISTRICT", "p", FIRST, null],
];

/** What a unit contributes to the edition, by code and by the naive definition alike. */
const contributionsOf = (history: UnitHistory, unit: string, day: Day): string[] => {
  const keys = [...new Set(history.versions.map(({ key }) => key))];
  const numbers = numbered(keys);
  const span = { startsOn: dayOf(day), next: dayOf(history.days.find((other) => other > day)) };
  const rows = new Lineage(sourceOf(history, numbers)).contributionsTo(span, [numbers.get(unit)!]);
  expect(rows).toEqual(rowsOf(new NaiveLineage(history), numbers, [unit], day));
  return rows.map(
    ({ target, certain, nearest }) => `${keys[target - 1]} ${certain ? "certainly" : "possibly"}${nearest ? ", nearest" : ""}`,
  );
};

describe("lineage", () => {
  it("is that of the naive definition, for random units and agencies, all of them or some", () => {
    const seen = { possible: 0, handovers: 0, sitting: 0 };
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const history = withAgencies(draw, new History(draw).play());
        const keys = [...new Set(history.versions.map(({ key }) => key))];
        const numbers = numbered(draw(fc.shuffledSubarray<string>, keys, { minLength: keys.length }));
        const some = draw(fc.subarray<string>, keys);
        const naive = new NaiveLineage(history);
        const lineage = new Lineage(sourceOf(history, numbers));
        for (const [n, day] of history.days.entries()) {
          const edition = { startsOn: dayOf(day), next: dayOf(history.days[n + 1]) };
          const rows = lineage.contributionsTo(edition, null);
          expect(rows).toEqual(rowsOf(naive, numbers, keys, day));
          const asked = some.map((key) => numbers.get(key)!);
          expect(lineage.contributionsTo(edition, [...asked, ...asked])).toEqual(rowsOf(naive, numbers, some, day));
          seen.possible += rows.filter(({ certain }) => !certain).length;
          seen.handovers += history.successions.filter(({ effectiveOn }) => !history.days.includes(effectiveOn)).length;
        }
        seen.sitting += history.versions.filter(({ kind }) => (SITTING_KINDS as readonly UnitKind[]).includes(kind)).length;
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 4);
  });

  it("takes a unit that leads only to units that lead back to it to the nearest ancestor that leads anywhere", () => {
    const ended: readonly Life[] = [
      ["d", "RURAL_DISTRICT", "p", FIRST, CHANGE],
      ["c", "COMMUNE", "e", FIRST, "2018-03-01"],
      ["c", "COMMUNE", "d", "2018-03-01", CHANGE],
    ];
    const history = historyOf([...PROVINCE, ...ended], []);
    for (const unit of ["c", "d"]) expect(contributionsOf(history, unit, CHANGE)).toEqual(["VN certainly", "p certainly, nearest"]);
  });

  it("counts a vertical agency at the smallest place that it leads to, and a department in all that hold each place", () => {
    const ended: readonly Life[] = [
      ["d", "RURAL_DISTRICT", "p", FIRST, CHANGE],
      ["c", "COMMUNE", "e", CHANGE, null],
      ["tax", "VERTICAL_AGENCY", "d", FIRST, CHANGE],
      ["office", "DIVISION", "d", FIRST, CHANGE],
    ];
    const history = historyOf(
      [...PROVINCE, ...ended],
      [
        ["d", "e", CHANGE, "PART"],
        ["d", "c", CHANGE, "PART"],
      ],
    );
    expect(contributionsOf(history, "tax", CHANGE)).toEqual(["c certainly, nearest"]);
    expect(contributionsOf(history, "office", CHANGE)).toEqual(["VN certainly", "p certainly", "e certainly", "c possibly, nearest"]);
  });

  it("counts agencies of one edition that take over from each other, certainly where all was handed over or all came from one", () => {
    const agencies = (["first", "second", "third"] as const).map((key, n): Life => {
      const days = [FIRST, "2019-01-01", "2019-06-01", null] as const;
      return [key, "DEPARTMENT", "p", days[n]!, days[n + 1]!];
    });
    const history = historyOf(
      [...PROVINCE, ...agencies],
      [
        ["first", "second", "2019-01-01", "PART"],
        ["second", "third", "2019-06-01", "WHOLE"],
      ],
    );
    const above = ["VN certainly", "p certainly"];
    const [itself, later] = ["certainly, nearest", "possibly, nearest"];
    expect(contributionsOf(history, "first", FIRST)).toEqual([...above, `first ${itself}`, `second ${later}`, `third ${later}`]);
    for (const unit of ["second", "third"])
      expect(contributionsOf(history, unit, FIRST)).toEqual([...above, `first ${itself}`, `second ${itself}`, `third ${itself}`]);
  });
});
