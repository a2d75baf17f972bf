import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role } from "../../src/access/viewer.ts";
import { viewerOf } from "../support/viewer.ts";
import { type Agencies, type Agency, startAgencies } from "./agency-client.ts";

let agencies: Agencies;
beforeAll(async () => {
  agencies = await startAgencies();
});
afterAll(() => agencies.database.close());

describe("the right to register and close agencies", () => {
  it("is denied without a key", async () => {
    expect((await agencies.register("Sở Thử", {}, null)).error?.extensions["code"]).toBe("UNAUTHENTICATED");
    expect((await agencies.close("48.2015/so-noi-vu", "2025-01-31", undefined, null)).error?.extensions["code"]).toBe("UNAUTHENTICATED");
  });

  it.each<[string, Record<string, Role>, RegExp]>([
    ["an officer of the unit", { "48": "OFFICER" }, /needs the role ADMIN$/],
    ["the ADMIN of another province", { "04": "ADMIN" }, /needs the role ADMIN on 48 Thành phố Đà Nẵng/],
    ["the ADMIN of a commune of it", { "20242": "ADMIN" }, /needs the role ADMIN on 48 Thành phố Đà Nẵng/],
  ])("is denied to %s", async (_who, roles, message) => {
    const before = await agencies.countUnits();
    const viewer = await viewerOf(agencies.database, "other", roles);
    for (const { error } of [
      await agencies.register("Sở Thử", {}, viewer),
      await agencies.close("48.2015/so-noi-vu", "2025-01-31", undefined, viewer),
    ]) {
      expect(error?.extensions["code"]).toBe("FORBIDDEN");
      expect(error?.message).toMatch(message);
    }
    expect(await agencies.countUnits()).toBe(before);
    expect(await agencies.audited()).toEqual([]);
  });

  it("is granted to the ADMIN of a unit above", async () => {
    const { agency } = await agencies.register("Phòng Văn hóa", { unit: "20242", kind: "DIVISION" });
    expect(agency).toMatchObject({ code: "20242/phong-van-hoa", kind: "DIVISION", tier: null, parent: { code: "20242" } });
  });
});

describe("an agency with dates of its own", () => {
  it("exists on its days, counts for itself and for its unit, and has an audit entry", async () => {
    const { agency, error } = await agencies.register("Sở  Khoa học ", { validTo: "2026-10-31" });
    expect(error).toBeUndefined();
    expect(agency).toEqual({
      ...{ id: "48.2025/so-khoa-hoc", code: "48/so-khoa-hoc", name: "Sở Khoa học", kind: "DEPARTMENT", tier: null },
      ...{ validFrom: "2025-08-01", validTo: "2026-10-31", parent: { code: "48" } },
    });
    await agencies.report("48/so-khoa-hoc", 70);
    expect(await agencies.received("48/so-khoa-hoc", "2025-12-31")).toBe(70);
    expect(await agencies.received("48", "2025-12-31")).toBe(70);
    expect(await agencies.received("48", "2025-12-31", "PROVINCE")).toBe(70);
    expect(await agencies.received("48", "2026-11-22")).toBe(70);
    expect(await agencies.received("VN", "2025-12-31")).toBe(70);
    for (const day of ["2025-07-31", "2026-11-01"]) expect(await agencies.received("48/so-khoa-hoc", day)).toBeUndefined();
    const { data } = await agencies.ask<{ units: { nodes: Agency[] } }>(
      null,
      '{ units(search: "so khoa hoc", asOf: "2026-01-01") { nodes { code } } }',
    );
    expect(data.units.nodes).toEqual([{ code: "48/so-khoa-hoc" }]);
    const entry = { unit: "48.2025", kind: "DEPARTMENT", name: "Sở Khoa học", validFrom: "2025-08-01", validTo: "2026-10-31" };
    expect((await agencies.audited()).at(-1)).toEqual({
      ...{ operation: "registerAgency", subject: "48.2025/so-khoa-hoc", actor: "key:admin", before: null, after: entry },
    });
  });

  it("has a version for each version of its unit during its days", async () => {
    const seats = await sql<{ key: string; last: string | null }>`
      select u.key, u.ended_on - 1 as last from unit_version v join unit u on u.id = v.unit_id
      join contribution c on c.unit_id = u.id and c.certain and c.target_id = (select id from unit where key = '48.2025')
      where v.tier is not null group by u.id having count(*) > 1 order by count(*) desc, u.key limit 1`.execute(
      agencies.database.orm.em.fork().getKysely(),
    );
    const { key, last } = seats.rows[0]!;
    const { agency, error } = await agencies.register("Phòng Đất", { unit: key, kind: "DIVISION", validFrom: "2015-08-31", validTo: last });
    expect(error).toBeUndefined();
    const versions = async (of: string) =>
      (
        await sql<{ code: string }>`
          select v.valid_from, v.valid_to, split_part(v.code, '/', 1) as code from unit_version v join unit u on u.id = v.unit_id
          where u.key = ${of} order by v.valid_from`.execute(agencies.database.orm.em.fork().getKysely())
      ).rows;
    expect((await versions(key)).length).toBeGreaterThan(1);
    expect(await versions(agency!.id)).toEqual(await versions(key));
  });

  it("may have the name of a closed agency, but not of an existing one", async () => {
    expect((await agencies.register("Ban Một", { validTo: "2025-12-31" })).agency?.id).toBe("48.2025/ban-mot");
    const { error } = await agencies.register("Ban  MỘT", { validFrom: "2025-12-31" });
    expect(error?.extensions["code"]).toBe("CONFLICT");
    expect(error?.message).toBe("48/ban-mot exists already, from 2025-08-01 to 2025-12-31");
    expect((await agencies.register("Ban Một", { validFrom: "2026-01-01" })).agency).toMatchObject({
      id: "48.2025/ban-mot.2",
      code: "48/ban-mot",
    });
    const { data } = await agencies.ask<{ old: Agency; now: Agency }>(
      null,
      '{ old: unit(code: "48/ban-mot", asOf: "2025-10-01") { id } now: unit(code: "48/ban-mot") { id } }',
    );
    expect(data).toEqual({ old: { id: "48.2025/ban-mot" }, now: { id: "48.2025/ban-mot.2" } });
  });

  it("is registered once by two concurrent callers", async () => {
    const both = await Promise.all([agencies.register("Ban Đôi"), agencies.register("Ban Đôi")]);
    expect(both.filter(({ agency }) => agency?.id === "48.2025/ban-doi")).toHaveLength(1);
    expect(both.filter(({ error }) => error?.extensions["code"] === "CONFLICT")).toHaveLength(1);
  });

  it("is visible to later fields of the same operation", async () => {
    const field = (name: string) =>
      `registerAgency(input: { unit: "20242", kind: DIVISION, name: "${name}", validFrom: "2025-08-01" }) { agency { parent { children(kinds: [DIVISION]) { code } } } }`;
    type Seen = { agency: { parent: { children: Agency[] } } };
    const { data } = await agencies.ask<{ a: Seen; b: Seen }>(agencies.admin, `mutation { a: ${field("Phòng X")} b: ${field("Phòng Y")} }`);
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
    const before = await agencies.countUnits();
    const { error } = await agencies.register("Sở Sai", input);
    expect(error?.extensions).toEqual({ code: "BAD_USER_INPUT", argument });
    expect(error?.message).toMatch(message);
    expect(await agencies.countUnits()).toBe(before);
  });
});

describe("the kind of an agency", () => {
  it("must not be that of a territorial unit", async () => {
    const before = await agencies.countUnits();
    expect((await agencies.register("Sở Sai", { kind: "WARD" })).error?.message).toMatch(/"WARD" does not exist in "AgencyKind" enum/);
    expect(await agencies.countUnits()).toBe(before);
  });
});
