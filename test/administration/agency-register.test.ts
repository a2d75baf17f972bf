import type { GraphQLSchema } from "graphql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role, Viewer } from "../../src/access/viewer.ts";
import { createSubgraph } from "../../src/graphql/schema/subgraph.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { askAs, viewerOf } from "../support/viewer.ts";

const UNIT = "id code name kind tier validFrom validTo parent { code }";
const REGISTER = `mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { ${UNIT} } } }`;
const CLOSE = `mutation ($input: CloseAgencyInput!) { closeAgency(input: $input) { agency { ${UNIT} } } }`;

let database: TestDatabase;
let schema: GraphQLSchema;
let admin: Viewer;

beforeAll(async () => {
  database = await createDatabase();
  ({ schema } = await createSubgraph());
  admin = await viewerOf(database, "admin", { "48": "ADMIN" });
});
afterAll(() => database.close());

const db = () => database.orm.em.fork().getKysely();
const ask = <T>(viewer: Viewer | null, source: string, variables: Record<string, unknown> = {}) =>
  askAs<T>(schema, database, viewer, source, variables);

interface Agency {
  readonly id: string;
  readonly code: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

const register = async (name: string, input: Record<string, unknown> = {}, viewer: Viewer | null = admin) => {
  const given = { unit: "48", kind: "DEPARTMENT", name, validFrom: "2025-08-01", ...input };
  const { data, errors } = await ask<{ registerAgency: { agency: Agency } } | null>(viewer, REGISTER, { input: given });
  return { agency: data?.registerAgency.agency, error: errors?.[0] };
};

const close = async (id: string, lastDay: string, successor?: string, viewer: Viewer | null = admin) => {
  const { data, errors } = await ask<{ closeAgency: { agency: Agency } } | null>(viewer, CLOSE, { input: { id, lastDay, successor } });
  return { agency: data?.closeAgency.agency, error: errors?.[0] };
};

const state = async (code: string, value: number, from = "2025-09-01", to = "2025-09-30"): Promise<void> => {
  await sql`
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
    select 1, 99, unit_id, null, ${from}, ${to}, 'dossier.received', ${value}, '{}', 'q' from unit_version
    where code = ${code} and valid_from <= ${from} and (valid_to is null or valid_to > ${from})`.execute(db());
  await sql`delete from rollup_set where period_from = ${from} and period_to = ${to}`.execute(db());
};

const received = async (code: string, asOf: string, tier?: string, period = "2025-09"): Promise<number | null | undefined> => {
  const { data, errors } = await ask<{ unit: { dossiers: { received: number | null } } | null }>(
    null,
    `{ unit(code: "${code}", asOf: "${asOf}") { dossiers(period: "${period}"${tier ? `, handledBy: ${tier}` : ""}) { received } } }`,
  );
  expect(errors).toBeUndefined();
  return data.unit?.dossiers.received;
};

const audited = async () =>
  (
    await sql<{ operation: string; subject: string; actor: string; before: unknown; after: unknown }>`
      select operation, subject, actor, before, after from audit_entry where operation <> 'load seeds' order by id`.execute(db())
  ).rows;

const unitsThere = async () => (await sql<{ n: number }>`select count(*)::int as n from unit`.execute(db())).rows[0]!.n;

describe("who may register and close agencies", () => {
  it("is nobody without a token", async () => {
    expect((await register("Sở Thử", {}, null)).error?.extensions["code"]).toBe("UNAUTHENTICATED");
    expect((await close("48.2015/so-noi-vu", "2025-01-31", undefined, null)).error?.extensions["code"]).toBe("UNAUTHENTICATED");
  });

  it.each<[string, Record<string, Role>, RegExp]>([
    ["an officer of the unit", { "48": "OFFICER" }, /needs the role ADMIN$/],
    ["who administers another province", { "04": "ADMIN" }, /needs the role ADMIN on 48 Thành phố Đà Nẵng/],
    ["who administers a commune of it", { "20242": "ADMIN" }, /needs the role ADMIN on 48 Thành phố Đà Nẵng/],
  ])("is not %s", async (_who, roles, message) => {
    const before = await unitsThere();
    const viewer = await viewerOf(database, "other", roles);
    for (const { error } of [await register("Sở Thử", {}, viewer), await close("48.2015/so-noi-vu", "2025-01-31", undefined, viewer)]) {
      expect(error?.extensions["code"]).toBe("FORBIDDEN");
      expect(error?.message).toMatch(message);
    }
    expect(await unitsThere()).toBe(before);
    expect(await audited()).toEqual([]);
  });

  it("is who administers a unit above", async () => {
    const { agency } = await register("Phòng Văn hóa", { unit: "20242", kind: "DIVISION" });
    expect(agency).toMatchObject({ code: "20242/phong-van-hoa", kind: "DIVISION", tier: null, parent: { code: "20242" } });
  });
});

describe("an agency with dates of its own", () => {
  it("is there on its days, counts for itself and for its unit, and is written into the trail", async () => {
    const { agency, error } = await register("Sở  Khoa học ", { validTo: "2026-10-31" });
    expect(error).toBeUndefined();
    expect(agency).toEqual({
      ...{ id: "48.2025/so-khoa-hoc", code: "48/so-khoa-hoc", name: "Sở Khoa học", kind: "DEPARTMENT", tier: null },
      ...{ validFrom: "2025-08-01", validTo: "2026-10-31", parent: { code: "48" } },
    });
    await state("48/so-khoa-hoc", 70);
    expect(await received("48/so-khoa-hoc", "2025-12-31")).toBe(70);
    expect(await received("48", "2025-12-31")).toBe(70);
    expect(await received("48", "2025-12-31", "PROVINCE")).toBe(70);
    expect(await received("48", "2026-11-22")).toBe(70);
    expect(await received("VN", "2025-12-31")).toBe(70);
    for (const day of ["2025-07-31", "2026-11-01"]) expect(await received("48/so-khoa-hoc", day)).toBeUndefined();
    const { data } = await ask<{ units: { nodes: Agency[] } }>(
      null,
      '{ units(search: "so khoa hoc", asOf: "2026-01-01") { nodes { code } } }',
    );
    expect(data.units.nodes).toEqual([{ code: "48/so-khoa-hoc" }]);
    const entry = { unit: "48.2025", kind: "DEPARTMENT", name: "Sở Khoa học", validFrom: "2025-08-01", validTo: "2026-10-31" };
    expect((await audited()).at(-1)).toEqual({
      ...{ operation: "registerAgency", subject: "48.2025/so-khoa-hoc", actor: "key:admin", before: null, after: entry },
    });
  });

  it("has a version for each of its unit's on its days", async () => {
    const seats = await sql<{ key: string; last: string | null }>`
      select u.key, u.ended_on - 1 as last from unit_version v join unit u on u.id = v.unit_id
      join contribution c on c.unit_id = u.id and c.certain and c.target_id = (select id from unit where key = '48.2025')
      where v.tier is not null group by u.id having count(*) > 1 order by count(*) desc, u.key limit 1`.execute(db());
    const { key, last } = seats.rows[0]!;
    const { agency, error } = await register("Phòng Đất", { unit: key, kind: "DIVISION", validFrom: "2015-08-31", validTo: last });
    expect(error).toBeUndefined();
    const versions = async (of: string) =>
      (
        await sql<{ code: string }>`
          select v.valid_from, v.valid_to, split_part(v.code, '/', 1) as code from unit_version v join unit u on u.id = v.unit_id
          where u.key = ${of} order by v.valid_from`.execute(db())
      ).rows;
    expect((await versions(key)).length).toBeGreaterThan(1);
    expect(await versions(agency!.id)).toEqual(await versions(key));
  });

  it("may bear the name of one that is no more, and not of one that is there", async () => {
    expect((await register("Ban Một", { validTo: "2025-12-31" })).agency?.id).toBe("48.2025/ban-mot");
    const { error } = await register("Ban  MỘT", { validFrom: "2025-12-31" });
    expect(error?.extensions["code"]).toBe("CONFLICT");
    expect(error?.message).toBe("48/ban-mot exists already, from 2025-08-01 to 2025-12-31");
    expect((await register("Ban Một", { validFrom: "2026-01-01" })).agency).toMatchObject({ id: "48.2025/ban-mot.2", code: "48/ban-mot" });
    const { data } = await ask<{ old: Agency; now: Agency }>(
      null,
      '{ old: unit(code: "48/ban-mot", asOf: "2025-10-01") { id } now: unit(code: "48/ban-mot") { id } }',
    );
    expect(data).toEqual({ old: { id: "48.2025/ban-mot" }, now: { id: "48.2025/ban-mot.2" } });
  });

  it("is registered once by two who do so at once", async () => {
    const both = await Promise.all([register("Ban Đôi"), register("Ban Đôi")]);
    expect(both.filter(({ agency }) => agency?.id === "48.2025/ban-doi")).toHaveLength(1);
    expect(both.filter(({ error }) => error?.extensions["code"] === "CONFLICT")).toHaveLength(1);
  });

  it("is seen by what follows in the same operation", async () => {
    const field = (name: string) =>
      `registerAgency(input: { unit: "20242", kind: DIVISION, name: "${name}", validFrom: "2025-08-01" }) { agency { parent { children(kinds: [DIVISION]) { code } } } }`;
    type Seen = { agency: { parent: { children: Agency[] } } };
    const { data } = await ask<{ a: Seen; b: Seen }>(admin, `mutation { a: ${field("Phòng X")} b: ${field("Phòng Y")} }`);
    expect(data.b.agency.parent.children.length).toBe(data.a.agency.parent.children.length + 1);
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ["an unknown unit", { unit: "999999" }, "unit", /territorial unit that exists on 2025-08-01/],
    ["a unit that is no more", { unit: "490" }, "unit", /"490" is not accepted/],
    ["an agency as unit", { unit: "48/so-noi-vu" }, "unit", /territorial/],
    ["NUL in a unit", { unit: "48\0" }, "unit", /territorial/],
    ["no name", { name: " - " }, "name", /with a letter or a digit/],
    ["a long name", { name: "a".repeat(151) }, "name", /at most 150/],
    ["a control character", { name: "Sở\u0000" }, "name", /at most 150/],
    ["what cannot be seen", { name: "Sở\u200B Tư pháp" }, "name", /holds U\+200B; must be a name/],
    ["a mark to turn the direction", { name: "Sở \u202ETư pháp" }, "name", /holds U\+202E; /],
    ["U+00D0 for Đ", { name: "Ban Ðô thị" }, "name", /holds U\+00D0; /],
    ["ð for đ", { name: "Ban ðô thị" }, "name", /holds U\+00F0; /],
    ["a Cyrillic letter", { name: "Sở Nội vụ А" }, "name", /holds U\+0410; /],
    ["a lone surrogate", { name: "Sở \ud800" }, "name", /at most 150/],
    ["a day that is none", { validFrom: "2025-02-30" }, "validFrom", /YYYY-MM-DD/],
    ["a day before all that is known", { validFrom: "2015-08-30" }, "validFrom", /2015-08-31/],
    ["days backwards", { validTo: "2025-07-31" }, "validTo", /from validFrom, 2025-08-01, on/],
    ["the end of time", { validTo: "9999-12-31" }, "validTo", /9999-12-30/],
    ["days beyond those of the unit", { unit: "490", validFrom: "2024-01-01" }, "validTo", /490 .* exists until 2025-06-30/],
    ["a last day beyond that of the unit", { unit: "490", validFrom: "2024-01-01", validTo: "2025-07-01" }, "validTo", /"2025-07-01"/],
  ])("is refused with %s", async (_what, input, argument, message) => {
    const before = await unitsThere();
    const { error } = await register("Sở Sai", input);
    expect(error?.extensions).toEqual({ code: "BAD_USER_INPUT", argument });
    expect(error?.message).toMatch(message);
    expect(await unitsThere()).toBe(before);
  });
});

describe("the kind of an agency", () => {
  it("must not be that of a territorial unit", async () => {
    const before = await unitsThere();
    expect((await register("Sở Sai", { kind: "WARD" })).error?.message).toMatch(/"WARD" does not exist in "AgencyKind" enum/);
    expect(await unitsThere()).toBe(before);
  });
});

describe("closing an agency", () => {
  it("sets its last day and leaves what it did to its successor", async () => {
    await register("Sở Cũ");
    await register("Sở Mới", { validFrom: "2026-03-01" });
    await state("48/so-cu", 5);
    // Stored before, so that it must be made anew.
    expect(await received("48/so-moi", "2026-06-30")).toBeNull();
    const before = await received("48", "2026-06-30");
    const { agency, error } = await close("48.2025/so-cu", "2026-02-28", "48/so-moi");
    expect(error).toBeUndefined();
    expect(agency).toMatchObject({ code: "48/so-cu", validTo: "2026-02-28" });
    expect(await received("48/so-moi", "2026-06-30")).toBe(5);
    expect(await received("48/so-cu", "2026-02-28")).toBe(5);
    expect(await received("48", "2026-06-30")).toBe(before);
    const { data } = await ask<{ unit: unknown; units: { nodes: Agency[] } }>(
      null,
      `{ unit(code: "48/so-cu", asOf: "2026-02-28") { successors { kind effectiveOn unit { code } } correspondence(on: "2026-03-01") { certain unit { code } } }
        units(search: "so cu", within: "48", asOf: "2026-03-01") { nodes { code } } }`,
    );
    expect(data.unit).toEqual({
      successors: [{ kind: "WHOLE", effectiveOn: "2026-03-01", unit: { code: "48/so-moi" } }],
      correspondence: [{ certain: true, unit: { code: "48/so-moi" } }],
    });
    expect(data.units.nodes).toEqual([{ code: "48/so-moi" }]);
    expect((await audited()).at(-1)).toEqual({
      ...{ operation: "closeAgency", subject: "48.2025/so-cu", actor: "key:admin", before: { validTo: null, successor: null } },
      after: { validTo: "2026-02-28", successor: "48.2025/so-moi" },
    });
    const entries = (await audited()).length;
    expect((await close("48.2025/so-cu", "2026-02-28", "48/so-moi")).agency).toEqual(agency);
    expect((await audited()).length).toBe(entries);
    const { error: again } = await close("48.2025/so-cu", "2026-01-31", "48/so-moi");
    expect(again?.message).toBe("48/so-cu was succeeded by 48.2025/so-moi on 2026-03-01");
  });

  it("is refused where figures are reported for it after that day", async () => {
    await register("Sở Số");
    await state("48/so-so", 1);
    const { error } = await close("48/so-so", "2025-09-29");
    expect(error?.extensions["code"]).toBe("CONFLICT");
    expect(error?.message).toBe("lastDay: reports state figures of 48/so-so until 2025-09-30; must be that day or a later one");
    expect((await close("48/so-so", "2025-09-30")).error).toBeUndefined();
  });

  it("is refused before its first day, after its last, and for what is no agency", async () => {
    await register("Sở Ngắn", { validTo: "2026-05-31" });
    await register("Sở Khác");
    for (const [id, day, successor, argument] of [
      ["48.2025/so-ngan", "2025-07-31", undefined, "id"],
      ["48.2025/so-ngan", "2026-06-01", undefined, "id"],
      ["48.2025", "2026-05-31", undefined, "id"],
      ["nobody", "2026-05-31", undefined, "id"],
      ["48.2025/so-ngan", "31/5/2026", undefined, "lastDay"],
      ["48.2025/so-ngan", "2026-05-30", "48.2025/so-ngan", "successor"],
      ["48.2025/so-ngan", "2026-05-31", "48/ban-hai", "successor"],
      ["48.2025/so-ngan", "2026-05-31", "48", "successor"],
      ["48.2025/so-ngan", "2026-05-30", "20242/phong-van-hoa", "successor"],
    ] as const) {
      const { error } = await close(id, day, successor);
      expect(error?.extensions, `${id} ${day} ${successor}`).toEqual({ code: "BAD_USER_INPUT", argument });
    }
    expect((await close("48.2025/so-ngan", "2026-04-30", "48/so-khac")).agency?.validTo).toBe("2026-04-30");
  });

  it("hands over what a report has named, on the day on which units change, to an agency of another unit", async () => {
    await state("48/so-noi-vu", 9, "2021-12-01", "2021-12-31");
    const of = (code: string, asOf: string) => received(code, asOf, undefined, "2021-12");
    await register("Sở Nội vụ", { validFrom: "2025-07-01" });
    expect([await of("48", "2021-12-31"), await of("48", "2026-01-01"), await of("48/so-noi-vu", "2026-01-01")]).toEqual([9, 9, null]);
    const { agency, error } = await close("48.2015/so-noi-vu", "2025-06-30", "48/so-noi-vu");
    expect(error).toBeUndefined();
    expect(agency).toMatchObject({ id: "48.2015/so-noi-vu", validTo: "2025-06-30" });
    expect(await of("48/so-noi-vu", "2026-01-01")).toBe(9);
    expect([await of("48", "2021-12-31"), await of("48", "2026-01-01")]).toEqual([9, 9]);
  });
});
