import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Change, recordChange } from "../../src/journal/audit.ts";
import { readScope } from "../../src/access/scope.ts";
import { grantsFor, type Role, type Viewer } from "../../src/access/viewer.ts";
import { Reader } from "../../src/database/reader.ts";
import { cursorOf } from "../../src/lib/page.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Ask, asker, secondsLater, viewerOf } from "../access/support.ts";

const TRAIL = `query ($unit: ID!, $first: Int, $after: String) { auditTrail(unit: $unit, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor node { id } } nodes { id at actor actorName operation subject before after unit { id fullName asOf } } } }`;

interface Trail {
  readonly auditTrail: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    readonly nodes: readonly {
      readonly id: string;
      readonly at: string;
      readonly subject: string;
      readonly unit: { readonly id: string };
    }[];
  };
}

describe("the audit trail", () => {
  let database: TestDatabase;
  let ask: Ask;
  let caoBang: Viewer;
  beforeAll(async () => {
    database = await createDatabase();
    ask = await asker(database);
    caoBang = await holder(["04", "ADMIN"]);
  });
  afterAll(() => database.close());

  const rows = <T>(text: string, values: unknown[] = []) => database.orm.em.getConnection().execute<T[]>(text, values);
  /** A viewer whose own key has left no trail. */
  const holder = async (...grants: (readonly [string, Role])[]): Promise<Viewer> => {
    const made = await viewerOf(database, ...grants);
    await rows("delete from audit_entry where operation = 'createAccessKey'");
    return made;
  };
  const numberOf = async (unit: string) => (await rows<{ id: number }>("select id from unit where key = ?", [unit]))[0]!.id;
  const change = async (unit: string | null, subject: string, over: Partial<Change> = {}) => {
    const unitNo = unit === null ? null : await numberOf(unit);
    const entry = { actor: "command:test", actorName: "test", operation: "test", subject, before: null, after: { of: subject }, at: NOW };
    await database.orm.em.fork().transactional((em) => recordChange(em, { ...entry, unitNo, ...over }));
  };
  const trail = async (viewer: Viewer, unit: string, first?: number, after?: string | null) =>
    (await ask<Trail>(viewer, TRAIL, { unit, ...(first && { first }), ...(after && { after }) })).data!.auditTrail;
  const subjects = async (viewer: Viewer, unit: string) => (await trail(viewer, unit)).nodes.map(({ subject }) => subject);
  const paged = async (viewer: Viewer, unit: string, first: number) => {
    const pages = [await trail(viewer, unit, first)];
    while (pages.at(-1)!.pageInfo.hasNextPage) pages.push(await trail(viewer, unit, first, pages.at(-1)!.pageInfo.endCursor));
    return pages;
  };

  it("is refused without a key, without the role ADMIN, and outside the ADMIN's scope", async () => {
    expect(await ask(null, TRAIL, { unit: "04" })).toMatchObject({ code: "UNAUTHENTICATED", data: null });
    for (const role of ["VIEWER", "OFFICER", "ASSESSOR"] as const)
      expect(await ask(await holder(["04", role]), TRAIL, { unit: "04" })).toMatchObject({ code: "FORBIDDEN", data: null });
    const mixed = await holder(["04", "ADMIN"], ["48", "VIEWER"]);
    for (const [unit, name] of [
      ["48", "Thành phố Đà Nẵng (48.2025)"],
      ["VN", "Cộng hòa xã hội chủ nghĩa Việt Nam (VN)"],
      ["06", "Tỉnh Bắc Kạn (06.2015)"],
    ] as const)
      expect(await ask(mixed, TRAIL, { unit })).toEqual({
        ...{ data: null, code: "FORBIDDEN", message: `This needs the role ADMIN on ${name}, or on a unit above it` },
      });
    for (const unit of ["nowhere", "", "04\0"])
      expect(await ask(mixed, TRAIL, { unit })).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^unit: ".*" is not accepted/) as string,
      });
  });

  it("refuses cursors and sizes that it has not given", async () => {
    for (const after of [
      "",
      "x",
      cursorOf({ rank: 2 ** 53, text: "x" }),
      cursorOf({ rank: 1, text: "" }),
      cursorOf({ rank: 1, text: "\0" }),
    ])
      expect(await ask(caoBang, TRAIL, { unit: "04", after })).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^after: /) as string,
      });
    for (const first of [0, 1001, -1])
      expect(await ask(caoBang, TRAIL, { unit: "04", first })).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^first: /) as string,
      });
    // Other lists are ordered by integers, which a longer rank is none of.
    const units = "query ($after: String) { units(after: $after) { totalCount } }";
    expect(await ask(caoBang, units, { after: cursorOf({ rank: 10 ** 12, text: "x" }) })).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("lists changes of the unit and of units that certainly contribute to it, newest first", async () => {
    await change("04.2015", "province", {
      at: secondsLater(1),
      before: { state: "DRAFT" },
      after: { state: "PUBLISHED" },
      operation: "publishReport",
    });
    await change("048.2015", "district", { at: secondsLater(3) });
    await change("048.2015", "district again", { at: secondsLater(2) });
    for (const elsewhere of ["48.2025", "06.2015", "VN"]) await change(elsewhere, elsewhere);
    await change(null, "nowhere");
    expect(await subjects(caoBang, "04")).toEqual(["district", "district again", "province"]);
    expect(await subjects(caoBang, "048.2015")).toEqual(["district", "district again"]);
    const { nodes, totalCount } = await trail(caoBang, "04");
    expect(totalCount).toBe(3);
    expect(nodes[2]).toEqual({
      ...{ id: nodes[2]!.id, at: "2026-11-22T12:00:01.000000+07:00", actor: "command:test", actorName: "test", operation: "publishReport" },
      ...{ subject: "province", before: { state: "DRAFT" }, after: { state: "PUBLISHED" } },
      unit: { id: "04.2015", fullName: "Tỉnh Cao Bằng", asOf: "2026-11-22" },
    });
    expect(nodes[0]!.unit).toEqual({ id: "048.2015", fullName: "Huyện Hạ Lang", asOf: "2025-06-30" });
  });

  it("excludes changes of units that contribute only possibly", async () => {
    const ward = await holder(["00008", "ADMIN"]);
    await change("00007.2015", "a part of it");
    await change("00006.2015", "the whole of it");
    expect(await subjects(ward, "00008")).toEqual(["the whole of it"]);
  });

  it("is readable for the ADMIN of an abolished unit, and covers that unit's own changes", async () => {
    const ended = await holder(["06.2015", "ADMIN"]);
    expect(await subjects(ended, "06")).toEqual(["06.2015"]);
    expect(await ask(ended, TRAIL, { unit: "19" })).toMatchObject({ code: "FORBIDDEN" });
  });

  it("gives each entry once, in pages of any size, also of one instant", async () => {
    for (let n = 0; n < 12; n++) await change("04.2015", `same ${n}`, { at: secondsLater(10) });
    const all = (await trail(caoBang, "04", 1000)).nodes.map(({ id }) => id);
    expect(all).toHaveLength(15);
    expect(new Set(all).size).toBe(15);
    for (const first of [1, 4, 15]) {
      const pages = await paged(caoBang, "04", first);
      expect(pages.flatMap(({ nodes }) => nodes.map(({ id }) => id))).toEqual(all);
      expect(pages.map(({ totalCount }) => totalCount)).toEqual(pages.map(() => 15));
      expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_, n) => n > 0));
    }
  });

  it("stores instants to the microsecond in its order and in its cursors", async () => {
    await rows(
      "insert into audit_entry (province_id, key, at, actor, actor_name, operation, unit_id) select 0, 'micro-' || n, timestamptz '2026-11-22 13:00:00+07' + n * interval '1 microsecond', 'a', 'a', 'test', u.id from generate_series(1, 9) n, unit u where u.key = '048.2015'",
    );
    const pages = await paged(caoBang, "048.2015", 2);
    const ids = pages.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    expect(ids.slice(0, 9)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => `micro-${n}`));
    expect(ids).toHaveLength(11);
    expect(pages[0]!.nodes.map(({ at }) => at)).toEqual(["2026-11-22T13:00:00.000009+07:00", "2026-11-22T13:00:00.000008+07:00"]);
  });

  it("answers byte for byte the same, cursors and counts included, whatever happens elsewhere", async () => {
    const answers = async () =>
      JSON.stringify([await paged(caoBang, "04", 3), await paged(caoBang, "048.2015", 1), await ask(caoBang, TRAIL, { unit: "48" })]);
    const before = await answers();
    for (let n = 0; n < 20; n++)
      for (const unit of ["48.2025", "VN", "06.2015", null]) await change(unit, `elsewhere ${n}`, { at: secondsLater(n - 5) });
    expect(await answers()).toBe(before);
  });

  it("is filtered by row-level security, and empty without a scope", async () => {
    const reader = new Reader(database.pools);
    const count = sql<{ n: number }>`select count(*)::int as n from audit_entry`;
    expect(await reader.rows(count)).toEqual([{ n: 0 }]);
    const { totalCount } = await trail(caoBang, "04");
    expect(await reader.scoped(readScope(grantsFor(caoBang, "ADMIN"))).rows(count)).toEqual([{ n: totalCount }]);
    expect(await reader.scoped(readScope([])).rows(count)).toEqual([{ n: 0 }]);
  });

  it.each([
    ["update", "update audit_entry set actor = 'nobody'"],
    ["update through a subquery", "with e as (update audit_entry set after = null returning 1) select * from e"],
    ["delete", "delete from audit_entry"],
    ["truncate", "truncate audit_entry"],
    ["drop", "drop table audit_entry"],
    ["a trigger", "create trigger quiet before insert on audit_entry execute function suppress_redundant_updates_trigger()"],
    ["row-level security off", "alter table audit_entry disable row level security"],
    ["a policy", "create policy everything on audit_entry using (true)"],
  ])("can only be appended to by the service: %s", async (_, text) => {
    const before = await rows("select * from audit_entry order by id");
    for (const pool of [database.pools.requests, database.pools.builds])
      await expect(pool.em.fork().getConnection().execute(text)).rejects.toThrow(/permission denied|must be owner/);
    expect(await rows("select * from audit_entry order by id")).toEqual(before);
  });
});
