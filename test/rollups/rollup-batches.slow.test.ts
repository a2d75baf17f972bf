import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, givenDossiers, IMPORT, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

/**
 * Two provinces have dossiers of 2025. In Quảng Ninh some belong to former districts only possibly, because xã Lương Minh (06979) took whole communes of several districts.
 * In each province some communes declare their records complete.
 */
let service: TestService;

const DECLARE = `mutation ($units: [ID!]!) {
  declareComplete(input: { kind: DOSSIERS, units: $units, since: "2025-01-01", through: "2026-12-31" }) { records { kind } } }`;

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  const admin = await issueKey(service.database, "both", { "22": "ADMIN", "04": "ADMIN" });
  const given = (code: string, unit: string, day: string): Sent => ({ code, unit, receivedAt: `${day}T08:00:00+07:00` });
  const sent = [given("old", "06976", "2025-06-10"), given("new-1", "06979", "2025-07-10"), given("new-2", "06979", "2025-12-11")];
  for (const [source, owner, dossiers] of [
    ["quang-ninh", "22", sent],
    ["cao-bang", "04", [given("one", "01558", "2025-09-03"), given("two", "04", "2025-09-03")]],
  ] as const) {
    const { errors } = await service.ask(IMPORT, { source, owner, dossiers: dossiers.map(dossier) }, admin);
    expect(errors).toBeUndefined();
  }
  const declared = await service.ask(DECLARE, { units: ["06979", "01561", "04"] }, admin);
  expect(declared.errors).toBeUndefined();
});
afterAll(() => service.close());

const FIELDS = (handledBy: string) => {
  const fields =
    "received inProcess exact dataThrough incomplete b: bounds(measure: RECEIVED) { low high } coverage { unitsCovered } onlineRate { value coverage }";
  return `dossiers(period: "2025"${handledBy}) { ${fields} }`;
};

const ask = async <T>(query: string): Promise<T> => {
  const { data, errors } = await service.ask<T, object>(query);
  expect(errors).toBeUndefined();
  return data;
};

interface Unit {
  readonly code: string;
  readonly dossiers: object;
  readonly children?: readonly Unit[];
}

const flat = (unit: Unit): Unit[] => [unit, ...(unit.children ?? []).flatMap(flat)];

describe.each(["", ", handledBy: COMMUNE"])("the roll-ups of a tree%s", (handledBy) => {
  it.each([
    ["22", "2025-06-30"],
    ["22", "2026-11-15"],
    ["04", "2026-11-15"],
    ["VN", "2025-06-30"],
  ])("of %s on %s are those of each unit alone", async (code, asOf) => {
    const fields = `code ${FIELDS(handledBy)}`;
    const { unit } = await ask<{ unit: Unit }>(
      `{ unit(code: "${code}", asOf: "${asOf}") { ${fields} children { ${fields} ${code === "VN" ? "" : `children { ${fields} }`} } } }`,
    );
    const together = flat(unit);
    expect(together.length).toBeGreaterThan(50);
    for (const { code: one, dossiers } of together)
      expect((await ask<{ unit: Unit }>(`{ unit(code: "${one}", asOf: "${asOf}") { ${fields} } }`)).unit.dossiers, one).toEqual(dossiers);
    const numbers = together.map(({ dossiers }) => (dossiers as { received: number | null }).received);
    expect(numbers.some((received) => received !== null && received > 0)).toBe(true);
    expect(numbers).toContain(null);
    if (code === "04" && handledBy === "") expect(numbers).toContain(0);
  });

  it.each([
    ["2026-11-15", 3000, `children { FIELDS children { FIELDS } }`],
    ["2025-06-30", 10_000, `children { FIELDS children { FIELDS children { FIELDS } } }`],
  ])("of all units of the country on %s, whose counters are read in one pass, are those of each unit alone", async (asOf, least, below) => {
    const fields = `code dossiers(period: "2025"${handledBy}) { received resolved inProcess exact dataThrough b: bounds(measure: RECEIVED) { low high } }`;
    const { unit } = await ask<{ unit: Unit }>(`{ unit(code: "VN", asOf: "${asOf}") { ${fields} ${below.replaceAll("FIELDS", fields)} } }`);
    const all = flat(unit);
    expect(all.length).toBeGreaterThan(least);
    const reported = all.filter(({ dossiers }) => (dossiers as { b: { high: number | null } }).b.high !== null);
    expect(reported.map(({ code }) => code)).toEqual(expect.arrayContaining(["VN", "22", "04", "01558"]));
    for (const { code, dossiers } of [...reported, ...all.filter((_, n) => n % 600 === 0)])
      expect((await ask<{ unit: Unit }>(`{ unit(code: "${code}", asOf: "${asOf}") { ${fields} } }`)).unit.dossiers, code).toEqual(dossiers);
  });
});

describe("a statement that looks only for what the last one found", () => {
  let other: TestService;
  beforeAll(async () => {
    other = await startService();
  });
  afterAll(() => other.close());

  const received = async (asOf: string) => {
    const { data } = await other.ask<{ unit: { dossiers: { received: number | null } } }, object>(
      `{ unit(code: "04", asOf: "${asOf}") { dossiers(period: "2026") { received } } }`,
    );
    return data.unit.dossiers.received;
  };

  it("finds the first records, and the counters of an edition whose trees are dropped or built", async () => {
    expect([await received("2026-11-15"), await received("2024-12-31")]).toEqual([null, null]);
    await givenDossiers(other, [{ code: "one" }]);
    expect([await received("2026-11-15"), await received("2024-12-31")]).toEqual([1, 1]);
    const set = (counted: boolean) =>
      sql`update edition set records_counted = ${counted} where starts_on = (select max(starts_on) from edition where starts_on <= '2026-11-15')`.execute(
        other.database.orm.em.fork().getKysely(),
      );
    await set(false);
    expect(await received("2026-11-15")).toBe(1);
    await set(true);
    expect(await received("2026-11-15")).toBe(1);
  });
});
