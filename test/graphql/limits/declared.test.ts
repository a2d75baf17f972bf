import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { issueKey } from "../../support/key.ts";
import { codeOf, messageOf, post, type Posted, send } from "../../support/post.ts";

const SECRET = "a-secret-of-the-router";
const SHORT = 20_000;

let service: TestService;
let officer: Record<string, string>;
beforeAll(async () => {
  service = await startService("SEEDED", { gatewaySecret: SECRET, bodyLimit: SHORT, bodyLimitOfficer: 2_000_000 });
  officer = { authorization: `Bearer ${await issueKey(service.database, "Cao Bằng", { "04": "OFFICER" })}` };
});
afterAll(() => service.close());

const refused = (answer: Posted) => [answer.status, codeOf(answer)];
const UNIT = "query Named($code: ID) { unit(code: $code) { name } }";
/** The error of whatever reads the document first has other words. */
const UNREADABLE: [string, string][] = [
  ["a key that is not accepted", '{"constructor":{"prototype":1}}'],
  ["levels without end", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ["a number that loses digits", "12345678901234567890"],
  ["half a character", '"\\ud800"'],
];

describe("a variable that no operation declares", () => {
  it.each(UNREADABLE)("is refused before it is looked at: %s", async (_, value) => {
    const answer = await post(service.server.url, `{"query":${JSON.stringify(UNIT)},"variables":{"code":"04","other":${value}}}`);
    expect(refused(answer)).toEqual([400, "BAD_USER_INPUT"]);
    expect(messageOf(answer)).toBe("variables.other: the document declares no variable of that name; it declares $code");
    const declared = await post(service.server.url, `{"query":${JSON.stringify(UNIT)},"variables":{"code":${value}}}`);
    expect(refused(declared)).toEqual([400, "BAD_USER_INPUT"]);
    expect(messageOf(declared)).toMatch(/^variables\.code/);
  });

  it("is refused in the address, and of a document of which only the hash was sent", async () => {
    const get = async (search: string) => send(`${service.server.url}?${search}`, { headers: { "apollo-require-preflight": "1" } });
    const other = encodeURIComponent('{"other":{"constructor":1}}');
    expect(messageOf(await get(`query=${encodeURIComponent("{ __typename }")}&variables=${other}`))).toMatch(
      /^variables\.other: .* it declares none$/,
    );
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(UNIT).digest("hex") } };
    const ask = (body: object) => post(service.server.url, { extensions, ...body });
    expect((await ask({ query: UNIT, variables: { code: "04" } })).body).toMatchObject({ data: { unit: { name: "Cao Bằng" } } });
    expect((await ask({ variables: { code: "04" } })).body).toMatchObject({ data: { unit: { name: "Cao Bằng" } } });
    expect(messageOf(await ask({ variables: { code: "04", other: { constructor: 1 } } }))).toMatch(
      /^variables\.other: .* it declares \$code$/,
    );
    expect(messageOf(await ask({ variables: { code: "a\u0000b" } }))).toMatch(/^variables\.code/);
    expect((await ask({ variables: { code: "06" } })).status).toBe(200);
  });

  it("may belong to another operation of the document, as when a page sends one text and all variables", async () => {
    const query = `${UNIT} query Other($first: Int = 1) { units(first: $first) { nodes { name } } } # $none: ID`;
    const ask = (variables: object) => post(service.server.url, { query, operationName: "Named", variables });
    expect((await ask({ code: "04", first: 2 })).body).toMatchObject({ data: { unit: { name: "Cao Bằng" } } });
    expect(refused(await ask({ code: "04", none: 2 }))).toEqual([400, "BAD_USER_INPUT"]);
    expect((await post(service.server.url, { query: "{ __typename }", variables: {} })).status).toBe(200);
    expect((await post(service.server.url, { query: "{ __typename }", variables: null })).status).toBe(200);
  });
});

describe("a long body", () => {
  const dossiers = [{ code: "x".repeat(SHORT) }];
  const IMPORT = "mutation ($input: ImportDossiersInput!) { importDossiers(input: $input) { report { created } } }";
  const ask = (query: string, variables: object, headers = officer) => post(service.server.url, { query, variables }, headers);

  it("is for imports and reports of an OFFICER, and for a router that sends its secret", async () => {
    const imported = await ask(IMPORT, { input: { dossiers } });
    expect(imported.status).not.toBe(413);
    const report = await ask("mutation ($input: SubmitReportInput!) { submitReport(input: $input) { report { id } } }", {
      input: { dossiers },
    });
    expect(report.status).not.toBe(413);
    const reference = { __typename: "Unit", code: "04", asOf: null, more: "x".repeat(SHORT) };
    const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { name } } }";
    expect((await ask(entities, { r: [reference] }, { "x-gateway-secret": SECRET })).status).toBe(200);
    expect(refused(await ask(IMPORT, { input: { dossiers } }, {}))).toEqual([413, "LIMIT_EXCEEDED"]);
  });

  it.each([
    ["a question", "query ($codes: [ID!]) { units(codes: $codes) { nodes { name } } }"],
    [
      "a question that is called as an import is",
      "query importDossiers($codes: [ID!]) { importDossiers: units(codes: $codes) { nodes { name } } }",
    ],
    [
      "an import beside something else",
      "mutation ($codes: [ID!]) { importDossiers(input: {}) { report { created } } b: revokeAccessKey(input: { id: 1 }) { accessKey { id } } }",
    ],
    [
      "an import in a fragment",
      "mutation ($codes: [ID!]) { ...F } fragment F on Mutation { importDossiers(input: {}) { report { created } } }",
    ],
    ["no document", "{{"],
  ])("is refused unread for all other operations of an OFFICER: %s", async (_, query) => {
    const answer = await post(
      service.server.url,
      `{"query":${JSON.stringify(query)},"variables":{"codes":["${"x".repeat(SHORT)}",{"constructor":1}]}}`,
      officer,
    );
    expect(refused(answer)).toEqual([413, "LIMIT_EXCEEDED"]);
    expect(messageOf(answer)).toMatch(
      /^The body has \d+ bytes; the maximum is 20000 bytes, and 2000000 for operations that contain only importDossiers, importTasks, submitReport/,
    );
  });
});
