import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Reader } from "../../src/database/reader.ts";
import { dayNumber } from "../../src/hierarchy/hierarchy-content.ts";
import { readHierarchy } from "../../src/hierarchy/hierarchy.store.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

it.each([
  ["2015-08-31", "2015-08-31"],
  ["2010-01-01", "2015-08-31"],
  ["2020-01-01", "2020-12-31"],
  ["2025-06-30", "2025-06-30"],
  ["2025-06-30", "2025-07-01"],
  ["2025-07-01", "2026-11-22"],
  ["2015-08-31", "9999-12-31"],
])("a code is of the unit that held it last within %s to %s, and an id of one that existed then", async (first, last) => {
  const reader = new Reader(database.pools);
  const hierarchy = await readHierarchy(reader);
  const named = await reader.rows(sql<{ name: string; no: number | null }>`
    select n.name, coalesce(
      (select v.unit_id from unit_version v where v.code = n.name and v.valid_from <= ${last}::date and (v.valid_to is null or v.valid_to > ${first}::date)
        order by v.valid_from desc limit 1),
      (select o.id from unit o where o.key = n.name and coalesce(o.began_on <= ${last}::date, true) and (o.ended_on is null or o.ended_on > ${first}::date))
    ) as no from (select code as name from unit_version union select key from unit union select 'none') n order by 1`);
  const found = named.map(({ name }) => ({ name, no: hierarchy.unitNoWithin(name, dayNumber(first), dayNumber(last)) }));
  expect(found).toEqual(named);
  expect(new Set(named.map(({ no }) => no)).size).toBeGreaterThan(3000);
});
