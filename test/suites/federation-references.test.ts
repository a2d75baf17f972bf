import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossierIdOf, parseDossierId } from "../../src/dossiers/dossier-id.ts";
import { startService, type TestService, TODAY } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";
import { post } from "../support/post.ts";
import { statementsOf } from "../support/statements.ts";
import { WRONG } from "./federation/wrong-references.ts";
import { SUBMIT, type SubmitAnswer } from "../support/reports.ts";

const ENTITIES = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename
  ... on Unit { id fullName asOf } ... on Dossier { id code state } ... on Procedure { code name } ... on Report { id title reportState: state } } }`;

type Reference = Readonly<Record<string, unknown>>;
type Found = Readonly<Record<string, unknown>> | null;

let service: TestService;
const keys: Record<string, string> = {};
const idOf: Record<string, string> = {};
const reports = { published: "", draft: "" };

const entities = async (references: readonly unknown[], who?: string) => {
  const { data, errors } = await service.ask<{ _entities: Found[] }, object>(ENTITIES, { r: references }, who && keys[who]);
  return { found: data._entities, errors };
};

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  keys["04"] = await issueKey(service.database, "04", { "04": "OFFICER" });
  keys["48"] = await issueKey(service.database, "48", { "48": "OFFICER" });
  const send = async (source: string, codes: readonly string[], unit: string, key: string) => {
    const dossiers = codes.map((code) => dossier({ code, unit }));
    const sent = { source, dossiers, partial: false, dryRun: false };
    expect((await service.ask<object, object>(IMPORT, sent, keys[key])).errors).toBeUndefined();
    for (const code of codes) {
      const query = "query ($code: ID!, $source: ID) { dossier(code: $code, source: $source) { id } }";
      const { data } = await service.ask<{ dossier: { id: string } }, object>(query, { code, source }, keys[key]);
      idOf[`${source} ${code}`] = data.dossier.id;
    }
  };
  await send("cao-bang", ["H.1", "H.2", "Hồ sơ/3"], "01558", "04");
  await send("cao-bang-2", ["H.1"], "01273", "04");
  await send("da-nang", ["H.1"], "48", "48");
  const input = {
    idempotencyKey: "k",
    title: "Nháp",
    unit: "04",
    figures: [{ measure: "dossier.received", value: 1, period: "2026-Q1", quote: "q" }],
  };
  reports.draft = (await service.ask<SubmitAnswer, object>(SUBMIT, { input }, keys["04"])).data.submitReport.report!.id;
  const list = await service.ask<{ reports: { nodes: { id: string }[] } }, object>('{ reports(unit: "VN", first: 1) { nodes { id } } }');
  reports.published = list.data.reports.nodes[0]!.id;
});
afterAll(() => service.close());

describe("references", () => {
  it("of all kinds are answered in their order, duplicates twice, and unknown ones by null", async () => {
    const cases: readonly (readonly [Reference, Found])[] = [
      [
        { __typename: "Unit", id: "22.2015", asOf: "2025-12-31" },
        { __typename: "Unit", id: "22.2015", fullName: "Tỉnh Quảng Ninh", asOf: "2025-12-31" },
      ],
      [
        { __typename: "Procedure", code: "1.000002" },
        { __typename: "Procedure", code: "1.000002", name: "Copy" },
      ],
      [
        { __typename: "Dossier", id: idOf["cao-bang H.1"] },
        { __typename: "Dossier", id: idOf["cao-bang H.1"], code: "H.1", state: "PROCESSING" },
      ],
      [{ __typename: "Unit", code: "x" }, null],
      [{ __typename: "Procedure", code: "x" }, null],
      [
        { __typename: "Report", id: reports.draft },
        { __typename: "Report", id: reports.draft, title: "Nháp", reportState: "DRAFT" },
      ],
      [{ __typename: "Report", id: "x" }, null],
      [
        { __typename: "Unit", code: "22", asOf: null },
        { __typename: "Unit", id: "22.2015", fullName: "Thành phố Quảng Ninh", asOf: TODAY },
      ],
      [
        { __typename: "Dossier", id: idOf["cao-bang Hồ sơ/3"] },
        { __typename: "Dossier", id: idOf["cao-bang Hồ sơ/3"], code: "Hồ sơ/3", state: "PROCESSING" },
      ],
    ];
    const twice = [...cases, ...cases.toReversed()];
    const { found, errors } = await entities(
      twice.map(([reference]) => reference),
      "04",
    );
    expect(errors).toBeUndefined();
    expect(found).toEqual(twice.map(([, expected]) => expected));
  });

  it("to an abolished unit without a day mean its last day", async () => {
    const { found } = await entities([
      { __typename: "Unit", id: "048.2015", asOf: null },
      { __typename: "Unit", code: "048" },
    ]);
    const last = { __typename: "Unit", id: "048.2015", fullName: "Huyện Hạ Lang", asOf: "2025-06-30" };
    expect(found).toEqual([last, last]);
  });

  it("are one statement of each kind, however many", async () => {
    const some = (count: number) =>
      Array.from({ length: count }, (_, n) => [
        { __typename: "Unit", code: ["48", "22", `x${n}`][n % 3], asOf: ["2025-12-31", null][n % 2] },
        { __typename: "Unit", id: ["48.2015", "06.2015", `x${n}`][n % 3], asOf: ["2020-01-01", null][n % 2] },
        { __typename: "Procedure", code: ["1.000001", "1.000002", `x${n}`][n % 3] },
        { __typename: "Dossier", id: [idOf["cao-bang H.1"], idOf["cao-bang H.2"], dossierIdOf({ sourceNo: 1, code: `x${n}` })][n % 3] },
        { __typename: "Report", id: [reports.draft, reports.published, `x${n}`][n % 3] },
      ]).flat();
    const sent = async (count: number) => {
      await entities(some(count), "04");
      return statementsOf(() => entities(some(count), "04"));
    };
    const [few, many] = [await sent(3), await sent(200)];
    expect(many).toHaveLength(few.length);
    // Units are in memory; one statement asks whether they are current.
    expect(many.filter((text) => text === "select version from hierarchy_version")).toHaveLength(1);
    for (const table of ["procedure p", "dossier d", "source s on s.key = k.key"])
      expect(many.filter((text) => text.includes(table))).toHaveLength(1);
  });

  it("that are invalid return null, with or without an error, and do not affect the others", async () => {
    const good = { __typename: "Unit", code: "04", asOf: "2020-01-01" };
    const { found, errors = [] } = await entities([good, ...WRONG, good, { __typename: "Procedure", code: "1.000001" }], "04");
    const cao = { __typename: "Unit", id: "04.2015", fullName: "Tỉnh Cao Bằng", asOf: "2020-01-01" };
    expect(found).toEqual([cao, ...WRONG.map(() => null), cao, { __typename: "Procedure", code: "1.000001", name: "Birth" }]);
    for (const { path, message, extensions } of errors) {
      expect([path?.[0], extensions["code"]]).toEqual(["_entities", "BAD_USER_INPUT"]);
      expect(message).toMatch(/^(id|code|asOf): .* is not accepted; /s);
    }
    const refused = new Set(errors.map(({ path }) => path?.[1]));
    const isRefused = (one: Reference) => refused.has(1 + WRONG.indexOf(one));
    // A day that is none must not be taken for today.
    const days = WRONG.filter((one): one is Reference => typeof one === "object" && one !== null && "asOf" in one);
    expect(days.filter((one) => !isRefused(one))).toEqual([]);
  });

  it("that are invalid are answered alone, too", async () => {
    for (const one of WRONG) {
      const { status, body } = await post(service.server.url, { query: ENTITIES, variables: { r: [one] } });
      expect([status, body.data], JSON.stringify(one).slice(0, 100)).toEqual([200, { _entities: [null] }]);
    }
  });

  it("with numbers that are infinite in JSON, too", async () => {
    const r = '[{"__typename":"Unit","id":1e400},{"__typename":"Unit","code":"04","asOf":-1e400},{"__typename":"Unit","code":"04"}]';
    const { status, body } = await post(service.server.url, `{"query":${JSON.stringify(ENTITIES)},"variables":{"r":${r}}}`);
    expect([status, body.data]).toMatchObject([200, { _entities: [null, null, { id: "04.2015" }] }]);
  });
});

describe("references to protected objects", () => {
  it("are null without permission, like unknown ones", async () => {
    const hidden = [
      { __typename: "Dossier", id: idOf["cao-bang H.1"] },
      { __typename: "Dossier", id: idOf["da-nang H.1"] },
      { __typename: "Report", id: reports.draft },
    ];
    const unknown = [
      { __typename: "Dossier", id: dossierIdOf({ ...parseDossierId(idOf["cao-bang H.1"]!)!, code: "H.9" }) },
      { __typename: "Dossier", id: dossierIdOf({ sourceNo: 2_147_483_647, code: "H.1" }) },
      { __typename: "Report", id: "x" },
    ];
    expect(await entities(hidden)).toEqual(await entities(unknown));
    expect(await entities(hidden)).toEqual({ found: [null, null, null], errors: undefined });
    expect((await entities(hidden, "04")).found.map((one) => one?.["id"] ?? null)).toEqual([hidden[0]!.id, null, hidden[2]!.id]);
    expect((await entities(hidden, "48")).found.map((one) => one?.["id"] ?? null)).toEqual([null, hidden[1]!.id, null]);
    expect(await entities(unknown, "04")).toEqual({ found: [null, null, null], errors: undefined });
  });

  it("find published reports for everybody", async () => {
    expect((await entities([{ __typename: "Report", id: reports.published }])).found).toMatchObject([
      { id: reports.published, reportState: "PUBLISHED" },
    ]);
  });
});

describe("the id of a dossier", () => {
  it("is of source and code together, and one only", async () => {
    const ids = Object.values(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    const [id] = ids as [string];
    const text = Buffer.from(id, "base64url").toString();
    const others = [`${id}=`, ` ${id}`, `${id} `, id.slice(0, -1), id.toUpperCase(), Buffer.from(`0${text}`).toString("base64url")];
    expect(others.map(parseDossierId)).toEqual(others.map(() => null));
    const { found } = await entities(
      [id, ...others].map((one) => ({ __typename: "Dossier", id: one })),
      "04",
    );
    expect(found.map((one) => one?.["id"] ?? null)).toEqual([id, ...others.map(() => null)]);
  });

  it.each(["", "x", ":", "MQ", "1:", "0", "-1:x", "1.5:x", "99999999999:x", "2147483648:x", "1:\0", "1:a\0b", `1:${"x".repeat(301)}`])(
    "is none of %j",
    (text) => {
      expect(parseDossierId(text)).toBeNull();
      expect(parseDossierId(Buffer.from(text).toString("base64url"))).toBeNull();
    },
  );

  it("outlives the name and the owner of its source", async () => {
    const kysely = service.database.orm.em.fork().getKysely();
    await sql`update source set name = 'renamed', unit_id = (select id from unit where key = 'VN') where name = 'cao-bang'`.execute(kysely);
    const { found } = await entities([{ __typename: "Dossier", id: idOf["cao-bang H.2"] }], "04");
    expect(found).toEqual([{ __typename: "Dossier", id: idOf["cao-bang H.2"], code: "H.2", state: "PROCESSING" }]);
    const { data } = await service.ask<object, object>('{ dossier(code: "H.2", source: "renamed") { id } }', {}, keys["04"]);
    expect(data).toEqual({ dossier: { id: idOf["cao-bang H.2"] } });
  });
});
