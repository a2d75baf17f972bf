import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Agencies, type Agency, startAgencies } from "./agency-client.ts";

let agencies: Agencies;
beforeAll(async () => {
  agencies = await startAgencies();
});
afterAll(() => agencies.database.close());

describe("closing an agency", () => {
  it("sets its last day, and gives its figures to its successor", async () => {
    await agencies.register("Sở Cũ");
    await agencies.register("Sở Mới", { validFrom: "2026-03-01" });
    await agencies.report("48/so-cu", 5);
    // Stored before, so that it must be made anew.
    expect(await agencies.received("48/so-moi", "2026-06-30")).toBeNull();
    const before = await agencies.received("48", "2026-06-30");
    const { agency, error } = await agencies.close("48.2025/so-cu", "2026-02-28", "48/so-moi");
    expect(error).toBeUndefined();
    expect(agency).toMatchObject({ code: "48/so-cu", validTo: "2026-02-28" });
    expect(await agencies.received("48/so-moi", "2026-06-30")).toBe(5);
    expect(await agencies.received("48/so-cu", "2026-02-28")).toBe(5);
    expect(await agencies.received("48", "2026-06-30")).toBe(before);
    const { data } = await agencies.ask<{ unit: unknown; units: { nodes: Agency[] } }>(
      null,
      `{ unit(code: "48/so-cu", asOf: "2026-02-28") { successors { kind effectiveOn unit { code } } correspondence(on: "2026-03-01") { certain unit { code } } }
        units(search: "so cu", within: "48", asOf: "2026-03-01") { nodes { code } } }`,
    );
    expect(data.unit).toEqual({
      successors: [{ kind: "WHOLE", effectiveOn: "2026-03-01", unit: { code: "48/so-moi" } }],
      correspondence: [{ certain: true, unit: { code: "48/so-moi" } }],
    });
    expect(data.units.nodes).toEqual([{ code: "48/so-moi" }]);
    expect((await agencies.audited()).at(-1)).toEqual({
      ...{ operation: "closeAgency", subject: "48.2025/so-cu", actor: "key:admin", before: { validTo: null, successor: null } },
      after: { validTo: "2026-02-28", successor: "48.2025/so-moi" },
    });
    const entries = (await agencies.audited()).length;
    expect((await agencies.close("48.2025/so-cu", "2026-02-28", "48/so-moi")).agency).toEqual(agency);
    expect((await agencies.audited()).length).toBe(entries);
    const { error: again } = await agencies.close("48.2025/so-cu", "2026-01-31", "48/so-moi");
    expect(again?.message).toBe("48/so-cu was succeeded by 48.2025/so-moi on 2026-03-01");
  });

  it("is refused if reports state figures of it after that day", async () => {
    await agencies.register("Sở Số");
    await agencies.report("48/so-so", 1);
    const { error } = await agencies.close("48/so-so", "2025-09-29");
    expect(error?.extensions["code"]).toBe("CONFLICT");
    expect(error?.message).toBe("lastDay: reports state figures of 48/so-so until 2025-09-30; must be that day or a later one");
    expect((await agencies.close("48/so-so", "2025-09-30")).error).toBeUndefined();
  });

  it("is refused for a day outside its days, and for a unit that is not an agency", async () => {
    await agencies.register("Sở Ngắn", { validTo: "2026-05-31" });
    await agencies.register("Sở Khác");
    await agencies.register("Phòng Văn hóa", { unit: "20242", kind: "DIVISION" });
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
      const { error } = await agencies.close(id, day, successor);
      expect(error?.extensions, `${id} ${day} ${successor}`).toEqual({ code: "BAD_USER_INPUT", argument });
    }
    expect((await agencies.close("48.2025/so-ngan", "2026-04-30", "48/so-khac")).agency?.validTo).toBe("2026-04-30");
  });

  it("lets two agencies succeed each other, one earlier than the other, and counts the figures of both", async () => {
    await agencies.register("Sở Thứ nhất");
    await agencies.register("Sở Thứ nhì");
    await agencies.report("48/so-thu-nhat", 3);
    await agencies.report("48/so-thu-nhi", 4);
    const before = await agencies.received("48", "2026-06-30");
    expect((await agencies.close("48/so-thu-nhat", "2026-01-31", "48/so-thu-nhi")).error).toBeUndefined();
    expect((await agencies.close("48/so-thu-nhi", "2025-12-31", "48/so-thu-nhat")).error).toBeUndefined();
    expect(await agencies.received("48/so-thu-nhat", "2026-01-15")).toBe(7);
    expect(await agencies.received("48", "2026-06-30")).toBe(before);
  });

  it("gives the figures of an agency named by a report to an agency of another unit, on the first day of an edition", async () => {
    await agencies.report("48/so-noi-vu", 9, "2021-12-01", "2021-12-31");
    const of = (code: string, asOf: string) => agencies.received(code, asOf, undefined, "2021-12");
    await agencies.register("Sở Nội vụ", { validFrom: "2025-07-01" });
    expect([await of("48", "2021-12-31"), await of("48", "2026-01-01"), await of("48/so-noi-vu", "2026-01-01")]).toEqual([9, 9, null]);
    const { agency, error } = await agencies.close("48.2015/so-noi-vu", "2025-06-30", "48/so-noi-vu");
    expect(error).toBeUndefined();
    expect(agency).toMatchObject({ id: "48.2015/so-noi-vu", validTo: "2025-06-30" });
    expect(await of("48/so-noi-vu", "2026-01-01")).toBe(9);
    expect([await of("48", "2021-12-31"), await of("48", "2026-01-01")]).toEqual([9, 9]);
  });
});
