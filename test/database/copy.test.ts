import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyInto } from "../../src/database/copy.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase("EMPTY");
});
afterAll(() => database.close());

const COLUMNS = ["edition_id", "target_id", "unit_id", "certain", "nearest"];
const textOf = (units: readonly number[]) => units.map((unit) => `1\t2\t${unit}\tt\tf\n`).join("");
const service = () => database.pools.builds.em.fork();
const stored = async () =>
  (await sql<{ n: number }>`select count(*) as n from contribution where certain and not nearest`.execute(service().getKysely())).rows[0]!
    .n;

describe("rows that are copied into a table", () => {
  it("are visible to their transaction, and are gone if it rolls back", async () => {
    const copying = service().transactional(async (em) => {
      await copyInto(em, "contribution", COLUMNS, textOf([1, 2, 3]));
      const { rows } = await sql`select unit_id from contribution order by 1`.execute(em.getKysely());
      expect(rows).toEqual([{ unit_id: 1 }, { unit_id: 2 }, { unit_id: 3 }]);
      throw new Error("undone");
    });
    await expect(copying).rejects.toThrow("undone");
    expect(await stored()).toBe(0);
  });

  it("may be the first statement of a transaction, and may be none", async () => {
    await service().transactional((em) => copyInto(em, "contribution", COLUMNS, textOf([7])));
    await service().transactional((em) => copyInto(em, "contribution", COLUMNS, ""));
    expect(await stored()).toBe(1);
    await sql`delete from contribution`.execute(service().getKysely());
  });

  it("fail as a whole if one is refused, long before all are sent, and the connection serves the next statement", async () => {
    const units = [1, 1, ...Array.from({ length: 300_000 }, (_, n) => n + 2)];
    for (const text of [textOf(units), `1\tno number\n${textOf(units.slice(1))}`]) {
      const copying = service().transactional((em) => copyInto(em, "contribution", COLUMNS, text));
      await expect(copying).rejects.toThrow(/duplicate key value|invalid input syntax/);
      expect(await stored()).toBe(0);
    }
    await expect(service().transactional((em) => copyInto(em, "no_table", COLUMNS, textOf(units)))).rejects.toThrow(/does not exist/);
    expect(await stored()).toBe(0);
  });
});
