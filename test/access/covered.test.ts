import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coveredAmong } from "../../src/access/grant.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { coveredBy } from "../../src/access/scope.ts";
import { grantsFor, type Role } from "../../src/access/viewer.ts";
import { cutLoaders } from "../../src/counters/cut.loaders.ts";
import { Reader } from "../../src/database/reader.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";
import { viewerOf } from "./support.ts";

describe("the units that grants cover", () => {
  let database: TestDatabase;
  let units: readonly number[];
  beforeAll(async () => {
    database = await createDatabase();
    units = (await new Reader(database.pools).rows(sql<{ no: number }>`select id as no from unit order by id`)).map(({ no }) => no);
  });
  afterAll(() => database.close());

  /** By the stored contributions, as row-level security looks them up. */
  const stored = async (grants: ReturnType<typeof grantsFor>) => {
    const reader = new Reader(database.pools);
    const found = await reader.rows(sql<{ no: number }>`select u.id as no from unit u where ${coveredBy(grants, sql`u.id`)} order by u.id`);
    return found.map(({ no }) => no);
  };

  const cases: readonly (readonly [name: string, granted: readonly (readonly [unit: string, role: Role])[]])[] = [
    ["the country", [["VN", "VIEWER"]]],
    ["a province of today, with what merged into it", [["48", "ADMIN"]]],
    ["a province that has ended", [["49.2015", "VIEWER"]]],
    [
      "a commune and a province beside it",
      [
        ["01273", "OFFICER"],
        ["48", "VIEWER"],
      ],
    ],
    [
      "units of several editions",
      [
        ["49.2015", "VIEWER"],
        ["04", "VIEWER"],
      ],
    ],
  ];
  it.each(cases)("are in memory those of the database: %s", async (_name, granted) => {
    const viewer = await viewerOf(database, ...granted);
    const hierarchy = await new RequestContext(database.pools, NOW, { viewer }).hierarchy.load();
    for (const role of ["VIEWER", "ADMIN"] as const) {
      const grants = grantsFor(viewer, role);
      const covered = coveredAmong(hierarchy, grants, units);
      expect(units.filter((no) => covered.has(no))).toEqual(await stored(grants));
    }
    expect(coveredAmong(hierarchy, grantsFor(viewer, "VIEWER"), units).size).toBeGreaterThan(0);
  });

  it("are found without a statement, as is the cut of each", async () => {
    const viewer = await viewerOf(database, ["48", "VIEWER"]);
    const context = new RequestContext(database.pools, NOW, { viewer });
    const hierarchy = await context.hierarchy.load();
    const { viewerCovers, cutOf } = context.use(cutLoaders);
    const [own, other] = ["48", "04"].map((code) => hierarchy.unitNoOf({ code }, 20_261_122, 20_261_122)!) as [number, number];
    const statements = await statementsOf(async () => {
      expect(await Promise.all([viewerCovers.load(own), viewerCovers.load(other)])).toEqual([true, false]);
      const cuts = await Promise.all([cutOf({ no: own, tier: null }), cutOf({ no: other, tier: null })]);
      expect(cuts.map(({ isOfHalfMonths }) => isOfHalfMonths)).toEqual([false, true]);
    });
    expect(statements).toEqual([]);
  });
});
