import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instant } from "../../../src/database/instant-text.ts";
import { dayOf, dayOfEpoch, epochDayOf, instantText } from "../../../src/lib/time/date.ts";
import { parseInstant } from "../../../src/lib/time/instant.ts";
import { localDay } from "../../../src/lib/time/local-time.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";

const HOUR = 3_600_000;

describe("local time", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase("EMPTY");
  });
  afterAll(() => database.close());

  it("is the same here and in PostgreSQL, whatever its zone, for every day of two centuries and around midnight", async () => {
    const instants: number[] = [];
    for (let at = Date.UTC(1900, 0, 1); at < Date.UTC(2101, 0, 1); at += 24 * HOUR)
      for (const hour of [0, 16, 17]) instants.push(at + hour * HOUR, at + hour * HOUR - 1);
    const found = await database.orm.em.fork().transactional(async (em) => {
      await sql`set local timezone to 'Pacific/Kiritimati'`.execute(em.getKysely());
      const { rows } = await sql<{ day: string; text: string }>`
        select ${localDay(sql`k.at`)}::text as day, ${instant(sql`k.at`, "MS")} as text
        from unnest(${instants.map((at) => new Date(at).toISOString())}::timestamptz[]) with ordinality k(at, i) order by k.i`.execute(
        em.getKysely(),
      );
      return rows;
    });
    const wrong = instants.filter((at, n) => {
      const { day, text } = found[n]!;
      return day !== dayOf(new Date(at)) || day !== dayOfEpoch(epochDayOf(at)) || text !== instantText(at) || Date.parse(text) !== at;
    });
    expect(found).toHaveLength(instants.length);
    expect(wrong.map((at) => new Date(at).toISOString())).toEqual([]);
  });
});

describe("an instant", () => {
  it("is read as Date.parse reads it, where it exists", () => {
    for (let n = 0; n < 20_000; n++) {
      const at = Math.floor(n * 12_345_678_901.7) % Date.UTC(2100, 0, 1);
      expect(parseInstant(new Date(at).toISOString())).toBe(at);
      expect(parseInstant(instantText(at))).toBe(at);
    }
    for (const [text, same] of [
      ["2024-02-29T08:10Z", "2024-02-29T08:10:00Z"],
      ["2026-03-01T00:00:00.1+07:00", "2026-02-28T17:00:00.100Z"],
      ["2026-03-01T00:00:00.123456789-12:00", "2026-03-01T12:00:00.123Z"],
      ["2026-03-01T00:00:00+14:00", "2026-02-28T10:00:00Z"],
    ] as const)
      expect(parseInstant(text)).toBe(Date.parse(same));
  });

  it("is none on a day, at an hour or with an offset that does not exist", () => {
    for (let year = 1970; year < 2101; year++) {
      expect(parseInstant(`${year}-02-29T00:00:00Z`) !== null, String(year)).toBe(new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1);
      for (const day of ["02-30", "04-31", "06-31", "09-31", "11-31", "01-32", "00-01", "13-01", "01-00"])
        expect(parseInstant(`${year}-${day}T00:00:00Z`)).toBeNull();
    }
    for (const text of [
      "2026-03-01T24:00:00Z",
      "2026-03-01T23:60:00Z",
      "2026-03-01T23:59:60Z",
      "2026-03-01T08:00:00+14:01",
      "2026-03-01T08:00:00-12:01",
      "2026-03-01T08:00:00+07:60",
      "2026-03-01T08:00:00+0700",
      "2026-03-01T08:00:00z",
      "2026-03-01 08:00:00Z",
      "+002026-03-01T08:00:00Z",
      "2026-03-01T08:00:00.Z",
      "",
    ])
      expect(parseInstant(text), text).toBeNull();
  });
});
