import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { codeOf, messageOf, post } from "../support/post.ts";
import { query, REFUSED } from "./refused-requests.ts";

/** Requests that are answered normally: the query, its data, and the message of its error. */
const ANSWERED: [string, string, unknown, RegExp | null][] = [
  ["year 0 of a day", '{ unit(code: "48", asOf: "0000-01-01") { name } }', { unit: null }, /^asOf: "0000-01-01"/],
  ["year 9999 of a day", '{ unit(code: "48", asOf: "9999-12-31") { name } }', { unit: { name: "Đà Nẵng" } }, null],
  ["year 0 of a period", '{ unit(code: "48") { tasks(period: "0000") { total } } }', { unit: null }, /^period: "0000"/],
  ["year 9999 of a period", '{ unit(code: "48") { tasks(period: "9999") { total } } }', { unit: null }, /^period: "9999"/],
  [
    "years 0 and 9999 as numbers",
    '{ unit(code: "48") { assessments(year: 0) { rank } rankings(year: 9999, index: PAR) { ranked } } }',
    { unit: { assessments: [], rankings: [] } },
    null,
  ],
  [
    "names that objects inherit",
    "{ constructor: __typename toString: __typename hasOwnProperty: __typename }",
    { constructor: "Query", toString: "Query", hasOwnProperty: "Query" },
    null,
  ],
];

describe("hostile input", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(REFUSED)("%s is refused", async (_, body, status, code, message) => {
    const answer = await post(service.server.url, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(messageOf(answer)).toMatch(message);
    expect(answer.body.errors!.length).toBeLessThan(7);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  });

  it.each(ANSWERED)("%s is answered", async (_, text, data, message) => {
    const answer = await post(service.server.url, query(text));
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual(data);
    expect(messageOf(answer)).toMatch(message ?? /^$/);
    expect(codeOf(answer)).toBe(message ? "BAD_USER_INPUT" : undefined);
  });

  it("decomposed Vietnamese matches composed Vietnamese", async () => {
    const search = async (text: string) =>
      (
        await post(
          service.server.url,
          query('query ($x: String) { units(search: $x, asOf: "2024-12-31") { nodes { code name } } }', { x: text }),
        )
      ).body.data;
    const composed = await search("Uông Bí");
    expect(composed).toMatchObject({ units: { nodes: [{ name: "Uông Bí" }] } });
    expect("Uông Bí".normalize("NFD")).not.toBe("Uông Bí");
    expect(await search("Uông Bí".normalize("NFD"))).toEqual(composed);
  });

  it("introspection and GraphiQL's queries are answered by default", async () => {
    const all = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    };
    for (const text of [getIntrospectionQuery(), getIntrospectionQuery(all)]) {
      const answer = await post(service.server.url, query(text));
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty("errors");
    }
  });
});
