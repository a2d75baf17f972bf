import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";

interface Received {
  received: number | null;
  coverage: { unitsCovered: number };
}

describe("agencies", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());
  beforeEach(() => state({}));

  /** Received dossiers of 2021 by unit; a scope follows the code after a space. */
  const state = async (numbers: Record<string, number>): Promise<void> => {
    const db = service.database.orm.em.fork().getKysely();
    await sql`delete from figure where measure = 'dossier.received' and period_from = '2021-01-01'`.execute(db);
    for (const [place, value] of Object.entries(numbers)) {
      const [code, scope = null] = place.split(" ");
      await sql`
        insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
        select 1, 99, unit_id, ${scope}, '2021-01-01', '2021-12-31', 'dossier.received', ${value}, '{}', 'q' from unit_version
        where code = ${code} and valid_from <= '2021-12-31' and (valid_to is null or valid_to > '2021-12-31')`.execute(db);
    }
    await sql`delete from rollup_set`.execute(db);
  };

  const received = async (code: string, asOf: string, handledBy?: string): Promise<Received> => {
    const tier = handledBy ? `, handledBy: ${handledBy}` : "";
    const query = `{ unit(code: "${code}", asOf: "${asOf}") { dossiers(period: "2021"${tier}) { received coverage { unitsCovered } } } }`;
    const { data, errors } = await service.ask<{ unit: { dossiers: Received } }, object>(query);
    expect(errors).toBeUndefined();
    return data.unit.dossiers;
  };

  it("that a report names are units of their kind under the unit that it speaks of", async () => {
    const { data } = await service.ask(`{ unit(code: "48", asOf: "2021-12-31") {
      children(kinds: [DEPARTMENT, CENTRAL_AGENCY]) { id code name kind tier parent { code } }
      all: children { kind } } units(search: "so noi vu", asOf: "2021-12-31") { nodes { code } } }`);
    const { unit, units } = data as {
      unit: { children: { code: string; tier: null }[]; all: { kind: string }[] };
      units: { nodes: { code: string }[] };
    };
    expect(unit.children.map(({ code }) => code)).toEqual([
      "48/cong-an-thanh-pho",
      "48/cuc-thue-thanh-pho",
      "48/so-du-lich",
      "48/so-noi-vu",
      "48/so-thong-tin-va-truyen-thong",
      "48/so-tu-phap",
      "48/so-y-te",
    ]);
    expect(unit.children[3]).toEqual({
      ...{ id: "48.2015/so-noi-vu", code: "48/so-noi-vu", name: "Sở Nội vụ", kind: "DEPARTMENT", tier: null, parent: { code: "48" } },
    });
    expect(unit.all.every(({ kind }) => !kind.endsWith("AGENCY") && kind !== "DEPARTMENT")).toBe(true);
    expect(units.nodes).toEqual([{ code: "48/so-noi-vu" }]);
  });

  it("count as the tier of the unit they serve if they are departments, and only where they sit if they are central", async () => {
    await state({ "48/so-y-te": 100, "48/cong-an-thanh-pho": 50 });
    expect(await received("48", "2021-12-31")).toEqual({ received: 150, coverage: { unitsCovered: 1 } });
    expect((await received("48", "2021-12-31", "PROVINCE")).received).toBe(100);
    expect((await received("VN", "2021-12-31")).received).toBe(100);
    expect((await received("48/so-y-te", "2021-12-31")).received).toBe(100);
    // The city merged with its neighbour and took its agencies along.
    expect((await received("48", "2025-12-31")).received).toBe(150);
    expect((await received("VN", "2025-12-31")).received).toBe(100);
  });

  it("are parts of the unit's statement about its own tier", async () => {
    await state({ "48 PROVINCE": 120, "48/so-y-te": 100, "48/cong-an-thanh-pho": 50 });
    expect((await received("48", "2021-12-31", "PROVINCE")).received).toBe(120);
    expect((await received("48", "2021-12-31")).received).toBe(170);
    expect((await received("VN", "2021-12-31")).received).toBe(120);
    expect((await received("48/so-y-te", "2021-12-31")).received).toBe(100);
  });
});
