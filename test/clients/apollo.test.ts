import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type TypePolicies } from "@apollo/client";
import { buildSchema, isObjectType } from "graphql";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { typePolicies } from "../../schema/clients/apollo.ts";
import { startService, type TestService } from "../support/client.ts";
import { BY_CODE, byId, ENDED, halvesOfUnit, PAIRS, todayById, TODAY_BY_CODE, type UnitAnswer } from "./questions.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService("SEEDED", { clock: () => new Date() });
});
afterAll(() => service.close());

/** A real client, and how many requests it has sent. */
const clientWith = (policies: TypePolicies) => {
  const sent = { count: 0 };
  const counting = new ApolloLink((operation, forward) => {
    sent.count++;
    return forward(operation);
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies: policies }),
    link: counting.concat(new HttpLink({ uri: service.server.url })),
  });
  const ask = async (query: string) => (await client.query<UnitAnswer>({ query: gql(query) })).data!.unit;
  return { client, sent, ask };
};

describe("Apollo Client with the policies of schema/clients", () => {
  it.each(PAIRS)("requests each part of %s once", async (_, first, second) => {
    const { ask, sent } = clientWith(typePolicies);
    const [a, b] = [await ask(first), await ask(second)];
    expect([await ask(first), await ask(second)]).toEqual([a, b]);
    expect(sent.count).toBe(2);
  });

  it("requests both halves of everything embedded in a unit once", async () => {
    const counts = new Map<string, number>();
    for (const [field, first, second] of await halvesOfUnit()) {
      const { ask, sent } = clientWith(typePolicies);
      for (const query of [first, second, first, second]) await ask(query);
      counts.set(field, sent.count);
    }
    // Of an empty list both halves are known at once.
    expect([...counts].filter(([, count]) => count > 2)).toEqual([]);
    expect([...counts.values()].filter((count) => count === 2).length).toBeGreaterThan(4);
  });

  it("would ask again and again without them, and for units of two days as for one", async () => {
    const { ask, sent } = clientWith({ Unit: { keyFields: ["id", "asOf"] } });
    const [, first, second] = PAIRS[0]!;
    for (const query of [first, second, first, second]) await ask(query);
    expect(sent.count).toBe(4);
  });

  it.each(PAIRS)("has two components that watch parts of %s, of which none makes the other ask again", async (_, first, second) => {
    const { client, sent, ask } = clientWith(typePolicies);
    const seen: unknown[][] = [[], []];
    const watching = [first, second].map((query, n) =>
      client.watchQuery({ query: gql(query) }).subscribe(({ data, dataState }) => void (dataState === "complete" && seen[n]!.push(data))),
    );
    await expect.poll(() => seen.every((results) => results.length > 0)).toBe(true);
    // Who asked again would have done so before these have their answers.
    for (const code of ["04", "22", "48"]) await ask(`{ unit(code: "${code}", asOf: "2022-12-31") { id asOf fullName } }`);
    expect(sent.count).toBe(2 + 3);
    for (const one of watching) one.unsubscribe();
  });

  it("finds a unit cached by code when it requests its id of the same day", async () => {
    const { ask, sent } = clientWith(typePolicies);
    const unit = await ask(BY_CODE);
    expect(await ask(byId(unit.id))).toEqual(unit);
    expect(sent.count).toBe(1);
    const today = await ask(TODAY_BY_CODE);
    expect(await ask(todayById(today.id))).toEqual(today);
    expect(sent.count).toBe(2);
    const other = await ask(byId(unit.id).replace("2022-12-31", "2021-12-31"));
    expect(other).toEqual({ ...unit, asOf: "2021-12-31" });
    expect(sent.count).toBe(3);
  });

  it("requests an abolished unit once", async () => {
    const { ask, sent } = clientWith(typePolicies);
    const unit = await ask(ENDED);
    expect([await ask(ENDED), sent.count]).toEqual([unit, 1]);
  });

  it("replaces a list that has changed", async () => {
    const { client } = clientWith(typePolicies);
    const query = gql(PAIRS[3]![1]);
    const write = (tiers: string[]) =>
      client.writeQuery({
        query,
        data: {
          unit: {
            ...{ __typename: "Unit", id: "048.2015", asOf: "2022-12-31" },
            dossiers: { __typename: "DossierRollup", byTier: tiers.map((tier) => ({ __typename: "DossierTierRollup", tier })) },
          },
        },
      });
    const read = () =>
      client.readQuery<{ unit: { dossiers: { byTier: { tier: string }[] } } }>({ query })!.unit.dossiers.byTier.map(({ tier }) => tier);
    for (const tiers of [["DISTRICT", "COMMUNE"], ["COMMUNE", "DISTRICT"], ["COMMUNE"]]) {
      write(tiers);
      expect(read()).toEqual(tiers);
    }
  });

  it("caches drafts apart from published figures", () => {
    const { client } = clientWith(typePolicies);
    const query = gql`
      query ($evidence: EvidenceScope!) {
        unit(code: "04", evidence: $evidence) {
          id
          asOf
          evidence
          name
        }
      }
    `;
    for (const evidence of ["PUBLISHED", "ALL"]) {
      const unit = { __typename: "Unit", id: "04.2015", asOf: "2026-11-22", evidence, name: evidence };
      client.writeQuery({ query, variables: { evidence }, data: { unit } });
    }
    for (const evidence of ["PUBLISHED", "ALL"])
      expect(client.readQuery({ query, variables: { evidence } })).toMatchObject({ unit: { name: evidence } });
  });

  it("has a policy for every type, and merges those that have no id", async () => {
    const sdl = await readFile(new URL("../../schema/subgraph.graphql", import.meta.url), "utf8");
    const types = Object.values(buildSchema(sdl, { assumeValidSDL: true }).getTypeMap()).filter(isObjectType);
    const own = types.filter(({ name }) => !/^(?:_|Query$|Mutation$)/.test(name));
    expect(own.length).toBeGreaterThan(40);
    expect(own.filter(({ name }) => typePolicies[name]?.merge !== true).map(({ name }) => name)).toEqual([]);
  });
});
