import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "./support/client.ts";

const unit = (fields: string, args = 'code: "48", asOf: "2021-12-31"') => `{ unit(${args}) { ${fields} } }`;

/** Query, what the message must name. */
const REFUSED: [string, RegExp][] = [
  [unit('dossiers(period: "2021-13") { received }'), /^period: "2021-13".*2021-Q3.*@ND09.*2021-01-01\/2021-05-11/],
  [unit('dossiers(period: "2018/2015") { received }'), /^period: /],
  [unit('dossiers(period: "2021-05-11/2021-01-01") { received }'), /^period: /],
  [unit('tasks(period: "năm 2021") { total }'), /^period: "năm 2021"/],
  [unit("tasks(period: 20210) { total }"), /^period: /],
  [unit('commendations(period: "2021-Q5") { collectives }'), /^period: "2021-Q5"/],
  [unit('dossiers(period: "2021-Q3") { series(grain: YEAR) { received } }'), /^grain: "YEAR"/],
  [unit('dossiers(period: "1900/2021") { series(grain: MONTH) { received } }'), /^grain: .*400/],
  [unit("name", 'code: "48", asOf: "31.12.2021"'), /^asOf: "31\.12\.2021".*YYYY-MM-DD/],
  [unit("name", 'code: "48", asOf: "2021-02-30"'), /^asOf: "2021-02-30"/],
  [unit("name", 'code: "48", asOf: "2010-01-01"'), /^asOf: "2010-01-01".*2015-08-31/],
  [unit("name", 'code: "\\u0000"'), /^code: "\\u0000".*U\+0000/],
  [unit("name", 'asOf: "2021-12-31"'), /^code: .*exactly one of code and id/],
  [unit("name", 'code: "48", id: "48.2015"'), /^code: .*exactly one of code and id/],
  [unit('correspondence(on: "soon") { certain }'), /^on: "soon"/],
  [unit('indicators(period: "2021", codes: ["task-on-time", "happiness"]) { rate { value } }'), /^codes: "happiness".*task-on-time/],
  [unit("descendants(first: 0) { totalCount }"), /^first: 0.*1 to 1000/],
  [unit("descendants(first: 1001) { totalCount }"), /^first: 1001/],
  [unit('descendants(after: "xyz") { totalCount }'), /^after: "xyz".*cursor/],
  ["{ units(first: -1) { totalCount } }", /^first: -1/],
  ['{ units(after: "MDpub3BlIQ==") { totalCount } }', /^after: /],
  ['{ units(search: "!?") { totalCount } }', /^search: "!\?"/],
  [`{ units(search: "${"a".repeat(201)}") { totalCount } }`, /^search: .*at most 200 characters and 12 words/],
  [`{ units(search: "${"a ".repeat(13)}") { totalCount } }`, /^search: .*at most 200 characters and 12 words/],
  ['{ units(within: "nowhere") { totalCount } }', /^within: "nowhere"/],
];

describe("bad input", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(REFUSED)("%s is BAD_USER_INPUT that names the argument", async (query, message) => {
    const { errors } = await service.ask(query);
    expect(errors).toHaveLength(1);
    expect(errors![0]!.message).toMatch(message);
    expect(errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("through variables is named as well", async () => {
    const query = 'query ($period: Period!) { unit(code: "48") { tasks(period: $period) { total } } }';
    const { errors } = await service.ask(query, { period: "2021-W7" });
    expect(errors![0]).toMatchObject({
      message: expect.stringMatching(/^period: "2021-W7"/) as string,
      extensions: { code: "BAD_USER_INPUT" },
    });
    const missing = await service.ask(query, {});
    expect(missing.errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
    const wrong = await service.ask("query ($first: Int) { units(first: $first) { totalCount } }", { first: "many" });
    expect(wrong.errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("with an unknown code or id returns null, not an error", async () => {
    const { data, errors } = await service.ask(
      '{ a: unit(code: "nowhere") { name } b: unit(id: "48.1945") { name } c: unit(code: "06", asOf: "2025-12-31") { name } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ a: null, b: null, c: null });
  });

  it("of an operation or argument that cannot be is the client's fault", async () => {
    for (const query of ["mutation { x }", "subscription { x }", '{ unit(code: "48") { nothing } }', "{"])
      expect((await service.ask(query)).errors![0]!.extensions["code"]).not.toBe("INTERNAL_SERVER_ERROR");
    const query = 'query ($b: OnTimeBasis) { unit(code: "48") { dossiers(period: "2021") { onTimeRate(basis: $b) { value } } } }';
    expect((await service.ask(query, { b: null })).errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("in a list of codes is left out", async () => {
    const query = 'query ($codes: [ID!]) { units(codes: $codes, asOf: "2021-12-31") { nodes { code } } }';
    const codes = ["48/so-\noi-vu", '"', "\\", "{48}", "48", "NULL"];
    expect((await service.ask(query, { codes })).data).toEqual({ units: { nodes: [{ code: "48" }] } });
    expect((await service.ask(query, { codes: [] })).data).toEqual({ units: { nodes: [] } });
  });

  it("that names no kinds lists none, beside a list of all", async () => {
    const { data } = await service.ask(
      '{ unit(code: "04", asOf: "2024-12-31") { none: children(kinds: []) { id } all: children { id } } }',
    );
    expect((data as { unit: { none: unknown[]; all: unknown[] } }).unit).toMatchObject({
      none: [],
      all: expect.objectContaining({ length: 10 }) as unknown,
    });
  });

  it("shows nothing internal after any failure", async () => {
    await service.database.orm.em.getConnection().execute("alter table figure rename to figure_away");
    try {
      const { errors } = await service.ask(
        '{ unit(code: "048", asOf: "2022-12-31") { figures(period: "2022") { measure } dossiers(period: "2022") { received } } }',
      );
      expect(errors!.length).toBeGreaterThan(0);
      for (const { message, extensions } of errors!) {
        expect(message).toBe("Internal server error");
        expect(extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", requestId: expect.any(String) as string });
      }
    } finally {
      await service.database.orm.em.getConnection().execute("alter table figure_away rename to figure");
    }
  });

  it("leaves parts of the answer that are good", async () => {
    const { data, errors } = await service.ask<{ a: { name: string } | null; b: unknown }, object>(
      '{ a: unit(code: "48") { name } b: unit(code: "48", asOf: "x") { name } }',
    );
    expect(data.a?.name).toBe("Đà Nẵng");
    expect(data.b).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors![0]!.path).toEqual(["b"]);
  });
});
