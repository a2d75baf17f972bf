import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rowsOf } from "../../src/database/reader.ts";
import { countryNo } from "../../src/hierarchy/country.ts";
import type { Hierarchy } from "../../src/hierarchy/hierarchy.ts";
import { readHierarchy } from "../../src/hierarchy/hierarchy.store.ts";
import { recordChanges } from "../../src/journal/audit.ts";
import { lastProvinceNo, placesOver } from "../../src/hierarchy/unit-places.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let hierarchy: Hierarchy;
beforeAll(async () => {
  database = await createDatabase();
  hierarchy = await readHierarchy(rowsOf(database.orm.em.fork()));
});
afterAll(() => database.close());

const placesAbove = (no: number) => sql<{ id: number }>`
  with recursive above(id, is_province) as (
    select ${no}::int, exists (select from unit_version p where p.unit_id = ${no} and p.tier = 'PROVINCE')
    union
    select v.parent_id, exists (select from unit_version p where p.unit_id = v.parent_id and p.tier = 'PROVINCE')
    from above a join unit_version v on v.unit_id = a.id where not a.is_province and v.parent_id is not null
  )
  select a.id from above a where a.is_province or exists (select from unit_version t where t.unit_id = a.id and t.parent_id is null)`;

it("the provinces above a unit, present and past, are those of SQL", async () => {
  const numbers = [...new Set(hierarchy.versions.map(({ unitNo }) => unitNo))].filter((_, n) => n % 40 === 0);
  const moved = hierarchy.versions.filter(({ code }) => ["VN", "01", "48", "22", "04"].includes(code)).map(({ unitNo }) => unitNo);
  const reader = rowsOf(database.orm.em.fork());
  let mostPlaces = 0;
  for (const no of [...numbers, ...moved]) {
    const rows = await reader.rows(placesAbove(no));
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

it("the last province of a unit is the one under which the audit trail has its changes", async () => {
  const numbers = [...new Set(hierarchy.versions.map(({ unitNo }) => unitNo))].filter((_, n) => n % 20 === 0);
  const seats = hierarchy.versions.filter(({ code }) => ["VN", "01", "22"].includes(code)).map(({ unitNo }) => unitNo);
  const units = [...new Set([...numbers, ...seats])];
  const entry = { actor: "command:test", actorName: "test", operation: "test", subject: null, before: null, after: null, at: NOW };
  const em = database.orm.em.fork();
  await recordChanges(
    em,
    units.map((unitNo) => ({ ...entry, unitNo })),
  );
  const rows = await rowsOf(em).rows(sql<{ no: number; place: number }>`
    select unit_id as no, province_id as place from audit_entry where operation = 'test'`);
  const kept = new Map(rows.map(({ no, place }) => [no, place]));
  const country = countryNo(hierarchy);
  for (const no of units) expect(lastProvinceNo(hierarchy, no), String(no)).toBe(kept.get(no) || country);
  expect(new Set(kept.values()).size).toBeGreaterThan(50);
});
