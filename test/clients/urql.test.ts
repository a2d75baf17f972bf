import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { buildSchema, isObjectType } from "graphql";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys, resolvers } from "../../schema/clients/urql.ts";
import { startService, type TestService } from "../support/client.ts";
import { BY_CODE, byId, ENDED, halvesOfUnit, PAIRS, todayById, TODAY_BY_CODE, type UnitAnswer } from "./questions.ts";

let service: TestService;
beforeAll(async () => {
  service = await startService("SEEDED", { clock: () => new Date() });
});
afterAll(() => service.close());

/** A real client, how many requests it has sent, and what its cache complained of. */
const newClient = () => {
  const sent = { count: 0 };
  const complaints: string[] = [];
  const client = new Client({
    url: service.server.url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ keys, resolvers, logger: (severity, message) => void (severity !== "debug" && complaints.push(message)) }),
      fetchExchange,
    ],
    fetch: (url, init) => {
      sent.count++;
      return fetch(url, init);
    },
  });
  const ask = async (query: string) => {
    const { data, error } = await client.query<UnitAnswer>(gql(query), {}).toPromise();
    if (error) throw error;
    return data!.unit;
  };
  return { client, sent, ask, complaints };
};

describe("urql with the keys of schema/clients", () => {
  it.each(PAIRS)("requests each part of %s once", async (_, first, second) => {
    const { ask, sent, complaints } = newClient();
    const [a, b] = [await ask(first), await ask(second)];
    expect([await ask(first), await ask(second)]).toEqual([a, b]);
    expect(sent.count).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("requests both halves of everything embedded in a unit once", async () => {
    for (const [field, first, second] of await halvesOfUnit()) {
      const { ask, sent, complaints } = newClient();
      for (const query of [first, second, first, second]) await ask(query);
      expect([field, complaints]).toEqual([field, []]);
      expect(sent.count, field).toBeLessThanOrEqual(2);
    }
  });

  it("has two components that watch parts of one roll-up, of which none makes the other ask again", async () => {
    const { client, sent, ask } = newClient();
    const [, first, second] = PAIRS[0]!;
    const seen = [0, 0];
    const watching = [first, second].map((query, n) => client.query(gql(query), {}).subscribe(({ data }) => void (data && seen[n]!++)));
    await expect.poll(() => seen.every((count) => count > 0)).toBe(true);
    for (const code of ["04", "22", "48"]) await ask(`{ unit(code: "${code}", asOf: "2022-12-31") { id asOf fullName } }`);
    expect(sent.count).toBe(2 + 3);
    for (const one of watching) one.unsubscribe();
  });

  it("finds a unit cached by code when it requests its id of the same day", async () => {
    const { ask, sent } = newClient();
    const unit = await ask(BY_CODE);
    expect(await ask(byId(unit.id))).toEqual(unit);
    const today = await ask(TODAY_BY_CODE);
    expect(await ask(todayById(today.id))).toEqual(today);
    expect(sent.count).toBe(2);
    expect((await ask(byId(unit.id).replace("2022-12-31", "2021-12-31"))).asOf).toBe("2021-12-31");
    expect(sent.count).toBe(3);
  });

  it("may ask by GET, as it does by itself, with the header that no foreign form can send", async () => {
    const ask = (fetchOptions: RequestInit) =>
      new Client({ url: service.server.url, preferGetMethod: true, fetchOptions, exchanges: [fetchExchange] })
        .query(gql(BY_CODE), {})
        .toPromise();
    expect((await ask({ headers: { "apollo-require-preflight": "1" } })).data).toMatchObject({ unit: { id: "048.2015" } });
    expect((await ask({})).error?.message).toMatch(/potential Cross-Site Request Forgery/);
  });

  it("requests an abolished unit once", async () => {
    const { ask, sent } = newClient();
    const unit = await ask(ENDED);
    expect([await ask(ENDED), sent.count]).toEqual([unit, 1]);
  });

  it("has a key for every type, and none for those that have no id", async () => {
    const sdl = await readFile(new URL("../../schema/subgraph.graphql", import.meta.url), "utf8");
    const types = Object.values(buildSchema(sdl, { assumeValidSDL: true }).getTypeMap()).filter(isObjectType);
    const own = types.filter(({ name }) => !/^(?:_|Query$|Mutation$)/.test(name));
    const data = { __typename: "", id: "1", code: "1", asOf: "2026-01-01" };
    const keyed = own.filter(({ name }) => keys[name]!(data) !== null).map(({ name }) => name);
    expect(keyed).toEqual(own.filter((type) => "id" in type.getFields() || type.name === "Procedure").map(({ name }) => name));
  });
});
