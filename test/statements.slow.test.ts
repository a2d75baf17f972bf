import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePeriod } from "../src/lib/time/period.ts";
import { startService, type TestService } from "./support/client.ts";
import { statementsOf } from "./support/statements.ts";
import { fillCommunes } from "./support/synthetic.ts";

interface Tree {
  code: string;
  dossiers: { received: number | null };
  children?: Tree[];
}

const country = await readFile(new URL("support/country.graphql", import.meta.url), "utf8");
const variables = { asOf: "2025-06-30", period: "2024" };
const unitsIn = ({ children = [] }: Tree): number => children.reduce((sum, child) => sum + unitsIn(child), 1);

const province = (code: string) => `{ unit(code: "${code}", asOf: "2025-06-30") {
  name dossiers(period: "2024") { received onTimeRate { value } } tasks(period: "2024") { total }
  children { name dossiers(period: "2024") { received onTimeRate { value } } tasks(period: "2024") { total }
    children { name dossiers(period: "2024") { received onTimeRate { value } } tasks(period: "2024") { total } } } } }`;

describe("the number of SQL statements of an operation", () => {
  let service: TestService;
  const costOf = async (query: string, values?: object): Promise<number> => {
    // What is made when first asked for is made.
    const { errors } = await service.ask(query, values);
    expect(errors).toBeUndefined();
    return (await statementsOf(() => service.ask(query, values))).length;
  };

  beforeAll(async () => {
    service = await startService();
    await fillCommunes(service.database.orm.em.fork(), parsePeriod("period", "2024"));
  });
  afterAll(() => service.close());

  it("is at most 16 for the whole country of 30 June 2025 with its figures", async () => {
    expect(await costOf(country, variables)).toBeLessThanOrEqual(16);
    const { data } = await service.ask<{ unit: Tree }, object>(country, variables);
    expect(unitsIn(data.unit)).toBe(10_795);
    const sum = (tree: Tree): number => (tree.children ?? []).reduce((total, child) => total + (child.dossiers.received ?? 0), 0);
    expect(data.unit.dossiers.received).toBe(sum(data.unit));
    for (const child of data.unit.children!) expect(child.dossiers.received).toBe(sum(child));
  });

  it("is the same for the trees of any two provinces", async () => {
    const [small, large] = [await costOf(province("06")), await costOf(province("01"))];
    expect(small).toBe(large);
  });

  it("does not grow with the units of a list, nor with the dates that their predecessors are seen on", async () => {
    const fields =
      'name predecessors { unit { asOf name parent { name } } } dossiers(period: "2022") { received coverage { unitsCovered } }';
    const one = await costOf(`{ units(first: 1, asOf: "2025-12-31", tier: COMMUNE) { nodes { ${fields} } } }`);
    const fifty = `{ units(first: 50, asOf: "2025-12-31", tier: COMMUNE) { nodes { ${fields} } } }`;
    expect(await costOf(fifty)).toBeLessThanOrEqual(one);
    const old = `{ units(first: 50, asOf: "2024-12-31", tier: DISTRICT, search: "t") { nodes { ${fields} } } }`;
    expect(await costOf(old)).toBeLessThanOrEqual(one);
  });

  it("does not grow with the number of federated references, which are answered in order", async () => {
    const references = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        __typename: "Unit",
        ...(n % 3 === 0 ? { code: "48" } : n % 3 === 1 ? { id: "06.2015" } : { code: `x${n}` }),
      }));
    const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { fullName asOf } } }";
    const few = await costOf(query, { r: references(3) });
    expect(await costOf(query, { r: references(1000) })).toBe(few);
    const { data } = await service.ask<{ _entities: ({ fullName: string; asOf: string } | null)[] }, object>(query, {
      r: references(1000),
    });
    expect(data._entities).toHaveLength(1000);
    expect(data._entities[999]?.fullName).toBe("Thành phố Đà Nẵng");
    expect(data._entities[997]).toEqual({ fullName: "Tỉnh Bắc Kạn", asOf: "2025-06-30" });
    expect(data._entities[998]).toBeNull();
  });
});
