import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { StatementMessage } from "../../src/database/message.ts";
import { Reader, type WriteGuard } from "../../src/database/reader.ts";
import { PUBLIC_SCOPE } from "../../src/database/row-scope.ts";
import { sendTogether } from "../../src/database/together.ts";
import { DomainError } from "../../src/lib/errors.ts";
import { createDatabase, PATIENT, type TestDatabase } from "../support/database.ts";
import { statementsOf } from "../support/statements.ts";

/** As the service tells it of a division by zero. */
const OUT_OF_RANGE = "A number is out of range";

let created: TestDatabase;
let database: Database;
beforeAll(async () => {
  created = await createDatabase("EMPTY");
  await created.orm.em.execute("create table noted (n int primary key deferrable initially deferred); grant all on noted to cchc_service");
  // One connection, so that each test finds what the one before left on it.
  database = await openDatabase({ databaseUrl: created.url, dataDir: "", ...PATIENT, poolSize: 1 });
});
afterAll(async () => {
  await database.close();
  await created.close();
});

const reader = () => new Reader(database.pools);
const note = (n: number) => sql`insert into noted values (${n}) returning n`;
const all = sql<{ n: number }>`select n from noted order by n`;
const noted = async () => (await reader().rows(all)).map(({ n }) => n);
const clear = () => reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [sql`delete from noted`]));

describe("statements that go together", () => {
  it("each see what those before them did, and return their rows by the types of other reads", async () => {
    const rows = await reader().write(PUBLIC_SCOPE, (em) =>
      sendTogether(em, [note(1), all, sql`select ${"2026-11-30"}::date as day, ${[1, 2]}::int[] as numbers, 5::bigint as total`]),
    );
    expect(rows).toEqual([[{ n: 1 }], [{ n: 1 }], [{ day: "2026-11-30", numbers: [1, 2], total: 5 }]]);
    expect(await noted()).toEqual([1]);
    await clear();
  });

  it("take the beginning of their transaction along", async () => {
    const sent = await statementsOf(() => reader().writeFrom(PUBLIC_SCOPE, [note(2)], (em) => sendTogether(em, [note(3)])));
    expect(sent).toHaveLength(3);
    expect(await noted()).toEqual([2, 3]);
    await clear();
  });

  it("end with the first that fails, and leave nothing", async () => {
    const failing = reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [note(4), sql`select 1 / ${0}::int`, note(5)]));
    await expect(failing).rejects.toThrow(OUT_OF_RANGE);
    expect(await noted()).toEqual([]);
  });

  it("are sent again by the same connection, whether or not one of them failed when it was new", async () => {
    const batch = (n: number) => [
      sql`select ${n}::int + 1 as "isNew"`,
      sql`select 1 / ${n}::int as share`,
      sql`select ${n}::int + 2 as "isLater"`,
    ];
    for (const n of [0, 0]) await expect(reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, batch(n)))).rejects.toThrow(OUT_OF_RANGE);
    for (const n of [1, 1])
      expect(await reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, batch(n)))).toEqual([
        [{ isNew: 2 }],
        [{ share: 1 }],
        [{ isLater: 3 }],
      ]);
    const wrong = () =>
      reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [sql`select ${1}::int as one`, sql`select absent, ${1}::int`, note(6)]));
    for (const attempt of [wrong, wrong]) await expect(attempt()).rejects.toThrow("absent");
    expect(await noted()).toEqual([]);
  });

  it("are described once by a connection, and return the same rows from then on", async () => {
    const described = vi.spyOn(StatementMessage.prototype, "handleRowDescription");
    const batch = (n: number | null) => [sql`select ${n}::int as n, 7::bigint as total`, sql`select ${n}::int as n where false`, note(10)];
    const send = (n: number | null) => reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [...batch(n), sql`delete from noted`]));
    const read = (n: number) => reader().rows(sql<object>`select ${n}::int as single, array[${n}::int] as list`);
    expect(await send(1)).toEqual([[{ n: 1, total: 7 }], [], [{ n: 10 }], []]);
    expect(await read(2)).toEqual([{ single: 2, list: [2] }]);
    expect(described.mock.calls.length).toBeGreaterThan(0);
    described.mockClear();
    expect(await send(null)).toEqual([[{ n: null, total: 7 }], [], [{ n: 10 }], []]);
    expect(await read(3)).toEqual([{ single: 3, list: [3] }]);
    expect(described).not.toHaveBeenCalled();
    described.mockRestore();
  });

  it("fail where the commit fails, and leave nothing", async () => {
    const twice = reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [note(7), note(7)]));
    await expect(twice).rejects.toThrow("A record with this key already exists");
    expect(await noted()).toEqual([]);
    await reader().write(PUBLIC_SCOPE, (em) => sendTogether(em, [note(8)]));
    expect(await noted()).toEqual([8]);
    await clear();
  });

  it("leave nothing where the guard of the request refuses, though they went with it", async () => {
    const guarded = reader();
    const guard: WriteGuard = {
      statement: sql`select 1 as version`,
      check: ([row]) => {
        throw new DomainError("CONFLICT", `version ${(row as { version: number }).version}`);
      },
    };
    guarded.guard = guard;
    const work = guarded.writeFrom(PUBLIC_SCOPE, [note(9)], () => Promise.reject(new Error("is not reached")));
    await expect(work).rejects.toThrow("version 1");
    expect(await noted()).toEqual([]);
  });

  it("read and write within the scope alone", async () => {
    const scope = { reads: "7:1", writes: "8:1", isOfFewRows: true };
    const settings = sql`select current_setting('cchc.reads') as reads, current_setting('cchc.writes') as writes, current_setting('cchc.rows') as few`;
    expect(await reader().writeFrom(scope, [settings], (_em, [rows]) => Promise.resolve(rows))).toEqual([
      { reads: "7:1", writes: "8:1", few: "few" },
    ]);
    expect(await reader().rows(settings)).toEqual([{ reads: "", writes: "", few: "" }]);
  });
});
