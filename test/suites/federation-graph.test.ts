import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TODAY } from "../support/client.ts";
import { ROUTERS, SECRET, startWholeGraph, type WholeGraph } from "./federation/graph.ts";
import { startNeighbour } from "./federation/neighbours.ts";
import { composeByApollo, composeByGuild, startApolloRouter, startStitchingRouter } from "./federation/routers.ts";

type Json = Readonly<Record<string, unknown>>;

/** What is different from one day to another: names, kinds, who is above and below, lineage and roll-ups. */
const FACTS = `name fullName kind tier validFrom validTo parent { id fullName } children { id code fullName kind }
  predecessors { unit { id asOf fullName } } dossiers(period: "2022") { received onTimeRate { value low high } coverage { unitsExpected unitsCovered } }`;

/** Days on both sides of the reform, and of the day on which Quảng Ninh became a city; null is today. */
const DAYS = ["2025-06-30", "2025-07-01", "2025-12-31", null] as const;
/** Codes of one unit before the reform and of another since, units that continue, and abolished units. */
const CODES = ["22", "04", "01558", "01843", "048", "00001"];
const IDS = ["22.2015", "04.2015", "01558.2015", "01558.2025", "01843.2015", "01843.2025", "048.2015"];

let graph: WholeGraph;
beforeAll(async () => {
  graph = await startWholeGraph();
});
afterAll(() => graph.close());

/** The same asked of our service alone, one by one. */
const direct = async (argument: "code" | "id", names: readonly string[], asOf: string | null, fields = FACTS): Promise<(Json | null)[]> => {
  const parts = names.map((name, n) => `u${n}: unit(${argument}: "${name}", asOf: $asOf) { ${fields} }`);
  const { data, errors } = await graph.service.ask<Record<string, Json | null>, object>(`query ($asOf: Date) { ${parts.join(" ")} }`, {
    asOf,
  });
  expect(errors).toBeUndefined();
  return names.map((_, n) => data[`u${n}`]!);
};

describe("composition", () => {
  it("has no errors, and no hint but that some graphs have no day", () => {
    expect(composeByApollo(graph.graphs)).toMatchObject({ errors: [], hints: ["INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE Unit.asOf"] });
    expect(composeByGuild(graph.graphs).errors).toEqual([]);
  });

  it("has no hint where all graphs have a day", () => {
    const dated = graph.graphs.map((one) => ({
      ...one,
      sdl: one.sdl.replaceAll("asOf: Date }", "asOf: Date! }").replaceAll("asOf: Date ", "asOf: Date! "),
    }));
    expect(composeByApollo(dated)).toMatchObject({ errors: [], hints: [] });
  });

  it("refuses a graph that refers to units without a day, instead of showing it those of today", () => {
    for (const key of ["id", "code"]) {
      const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
        type Query { meeting: Meeting } type Meeting { unit: Unit } type Unit @key(fields: "${key}", resolvable: false) { ${key}: ID! }`;
      const graphs = [graph.graphs[0]!, { name: "other", url: "http://127.0.0.1:1/", sdl }];
      expect(composeByApollo(graphs).errors.join()).toMatch(/cannot be satisfied|Unit\.fullName/);
      expect(composeByGuild(graphs).errors.length).toBeGreaterThan(0);
    }
  });

  it("composes and answers the example of another graph in docs/integration.md", async () => {
    const page = await readFile(new URL("../../docs/integration.md", import.meta.url), "utf8");
    const [shown] = page.match(/(?<=```graphql\n)extend schema[^`]*(?=```)/) ?? [];
    const meeting = { place: "Hội trường", unit: { id: "22.2015", asOf: "2025-12-31" } };
    const other = await startNeighbour("other", shown!, (note) => ({
      Query: { meeting: () => meeting },
      Unit: { __resolveReference: (keys: Json) => note({ ...keys, meetings: [meeting] }, keys) },
    }));
    const graphs = [graph.graphs[0]!, other];
    expect([composeByApollo(graphs).errors, composeByGuild(graphs).errors]).toEqual([[], []]);
    for (const start of [startApolloRouter, startStitchingRouter]) {
      const router = await start(graphs, SECRET);
      expect(
        await router.ask('{ meeting { place unit { fullName } } unit(code: "04", asOf: "2020-01-01") { meetings { place } } }'),
      ).toEqual({
        data: { meeting: { place: "Hội trường", unit: { fullName: "Tỉnh Quảng Ninh" } }, unit: { meetings: [{ place: "Hội trường" }] } },
      });
      expect(other.referred.splice(0)).toEqual([{ __typename: "Unit", id: "04.2015", asOf: "2020-01-01" }]);
      await router.close();
    }
    await other.close();
  });
});

describe.each(ROUTERS)("a graph of graphs by %s", (name) => {
  const ask = async <T>(query: string, variables: object = {}, bearer?: string): Promise<T> => {
    const { data, errors } = await graph.routers[name].ask(query, variables, bearer);
    expect(errors).toBeUndefined();
    return data as T;
  };
  /** The references that one of the other graphs gets while we ask. */
  const referredBy = async (neighbour: keyof WholeGraph["neighbours"], work: () => Promise<unknown>): Promise<readonly Json[]> => {
    const { referred } = graph.neighbours[neighbour];
    referred.length = 0;
    await work();
    return [...referred];
  };

  it("shows a unit as of the day that another graph gave with its id", async () => {
    const of = (on: string | null) => `office(unit: "22.2015"${on ? `, on: "${on}"` : ""}) { unit { id fullName } }`;
    expect(await ask(`{ before: ${of("2025-12-31")} after: ${of("2026-09-01")} }`)).toEqual({
      before: { unit: { id: "22.2015", fullName: "Tỉnh Quảng Ninh" } },
      after: { unit: { id: "22.2015", fullName: "Thành phố Quảng Ninh" } },
    });
  });

  it("returns the day of the code to a graph that refers by code", async () => {
    const query = `{ before: unit(code: "01558", asOf: "2020-01-01") { fullName population { ofCode onDay } }
      after: unit(code: "01558") { fullName population { ofCode onDay } } }`;
    const referred = await referredBy("statistics", async () =>
      expect(await ask(query)).toEqual({
        before: { fullName: "Thị trấn Thanh Nhật", population: { ofCode: "01558", onDay: "2020-01-01" } },
        after: { fullName: "Xã Hạ Lang", population: { ofCode: "01558", onDay: TODAY } },
      }),
    );
    expect(referred).toEqual([
      { __typename: "Unit", code: "01558", asOf: "2020-01-01" },
      { __typename: "Unit", code: "01558", asOf: TODAY },
    ]);
  });

  it("takes null from a graph that has no day for today", async () => {
    expect(await ask(`{ office(unit: "22.2015") { unit { fullName } } census(code: "01558") { unit { id fullName } } }`)).toEqual({
      office: { unit: { fullName: "Thành phố Quảng Ninh" } },
      census: { unit: { id: "01558.2025", fullName: "Xã Hạ Lang" } },
    });
  });

  it.each(DAYS)("shows the units that others refer to on %s as our service does", async (on) => {
    const answer = await graph.routers[name].ask(
      `query ($ids: [ID!]!, $codes: [ID!]!, $on: Date) {
        offices(units: $ids, on: $on) { nodes { unit { ${FACTS} } } } censuses(codes: $codes, on: $on) { unit { ${FACTS} } } }`,
      { ids: IDS, codes: CODES, on },
    );
    expect(answer.data, JSON.stringify(answer.errors)).not.toBeNull();
    const { offices, censuses } = answer.data as { offices: { nodes: { unit: Json | null }[] }; censuses: { unit: Json | null }[] };
    const [byId, byCode] = [await direct("id", IDS, on), await direct("code", CODES, on)];
    expect(offices.nodes.map(({ unit }) => unit)).toEqual(byId);
    expect(censuses.map(({ unit }) => unit)).toEqual(byCode);
    expect([...byId, ...byCode].filter((unit) => unit !== null).length).toBeGreaterThan(6);
  });

  it.each(DAYS)("joins facts of other graphs about units on %s by the right ids, codes and days", async (asOf) => {
    const facts = "id code asOf population { ofCode onDay } shelf { ofId onDay }";
    type Unit = Readonly<Record<"id" | "code" | "asOf", string>> & { readonly children?: readonly Unit[] };
    const { unit } = await ask<{ unit: Unit }>(`query ($asOf: Date) { unit(code: "04", asOf: $asOf) { ${facts} children { ${facts} } } }`, {
      asOf,
    });
    const plain = (await direct("code", ["04"], asOf, "id code asOf children { id code asOf }"))[0] as unknown as Unit;
    const expected = (one: Unit) => ({
      ...{ id: one.id, code: one.code, asOf: asOf ?? TODAY },
      ...{ population: { ofCode: one.code, onDay: asOf ?? TODAY }, shelf: { ofId: one.id, onDay: asOf ?? TODAY } },
    });
    expect(unit).toEqual({ ...expected(plain), children: plain.children!.map(expected) });
    expect(plain.children!.length).toBeGreaterThan(9);
  });

  it("carries the day from one graph by way of ours to a third", async () => {
    const archived = await referredBy("archive", async () =>
      expect(await ask('{ census(code: "01558", on: "2020-01-01") { unit { fullName shelf { ofId onDay } } } }')).toEqual({
        census: { unit: { fullName: "Thị trấn Thanh Nhật", shelf: { ofId: "01558.2015", onDay: "2020-01-01" } } },
      }),
    );
    expect(archived).toEqual([{ __typename: "Unit", id: "01558.2015", asOf: "2020-01-01" }]);
    const counted = await referredBy("statistics", async () =>
      expect(await ask('{ office(unit: "01843.2015", on: "2025-06-30") { unit { fullName population { ofCode onDay } } } }')).toEqual({
        office: { unit: { fullName: "Phường Phùng Chí Kiên", population: { ofCode: "01843", onDay: "2025-06-30" } } },
      }),
    );
    expect(counted).toEqual([{ __typename: "Unit", code: "01843", asOf: "2025-06-30" }]);
  });

  it("finds the same unit by id in a third graph, also if the first one has no day for an abolished unit", async () => {
    const { office } = await ask<{ office: { unit: Json } }>('{ office(unit: "01843.2015") { unit { fullName shelf { ofId } } } }');
    expect(office.unit).toEqual({ fullName: "Phường Phùng Chí Kiên", shelf: { ofId: "01843.2015" } });
  });

  it("pages through the lists of all graphs in one way", async () => {
    const page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    const units = `units(first: 1) { nodes { code } ${page} }`;
    const both = await ask<Json>(`{ ${units} offices(units: ["04.2015", "22.2015"]) { edges { cursor } ${page} } }`);
    const { data } = await graph.service.ask<Json, object>(`{ ${units} }`);
    expect(both["units"]).toEqual(data["units"]);
    expect(both["offices"]).toMatchObject({ pageInfo: { hasNextPage: false, startCursor: "04.2015", endCursor: "22.2015" } });
  });

  it("shows all communes of a day that another graph lists, in one call", async () => {
    const on = "2025-06-30";
    const codes: string[] = [];
    const names: string[] = [];
    for (let after: string | null = null; ;) {
      const list: string =
        "units(asOf: $on, tier: COMMUNE, first: 1000, after: $after) { nodes { code fullName } pageInfo { hasNextPage endCursor } }";
      type Page = { units: { nodes: { code: string; fullName: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      const { data }: { data: Page } = await graph.service.ask<Page, object>(`query ($on: Date, $after: String) { ${list} }`, {
        on,
        after,
      });
      codes.push(...data.units.nodes.map(({ code }) => code));
      names.push(...data.units.nodes.map(({ fullName }) => fullName));
      if (!data.units.pageInfo.hasNextPage) break;
      after = data.units.pageInfo.endCursor;
    }
    expect(codes).toHaveLength(10_035);
    const query = "query ($codes: [ID!]!, $on: Date) { censuses(codes: $codes, on: $on) { unit { fullName } } }";
    const { censuses } = await ask<{ censuses: { unit: { fullName: string } }[] }>(query, { codes, on });
    expect(censuses.map(({ unit }) => unit.fullName)).toEqual(names);
  });
});
