import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rowsOf } from "../../src/database/reader.ts";
import type { Hierarchy } from "../../src/hierarchy/hierarchy.ts";
import { readHierarchy } from "../../src/hierarchy/hierarchy.store.ts";
import { selectPlacesOver } from "../../src/hierarchy/rollup-version.store.ts";
import { placesOver } from "../../src/hierarchy/unit-places.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let hierarchy: Hierarchy;
beforeAll(async () => {
  database = await createDatabase();
  hierarchy = await readHierarchy(rowsOf(database.orm.em.fork()));
});
afterAll(() => database.close());

it("the provinces above a unit, present and past, are those of SQL", async () => {
  const numbers = [...new Set(hierarchy.versions.map(({ unitNo }) => unitNo))].filter((_, n) => n % 40 === 0);
  const moved = hierarchy.versions.filter(({ code }) => ["VN", "01", "48", "22", "04"].includes(code)).map(({ unitNo }) => unitNo);
  const reader = rowsOf(database.orm.em.fork());
  let mostPlaces = 0;
  for (const no of [...numbers, ...moved]) {
    const rows = await reader.rows(
      sql<{ id: number }>`with recursive ${selectPlacesOver(sql`select ${no}::int`)} select id from place_over`,
    );
    const places = placesOver(hierarchy, [no]);
    expect(
      places.toSorted((a, b) => a - b),
      String(no),
    ).toEqual(rows.map(({ id }) => id).toSorted((a, b) => a - b));
    mostPlaces = Math.max(mostPlaces, places.length);
  }
  // Some have been in several provinces.
  expect(mostPlaces).toBeGreaterThan(1);
  expect(numbers.length).toBeGreaterThan(200);
});
